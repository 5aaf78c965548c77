from django.urls import path

from apps.console import (
    campaign_views,
    ending_views,
    file_views,
    first_steps_views,
    guide_views,
    inbox_views,
    log_views,
    overview_views,
)

app_name = "console"
urlpatterns = [
    path("", overview_views.overview, name="overview"),
    path("campaigns/new/", guide_views.new, name="campaign-new"),
    path("campaigns/new/from-file/", file_views.from_file, name="campaign-from-file"),
    path("campaigns/<slug:slug>/edit/", guide_views.edit, name="campaign-edit"),
    path("campaigns/<slug:slug>/review/", guide_views.sheet, name="campaign-review"),
    path("campaigns/<slug:slug>/file/", file_views.as_file, name="campaign-file"),
    path("campaigns/<slug:slug>/", campaign_views.campaign, name="campaign"),
    path("campaigns/<slug:slug>/costs/", campaign_views.costs, name="costs"),
    path("first-steps/", first_steps_views.page, name="first-steps"),
    path("inbox/", inbox_views.waiting, name="inbox"),
    path("inbox/objections/", inbox_views.objections, name="objections"),
    path("inbox/objections/<int:key>/", ending_views.objection, name="objection"),
    path("inbox/decisions/", inbox_views.decisions, name="decisions"),
    path("inbox/decisions/<int:key>/", ending_views.decision, name="decision"),
    path("inbox/cases/", inbox_views.cases, name="cases"),
    path("inbox/cases/<int:key>/", ending_views.case, name="case"),
    path("inbox/checks/", inbox_views.checks, name="checks"),
    path("inbox/checks/<int:key>/", ending_views.check, name="check"),
    path("inbox/approvals/", inbox_views.approvals, name="approvals"),
    path("inbox/deadlines/", inbox_views.deadlines, name="deadlines"),
    path("log/", log_views.log, name="log"),
    path("log/<int:number>/", log_views.log_entry, name="log-entry"),
]
