"""The result and oneself: object to it, read the answers and what was decided, name contacts as a winner."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.awards.models import Award
from apps.campaigns.models import Campaign, OptOut
from apps.directory.models import Employee
from apps.integrity.checks import type_handle
from apps.integrity.models import Objection
from apps.integrity.notices import mark_seen
from apps.integrity.objections import is_open_for_objections, object_to, withdraw
from apps.integrity.refusals import Refused
from apps.leaderboard.confirming import Asked, asked_of
from apps.leaderboard.heads import page_head
from apps.leaderboard.objection_forms import CountForm, PlaceForm, places_at_stake
from apps.leaderboard.own_part import own_places, participants
from apps.leaderboard.result_words import told
from apps.leaderboard.shown_names import shown_names
from apps.leaderboard.sight import View, employee_of, signed_in, view_of
from apps.ranking.services import latest_result
from bonus_tracker import clock


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def my_result(request: HttpRequest, slug: str) -> HttpResponse:
    view, employee = view_of(request, slug), employee_of(request)
    if employee is None:
        return redirect("my-page", slug=slug)
    forms = _forms(request, view.campaign, employee)
    if request.method == "POST" and _act(request, view.campaign, employee, forms):
        return redirect("my-result", slug=slug)
    notices = list(employee.notices.filter(campaign=view.campaign))
    mark_seen(notices, now=clock.now())
    objections = list(
        employee.objections.filter(campaign=view.campaign).select_related("place_of").order_by("-number")
    )
    context = page_head(view) | {
        "employee": employee,
        "tab": "me",
        "forms": forms if is_open_for_objections(view.campaign, now=clock.now()) else {},
        "objections_ended_at": _objections_ended_at(view.campaign),
        "objections": _with_shown_names(view.campaign, objections),
        "told": told(view.campaign, notices),
        "asked": asked_of(view.campaign, employee),
    }
    context |= _standing(view, employee)
    return render(request, "leaderboard/my_result.html", context)


def _standing(view: View, employee: Employee) -> dict[str, Any]:
    """One's own place and prizes in the newest result; nothing before there is one."""
    result, run = latest_result(view.campaign), view.run
    if result is None or run is None:
        return {}
    awards = Award.objects.filter(result=result, employee=employee)
    return {
        "own": own_places(view, run, employee, None),
        "participants": participants(run, view.own_division),
        "awards": list(awards.order_by("form", "place", "pk")),
        "has_left": OptOut.objects.filter(campaign=view.campaign, employee=employee).exists(),
    }


def _objections_ended_at(campaign: Campaign) -> datetime | None:
    """None while there is no result to object to, and while the time runs."""
    ended_at = campaign.objections_end_at
    return ended_at if campaign.provisional_at and ended_at <= clock.now() else None


def _with_shown_names(campaign: Campaign, objections: list[Objection]) -> list[Objection]:
    """Each with `shown_name`: of the one at whose place it is aimed, as colleagues know them."""
    aimed = {
        (campaign.pk, each.place_of_id): each.place_of
        for each in objections
        if each.place_of_id and each.place_of
    }
    names = shown_names(aimed)
    for each in objections:
        name = names.get((campaign.pk, each.place_of_id)) if each.place_of_id else None
        each.shown_name = name  # type: ignore[attr-defined]
    return objections


def _forms(request: HttpRequest, campaign: Campaign, employee: Employee) -> dict[str, Any]:
    about = request.POST.get("about")
    return {
        "count": CountForm(request.POST if about == "count" else None, prefix="count", label_suffix=""),
        "place": PlaceForm(
            request.POST if about == "place" else None,
            prefix="place",
            label_suffix="",
            campaign=campaign,
            places=places_at_stake(campaign, employee),
        ),
    }


def _act(request: HttpRequest, campaign: Campaign, employee: Employee, forms: dict[str, Any]) -> bool:
    """Object or withdraw; False when the form says what is missing."""
    actor, about = signed_in(request).get_username(), request.POST.get("about", "")
    try:
        if "withdraw" in request.POST:
            for objection in employee.objections.filter(campaign=campaign, state="open"):
                withdraw(objection, now=clock.now(), actor=actor)
            messages.success(request, _("Your objection is withdrawn."))
            return True
        form = forms.get(about)
        if form is None or not form.is_valid():
            return False
        data = form.cleaned_data
        object_to(
            campaign,
            employee,
            data["text"],
            now=clock.now(),
            actor=actor,
            contacts_claimed=data.get("contacts_claimed"),
            place_of=data.get("place_of"),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("HR has your objection; the answer will be on this page."))
    return True


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def confirm_contacts(request: HttpRequest, slug: str) -> HttpResponse:
    """A winner types the handle of each drawn contact; what was typed is hashed, compared and forgotten."""
    view, employee = view_of(request, slug), employee_of(request)
    if employee is None:
        return redirect("my-page", slug=slug)
    asked = asked_of(view.campaign, employee)
    if request.method == "POST" and asked is not None:
        _take_handles(request, asked)
        return redirect("confirm-contacts", slug=slug)
    context = page_head(view) | {"employee": employee, "tab": "me", "asked": asked}
    return render(request, "leaderboard/confirm.html", context)


def _take_handles(request: HttpRequest, asked: Asked) -> None:
    matched, wrong = 0, []
    try:
        for line in asked.waiting:
            typed = request.POST.get(f"handle-{line.item.pk}", "").strip()
            if not typed:
                continue
            actor = request.user.get_username()
            if type_handle(line.item, platform=line.platform, handle=typed, actor=actor, now=clock.now()):
                matched += 1
            else:
                wrong.append(str(line.item.position))
    except Refused as refusal:
        messages.error(request, str(refusal))
    if matched:
        messages.success(
            request, ngettext("%d contact is named.", "%d contacts are named.", matched) % matched
        )
    if wrong:
        messages.error(
            request,
            _("These are other contacts, or spelled otherwise in the messenger: number %s.")
            % ", ".join(wrong),
        )
