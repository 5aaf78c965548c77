"""Endpoints about oneself: one's place, one's contacts, what changed, one contact looked up."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.directory.models import Employee
from apps.leaderboard import own_contacts, serializers
from apps.leaderboard.board import previous_run
from apps.leaderboard.changes import since_yesterday
from apps.leaderboard.contact_cards import Card, cards, checked
from apps.leaderboard.contacts import State, Terms, dates
from apps.leaderboard.heads import has_targets
from apps.leaderboard.own_contacts import Picture
from apps.leaderboard.own_part import own_places
from apps.leaderboard.sight import View, employee_of, view_of
from bonus_tracker import clock

NOT_FOUND = OpenApiResponse(description="No such campaign to see, or the sign-in belongs to no employee.")


class OwnView(APIView):
    """Of the signed-in employee; a sign-in without one gets 404."""

    @method_decorator(never_cache)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    def own(self, request: Request, slug: str) -> tuple[View, Employee]:
        view, employee = view_of(request, slug), employee_of(request)
        if employee is None:
            raise Http404(_("This sign-in belongs to no employee."))
        return view, employee

    def picture(self, request: Request, slug: str) -> Picture:
        view, employee = self.own(request, slug)
        return own_contacts.picture(view.campaign, employee.pk, now=clock.now())


class Me(OwnView):
    """One's own row, neighbours, and what is next."""

    @extend_schema(responses={200: serializers.MeSerializer, 404: NOT_FOUND}, operation_id="me")
    def get(self, request: Request, slug: str) -> Response:
        view, employee = self.own(request, slug)
        picture = own_contacts.picture(view.campaign, employee.pk, now=clock.now())
        mine = own_places(view, view.run, employee, previous_run(view.run)) if view.run else None
        is_reachable = has_targets(view, clock.now())
        content = {
            "division": None if view.own_division is None else view.of_own_division().division_key,
            "place": mine and mine.place,
            "around": mine.around if mine else [],
            "next_place": mine and mine.next_place if is_reachable else None,
            "next_prize": mine and mine.next_prize if is_reachable else None,
            "stage": picture.stage,
            "live_active_contacts": picture.score,
            "sure_at_deadline": picture.sure_at_deadline if picture.is_live else None,
        }
        return Response(serializers.MeSerializer(content).data)


class MyContacts(OwnView):
    """One's own contacts, what needs attention first."""

    @extend_schema(
        responses={200: serializers.ContactsSerializer, 404: NOT_FOUND},
        parameters=[
            OpenApiParameter("page", int, description="From 1."),
            OpenApiParameter("state", enum=[str(state) for state in State], description="These alone."),
        ],
        operation_id="my_contacts",
    )
    def get(self, request: Request, slug: str) -> Response:
        picture = self.picture(request, slug)
        shown = cards(picture, state=request.GET.get("state", ""), page=request.GET.get("page", ""))
        content = {
            "active_contacts": picture.score,
            "page": shown.page,
            "pages": shown.pages,
            "contacts": [_contact(card, picture.terms) for card in shown.cards],
        }
        return Response(serializers.ContactsSerializer(content).data)


class MyChanges(OwnView):
    """Which contacts came and went since yesterday, each with its reason."""

    @extend_schema(responses={200: serializers.ChangesSerializer, 404: NOT_FOUND}, operation_id="my_changes")
    def get(self, request: Request, slug: str) -> Response:
        changes = since_yesterday(self.picture(request, slug))
        nothing: dict[str, Any] = {"day": None, "gained": [], "lost": []}
        return Response(serializers.ChangesSerializer(changes or nothing).data)


class CheckContact(OwnView):
    """Whether one contact counts for oneself, and if not, why; somebody else's answers as a stranger's does."""

    @extend_schema(
        request=serializers.HandleSerializer,
        responses={
            200: serializers.CheckSerializer,
            400: OpenApiResponse(description="No handle, or an unknown messenger."),
            404: NOT_FOUND,
        },
        operation_id="check_contact",
    )
    @method_decorator(sensitive_variables())
    def post(self, request: Request, slug: str) -> Response:
        view, employee = self.own(request, slug)
        asked = serializers.HandleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        picture = own_contacts.picture(view.campaign, employee.pk, now=clock.now())
        card = checked(picture, asked.validated_data["contact_id"])
        content = {"contact": card and _contact(card, picture.terms)}
        return Response(serializers.CheckSerializer(content).data)


def _contact(card: Card, terms: Terms) -> dict[str, Any]:
    contact = card.contact
    return {
        "hint": card.hint,
        "platform": card.platform,
        "state": str(contact.state),
        "lapses_on": contact.lapses_on,
        "why": card.sentences,
        "sent_on": dates(contact.days.sent, terms.last),
        "received_on": dates(contact.days.received, terms.last),
    }
