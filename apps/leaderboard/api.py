"""Endpoints with the same rules of sight as the pages; nothing is changed through them."""

from typing import Any

from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.campaigns.rule import Rule
from apps.campaigns.words import rule_sentences
from apps.leaderboard import board, conditional, finished, serializers
from apps.leaderboard.board import Position, Search
from apps.leaderboard.heads import fingerprint
from apps.leaderboard.shared import page_of
from apps.leaderboard.sight import signed_in, view_of, visible_campaigns
from bonus_tracker import clock

VIEW = OpenApiParameter(
    "view", enum=["public", "live"], description="HR and auditors may ask for the live run."
)


DIVISION = OpenApiParameter(
    "division", description="The key of one division; without it one's own, or the first."
)


class Campaigns(APIView):
    """What the signed-in user may see, running first."""

    @extend_schema(responses=serializers.CampaignSerializer(many=True), operation_id="campaigns")
    @method_decorator(never_cache)
    def get(self, request: Request) -> Response:
        found = visible_campaigns(signed_in(request)).prefetch_related("prizes")
        return Response(serializers.CampaignSerializer(found, many=True).data)


class CampaignDetail(APIView):
    """What was announced: prizes, rule, dates."""

    @extend_schema(responses=serializers.CampaignDetailSerializer, operation_id="campaign")
    @method_decorator(never_cache)
    def get(self, request: Request, slug: str) -> Response:
        campaign = view_of(request, slug).campaign
        campaign.rule = Rule.of(campaign)  # type: ignore[attr-defined]
        campaign.rule_in_words = rule_sentences(campaign)  # type: ignore[attr-defined]
        return Response(serializers.CampaignDetailSerializer(campaign).data)


class BoardDetail(APIView):
    """The public places; HR and auditors get every rank. Answers 304 to If-None-Match."""

    @extend_schema(
        responses={200: serializers.BoardSerializer, 304: None},
        parameters=[VIEW, DIVISION, OpenApiParameter("after", description="The key from the page before.")],
        operation_id="board",
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        if done := finished.places(request._request, slug):
            return done
        view = view_of(request, slug)

        def make() -> HttpResponse:
            page = None
            if view.run:
                previous = board.previous_run(view.run)
                page = page_of(view, view.run, previous, Search(), Position.of(request.GET))
            return Response(serializers.board(view, page))

        return conditional.answer(request._request, fingerprint(view, clock.now()), make)


class Docs(SpectacularSwaggerSplitView):
    """The schema to read and try; its page needs styles of its own."""

    policy = (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
    )

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response.headers["Content-Security-Policy"] = self.policy
        return super().finalize_response(request, response, *args, **kwargs)
