from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from apps.leaderboard import api, api_me, api_what_ifs

urlpatterns = [
    path("campaigns/", api.Campaigns.as_view(), name="api-campaigns"),
    path("campaigns/<slug:slug>/", api.CampaignDetail.as_view(), name="api-campaign"),
    path("campaigns/<slug:slug>/board/", api.BoardDetail.as_view(), name="api-board"),
    path("campaigns/<slug:slug>/me/", api_me.Me.as_view(), name="api-me"),
    path("campaigns/<slug:slug>/me/contacts/", api_me.MyContacts.as_view(), name="api-my-contacts"),
    path("campaigns/<slug:slug>/me/contacts/check/", api_me.CheckContact.as_view(), name="api-check-contact"),
    path("campaigns/<slug:slug>/me/changes/", api_me.MyChanges.as_view(), name="api-my-changes"),
    path("campaigns/<slug:slug>/what-ifs/", api_what_ifs.WhatIfs.as_view(), name="api-what-ifs"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", api.Docs.as_view(url_name="api-schema"), name="api-docs"),
]
