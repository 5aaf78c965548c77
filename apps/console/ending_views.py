"""One objection, decision, case or winner's check: all that is needed to decide, and the buttons for it."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from apps.audit.models import Entry
from apps.campaigns.models import Campaign
from apps.console import cells
from apps.console.details import Detail, Section, detail_page
from apps.console.doors import official
from apps.console.inbox.ending import (
    YOU_PROPOSED,
    about,
    why_not_answer,
    why_not_close,
    why_not_confirm,
    why_not_review,
)
from apps.console.inbox.listings import IS_UNDONE, OBJECTION_TONES, decision_state
from apps.console.inbox.standing import at_employee, contacts_page, decided_about
from apps.console.inbox.viewer import Viewer
from apps.console.inbox_views import tabs
from apps.console.monitor.results import moved
from apps.integrity.admin.corrections import in_words
from apps.integrity.admin.moves import as_table, in_a_sentence
from apps.integrity.admin.proposals import users_of_a_gap
from apps.integrity.checks import REVIEWERS_NEEDED
from apps.integrity.decisions import WITHOUT_EFFECT, preview_of
from apps.integrity.differences import Difference
from apps.integrity.models import Case, Check, Decision, Objection
from apps.integrity.objections import could_change_prizes
from apps.integrity.progress import Progress, progress
from apps.ranking.models import Result
from apps.ranking.services import latest_result
from bonus_tracker.formats import instant


@require_GET
@official("integrity.view_objection")
def objection(request: HttpRequest, key: int) -> HttpResponse:
    found = get_object_or_404(Objection.objects.select_related("campaign", "employee", "place_of"), pk=key)
    is_open = found.state == Objection.State.OPEN
    why_not = why_not_answer(found, Viewer.of(request)) if is_open else ""
    concerned = [each for each in (found.employee, found.place_of) if each]
    sections = [Section(_("What they say"), quotes=[found.text])]
    if found.answer:
        said = f"{found.answered_by}, {instant(found.answered_at)}" if found.answered_at else ""
        sections.append(Section(_("Answer"), [said], quotes=[found.answer]))
    sections += [at_employee(found.campaign, each) for each in concerned]
    sections.append(decided_about(found.campaign, concerned, besides=found))
    detail = Detail(
        title=_("Objection %(number)d: %(about)s") % {"number": found.number, "about": about(found)},
        thing=found,
        state=(found.get_state_display(), OBJECTION_TONES[found.state]),
        subject=f"objection {found.campaign.slug} {found.number}",
        why_not=why_not,
        acts=() if why_not else None,
        is_quiet=True,
        facts=[
            (_("Campaign"), campaign_link(found.campaign)),
            (_("Made at"), instant(found.made_at)),
            (_("Objections until"), instant(found.campaign.objections_end_at)),
            *_could_change(found),
        ],
        sections=sections,
        links=[contacts_page(found.campaign, each) for each in concerned],
    )
    return detail_page(request, detail, tabs=tabs(request))


def _could_change(objection: Objection) -> list[tuple[Any, Any]]:
    """A fact about one that waits for its answer."""
    result = latest_result(objection.campaign)
    if result is None or objection.state != Objection.State.OPEN:
        return []
    waits = could_change_prizes([objection], result)
    told = _("yes: the result waits for its answer") if waits else _("no, whatever is granted")
    return [(_("Granting it could change a prize"), told)]


@require_GET
@official("integrity.view_decision")
def decision(request: HttpRequest, key: int) -> HttpResponse:
    everything = Decision.objects.select_related(
        "campaign", "employee", "source", "proposed_by", "confirmed_by", "rejected_by", "result__run"
    )
    found: Any = get_object_or_404(everything.annotate(is_undone=IS_UNDONE), pk=key)
    why_not = why_not_confirm(found, Viewer.of(request)) if found.is_open else ""
    sections = [
        Section(_("Reason"), [_("The employee whom it concerns reads it.")], quotes=[found.reason]),
        Section(_("Evidence"), quotes=[found.evidence]),
    ]
    if found.employee:
        sections.append(at_employee(found.campaign, found.employee))
    sections += _effect_of(found)
    detail = Detail(
        title=_("Decision %(number)d: %(kind)s") % {"number": found.number, "kind": found.get_kind_display()},
        thing=found,
        state=decision_state(found),
        subject=f"campaign {found.campaign.slug}",
        why_not=why_not,
        acts=_acts_on(why_not),
        facts=_facts_of(found),
        sections=sections,
        links=[contacts_page(found.campaign, found.employee)] if found.employee else [],
        entries=Entry.objects.about(f"campaign {found.campaign.slug}").filter(details__decision=found.number),
    )
    return detail_page(request, detail, tabs=tabs(request))


def _acts_on(why_not: Any) -> tuple[str, ...] | None:
    """Whoever proposed it may take it back."""
    if not why_not:
        return None
    return ("reject",) if why_not == YOU_PROPOSED else ()


def _facts_of(decision: Decision) -> list[tuple[Any, Any]]:
    facts = [
        (_("Campaign"), campaign_link(decision.campaign)),
        (_("Whom it concerns"), decision.employee or decision.source or _("the whole campaign")),
        (_("Proposed by"), f"{decision.proposed_by}, {instant(decision.proposed_at)}"),
    ]
    if decision.confirmed_at:
        facts.append((_("Confirmed by"), f"{decision.confirmed_by}, {instant(decision.confirmed_at)}"))
    if decision.rejected_at:
        facts.append((_("Rejected by"), f"{decision.rejected_by}, {instant(decision.rejected_at)}"))
        facts.append((_("Reason of the rejection"), decision.rejection_reason))
    if decision.objection:
        address = reverse("console:objection", args=[decision.objection.pk])
        facts.append((_("Upholds"), cells.link(address, _("Objection %d") % decision.objection.number)))
    if decision.undoes_id:
        facts.append(
            (_("Undoes"), cells.link(reverse("console:decision", args=[decision.undoes_id]), decision.undoes))
        )
    return facts


def _effect_of(decision: Decision) -> list[Section]:
    """What it changes about the input, and who moves by it: as a preview while it is open."""
    effect = [in_words(correction) for correction in decision.corrections]
    effect += users_of_a_gap(decision.facts.get("prize ranks that used it", []))
    if decision.kind in WITHOUT_EFFECT:
        return [Section(_("What it changes"), [*effect, _("It changes no place and no count.")])]
    found = _moved(decision)
    if found is None:
        return [Section(_("What it changes"), effect)] if effect else []
    title = _("What would change") if decision.is_open else _("What it changed")
    return [Section(title, [*effect, in_a_sentence(found)], as_table(found))]


def _moved(decision: Decision) -> Difference | None:
    if decision.is_open:
        is_possible = decision.campaign.state == Campaign.State.PROVISIONAL
        return preview_of(decision) if is_possible else None
    after = decision.result
    before = after and Result.objects.filter(campaign=after.campaign_id, version=after.version - 1).first()
    return moved(before, after) if after and before else None


@require_GET
@official("integrity.view_case")
def case(request: HttpRequest, key: int) -> HttpResponse:
    found = get_object_or_404(Case.objects.select_related("campaign", "employee", "closed_by"), pk=key)
    why_not = why_not_close(found, Viewer.of(request)) if not found.closed_at else ""
    sections = [Section(_("What is to be looked into"), quotes=[found.reason])]
    facts = [
        (_("Campaign"), campaign_link(found.campaign)),
        (_("Opened by"), f"{found.opened_by}, {instant(found.opened_at)}"),
    ]
    if found.closed_at:
        facts.append((_("Closed by"), f"{found.closed_by}, {instant(found.closed_at)}"))
        sections.append(Section(_("Outcome"), quotes=[found.outcome]))
    sections += [
        at_employee(found.campaign, found.employee),
        decided_about(found.campaign, [found.employee], besides=found),
    ]
    detail = Detail(
        title=_("Case %(number)d about %(employee)s") % {"number": found.pk, "employee": found.employee},
        thing=found,
        state=(_("closed"), cells.QUIET) if found.closed_at else (_("open"), cells.WAITS),
        subject=f"case {found.pk}",
        why_not=why_not,
        acts=() if why_not else None,
        facts=facts,
        sections=sections,
        links=[contacts_page(found.campaign, found.employee)],
        grave_links=_leave_out(request, found),
    )
    return detail_page(request, detail, tabs=tabs(request))


def _leave_out(request: HttpRequest, case: Case) -> list[tuple[str, Any]]:
    """A case changes nothing by itself; what follows from it does."""
    viewer = Viewer.of(request)
    if not viewer.may("integrity.add_decision") or case.campaign.state != Campaign.State.PROVISIONAL:
        return []
    address = reverse("admin:campaigns_campaign_exclude", args=[case.campaign_id])
    return [(f"{address}?employee={case.employee.number}", _("Exclude or disqualify"))]


@require_GET
@official("integrity.view_check")
def check(request: HttpRequest, key: int) -> HttpResponse:
    found = get_object_or_404(Check.objects.select_related("result__campaign", "employee"), pk=key)
    campaign = found.result.campaign
    viewer = Viewer.of(request)
    far = progress([found.pk], reviewer=request.user.pk or 0).get(found.pk, Progress())
    why_not = "" if far.is_done else why_not_review(far, campaign.pk, viewer)
    detail = Detail(
        title=_("Contacts of %s to confirm") % found.employee,
        thing=found,
        state=(_("done"), cells.GOOD) if far.is_done else (_("under way"), cells.WAITS),
        subject=f"campaign {campaign.slug}",
        why_not=why_not,
        acts=() if campaign.pk in viewer.stands_in else None,
        is_quiet=bool(why_not),
        facts=[
            (_("Campaign"), campaign_link(campaign)),
            (_("Version"), found.result.version),
            (_("Drawn at"), instant(found.drawn_at)),
            (_("Contacts counted"), found.population),
            (_("Fake contacts that would change who wins"), found.margin),
            (_("Contacts to confirm"), _("%d, all of them") % found.size if found.is_full else found.size),
        ],
        sections=[_how_far(found, far), at_employee(campaign, found.employee)],
        entries=_about_check(campaign, found),
    )
    return detail_page(request, detail, tabs=tabs(request))


def _how_far(check: Check, far: Progress) -> Section:
    sentences = [
        _(
            "The winner names each contact; then %d reviewers confirm it, each in a way the winner does not control."
        )
        % REVIEWERS_NEEDED
    ]
    if far.fakes:
        found = ngettext(
            "%d contact is called a fake; “Do not count what is fake” proposes to leave it out.",
            "%d contacts are called fakes; “Do not count what is fake” proposes to leave them out.",
            far.fakes,
        )
        sentences.append(found % far.fakes)
    if check.is_full:
        sentences.append(_("A fake was found, so all counted contacts are checked."))
    named = _("%(done)d of %(all)d named by the winner") % {"done": far.named, "all": far.size}
    confirmed = _("%(done)d of %(all)d confirmed by two") % {"done": far.confirmed, "all": far.size}
    return Section(
        _("Progress"),
        sentences,
        bars=[cells.bar(far.named, far.size, named), cells.bar(far.confirmed, far.size, confirmed)],
    )


def _about_check(campaign: Campaign, check: Check) -> QuerySet[Entry]:
    entries = Entry.objects.about(f"campaign {campaign.slug}")
    return entries.filter(details__employee=check.employee.number, details__version=check.result.version)


def campaign_link(campaign: Campaign) -> Any:
    return cells.link(reverse("console:campaign", args=[campaign.slug]), campaign)
