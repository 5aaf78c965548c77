from django.urls import path

from apps.console import campaign_views, overview_views

app_name = "console"
urlpatterns = [
    path("", overview_views.overview, name="overview"),
    path("campaigns/<slug:slug>/", campaign_views.campaign, name="campaign"),
]
