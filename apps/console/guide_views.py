"""Making and changing a campaign by the guided form."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from apps.campaigns.announcement import Announcement
from apps.campaigns.models import Campaign
from apps.campaigns.problems import CampaignError
from apps.console.doors import official
from apps.console.guide import periods, review
from apps.console.guide.choices import preset_cards, presets_as_json
from apps.console.guide.forms import GuideForm, Subject
from apps.console.guide.lines import with_another
from apps.console.guide.said import said
from apps.console.guide.saving import SlugTaken, fingerprint, save
from bonus_tracker import clock

State = Campaign.State
EARLIER_SHOWN = 5  # campaigns, to make a new one from
ANOTHER = "another-"  # and the name of a table of lines: the button that wants one more


@require_http_methods(["GET", "POST"])
@official("campaigns.add_campaign")
def new(request: HttpRequest) -> HttpResponse:
    """?from=SLUG: like that one, with dates in the next period."""
    now, zone = clock.now(), clock.company_zone()
    subject = Subject(periods.blank(now=now, zone=zone))
    old = None
    if slug := request.GET.get("from", ""):
        old = get_object_or_404(Campaign, slug=slug)
        subject = Subject(
            periods.next_of(Announcement.of(old), now=now, zone=zone), is_rehearsal=old.is_rehearsal
        )
    return guided(request, subject, None, old)


@require_http_methods(["GET", "POST"])
@official("campaigns.change_campaign")
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    campaign = get_object_or_404(Campaign, slug=slug)
    if campaign.state == State.VOID:
        messages.error(request, _("A voided campaign stays as it is."))
        return redirect("console:campaign", slug=slug)
    return guided(request, subject_of(campaign), campaign)


def subject_of(campaign: Campaign, announcement: Announcement | None = None) -> Subject:
    """announcement: by default what the campaign says."""
    return Subject(
        announcement or Announcement.of(campaign),
        is_rehearsal=campaign.is_rehearsal,
        slug=campaign.slug,
        is_announced=campaign.state != State.DRAFT,
        is_fixed=campaign.is_fixed(now=clock.now()),
    )


def guided(
    request: HttpRequest, subject: Subject, campaign: Campaign | None, like: Campaign | None = None
) -> HttpResponse:
    """like: what a new one was copied from."""
    if request.method != "POST":
        return page(request, GuideForm(subject), campaign, like=like)
    act = request.POST.get("act", "")
    if act.startswith(ANOTHER):
        return page(
            request, GuideForm(subject, with_another(request.POST, act.removeprefix(ANOTHER))), campaign
        )
    form = GuideForm(subject, request.POST)
    if "HX-Request" in request.headers:
        return render(request, "console/guide/_said.html", panel(form, campaign))
    if form.is_valid() and act == "save":
        return _save(request, form, campaign)
    return page(request, form, campaign, told_first=not form.is_valid())


def _save(request: HttpRequest, form: GuideForm, campaign: Campaign | None) -> HttpResponse:
    now, user, rehearses = clock.now(), request.user, bool(form.cleaned_data["is_rehearsal"])
    if campaign and form.subject.is_announced and "confirmed" not in request.POST:
        changed = review.changes_by(form.announcement, campaign, is_rehearsal=rehearses, now=now)
        if changed.lines:
            return _ask(request, campaign, changed)
    try:
        outcome = save(
            form.announcement,
            campaign,
            seen=request.POST.get("seen", ""),
            is_rehearsal=rehearses,
            actor=user.get_username(),
            now=now,
        )
    except SlugTaken as error:
        form.add_error("slug", str(error))
    except CampaignError as error:
        form.add_error(None, str(error))
    else:
        if not (outcome.created or outcome.changed):
            messages.success(request, _("Nothing was to be changed."))
        else:
            messages.success(request, _("%s is saved.") % outcome.campaign)
        return redirect("console:campaign-review", slug=outcome.campaign.slug)
    return page(request, form, campaign, told_first=True)


def _ask(request: HttpRequest, campaign: Campaign, changed: review.Changes) -> HttpResponse:
    """Once, with everything that was typed kept."""
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in {"csrfmiddlewaretoken", "act"}
    ]
    return render(
        request,
        "console/guide/confirm.html",
        {"title": _("Announce a change"), "campaign": campaign, "changed": changed, "kept": kept},
    )


def panel(form: GuideForm, campaign: Campaign | None) -> dict[str, Any]:
    """What the form says, once nothing but the slug is still missing."""
    wrong = form.what_is_wrong()
    announcement, rehearses = form.subject.announcement, form.subject.is_rehearsal
    if form.is_bound:
        rehearses = bool(form.cleaned_data.get("is_rehearsal"))
        announcement = getattr(form, "announcement", announcement)
    told = None
    if not form.errors.keys() - {"slug"}:
        told = said(announcement, campaign, is_rehearsal=rehearses, now=clock.now())
    return {"form": form, "said": told, "wrong": wrong}


def page(request: HttpRequest, form: GuideForm, campaign: Campaign | None, **more: Any) -> HttpResponse:
    announcement = Announcement.of(campaign) if campaign else None
    address = (
        reverse("console:campaign-edit", args=[campaign.slug])
        if campaign
        else reverse("console:campaign-new")
    )
    context = {
        "title": _("Change %s") % campaign if campaign else _("A new campaign"),
        "campaign": campaign,
        "address": address,
        "cards": preset_cards(form, form.subject.announcement.starts_at),
        "presets": presets_as_json(),
        "seen": fingerprint(announcement) if announcement else "",
        "earlier": () if campaign else Campaign.objects.order_by("-starts_at", "-pk")[:EARLIER_SHOWN],
    }
    return render(request, "console/guide/form.html", context | panel(form, campaign) | more)


@require_GET
@official("campaigns.view_campaign")
def sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """The rules sheet as it would be in force, in every language, beside what else is to be known."""
    campaign = get_object_or_404(Campaign, slug=slug)
    return render(request, "console/guide/review.html", review.context(campaign, now=clock.now()))
