from django.urls import include, path

from apps.leaderboard import (
    appearance_views,
    check_views,
    contest_views,
    department_views,
    employee_views,
    my_views,
    receipt_views,
    result_views,
    rules_views,
    views,
)

campaign_patterns = [
    path("", views.leaderboard, name="leaderboard"),
    path("departments/", department_views.departments, name="departments"),
    path("rules/", rules_views.rules_sheet, name="rules-sheet"),
    path("me/", my_views.my_page, name="my-page"),
    path("me/data/", receipt_views.my_data, name="my-data"),
    path("me/receipt/", receipt_views.my_receipt, name="my-receipt"),
    path("me/check/", check_views.check_contact, name="check-contact"),
    path("me/result/", result_views.my_result, name="my-result"),
    path("me/result/contacts/", result_views.confirm_contacts, name="confirm-contacts"),
    path("me/name/", appearance_views.appearance, name="my-appearance"),
    path("me/leave/", contest_views.leave, name="leave-contest"),
    path("me/rejoin/", contest_views.rejoin, name="rejoin-contest"),
    path("employees/<path:number>/", employee_views.employee_contacts, name="employee-contacts"),
]

urlpatterns = [
    path("", views.home, name="home"),
    path("api/v1/", include("apps.leaderboard.api_urls")),
    path("<slug:slug>/", include(campaign_patterns)),
]
