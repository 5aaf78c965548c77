"""Read-only endpoints with the same rules of sight as the pages."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.campaigns.rule import Rule
from apps.campaigns.words import rule_sentences
from apps.directory.models import Employee
from apps.leaderboard import board, conditional, own_contacts, serializers
from apps.leaderboard.board import Position, Search
from apps.leaderboard.contact_cards import Card, cards
from apps.leaderboard.contacts import Terms, dates
from apps.leaderboard.sight import employee_of, signed_in, view_of, visible_campaigns
from apps.leaderboard.views import fingerprint, own_places
from bonus_tracker import clock

VIEW = OpenApiParameter(
    "view", enum=["public", "live"], description="HR and auditors may ask for the live run."
)


class Campaigns(APIView):
    """What the signed-in user may see, running first."""

    @extend_schema(responses=serializers.CampaignSerializer(many=True), operation_id="campaigns")
    def get(self, request: Request) -> Response:
        found = visible_campaigns(signed_in(request)).prefetch_related("prizes")
        return Response(serializers.CampaignSerializer(found, many=True).data)


class CampaignDetail(APIView):
    @extend_schema(responses=serializers.CampaignDetailSerializer, operation_id="campaign")
    def get(self, request: Request, slug: str) -> Response:
        campaign = view_of(request, slug).campaign
        campaign.rule = Rule.of(campaign)  # type: ignore[attr-defined]
        campaign.rule_in_words = rule_sentences(campaign)  # type: ignore[attr-defined]
        return Response(serializers.CampaignDetailSerializer(campaign).data)


class BoardDetail(APIView):
    """The public places; HR and auditors get every rank. Answers 304 to If-None-Match."""

    @extend_schema(
        responses={200: serializers.BoardSerializer, 304: None},
        parameters=[VIEW, OpenApiParameter("after", description="The key from the page before.")],
        operation_id="board",
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        view = view_of(request, slug)

        def make() -> HttpResponse:
            page = None
            if view.run:
                page = board.page(
                    view.run,
                    board.previous_run(view.run),
                    up_to_rank=None if view.may_choose else view.campaign.public_places,
                    search=Search(),
                    at=Position.of(request.GET),
                )
            content = {
                "audience": view.audience,
                "frozen": view.is_frozen,
                "run": view.run,
                "places": page.places if page else [],
                "after": str(page.later) if page and page.later else None,
            }
            return Response(serializers.BoardSerializer(content).data)

        return conditional.answer(request._request, fingerprint(view), make)


class Me(APIView):
    """One's own row, neighbours, and what is next."""

    @extend_schema(responses=serializers.MeSerializer, operation_id="me")
    def get(self, request: Request, slug: str) -> Response:
        view, employee = view_of(request, slug), own_employee(request)
        picture = own_contacts.picture(view.campaign, employee.pk, now=clock.now())
        mine = own_places(view, view.run, employee, board.previous_run(view.run)) if view.run else None
        content = {
            "place": mine and mine.place,
            "around": mine.around if mine else [],
            "next_place": mine and mine.next_place,
            "next_prize": mine and mine.next_prize,
            "live_active_contacts": picture.score,
            "sure_at_deadline": picture.sure_at_deadline,
        }
        return Response(serializers.MeSerializer(content).data)


class MyContacts(APIView):
    """One's own contacts, what needs attention first."""

    @extend_schema(
        responses=serializers.ContactsSerializer,
        parameters=[OpenApiParameter("page", int), OpenApiParameter("state")],
        operation_id="my_contacts",
    )
    def get(self, request: Request, slug: str) -> Response:
        view, employee = view_of(request, slug), own_employee(request)
        picture = own_contacts.picture(view.campaign, employee.pk, now=clock.now())
        shown = cards(picture, state=request.GET.get("state", ""), page=request.GET.get("page", ""))
        content = {
            "active_contacts": picture.score,
            "page": shown.page,
            "pages": shown.pages,
            "contacts": [_contact(card, picture.terms) for card in shown.cards],
        }
        return Response(serializers.ContactsSerializer(content).data)


class Docs(SpectacularSwaggerSplitView):
    """The schema to read and try; its page needs styles of its own."""

    policy = (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
    )

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response.headers["Content-Security-Policy"] = self.policy
        return super().finalize_response(request, response, *args, **kwargs)


def own_employee(request: Request) -> Employee:
    employee = employee_of(request)
    if employee is None:
        raise Http404(_("This sign-in belongs to no employee."))
    return employee


def _contact(card: Card, terms: Terms) -> dict[str, Any]:
    contact = card.contact
    return {
        "hint": card.hint,
        "platform": card.platform,
        "state": str(contact.state),
        "lapses_on": contact.lapses_on,
        "missing": card.sentences,
        "sent_on": dates(contact.days.sent, terms.last),
        "received_on": dates(contact.days.received, terms.last),
    }
