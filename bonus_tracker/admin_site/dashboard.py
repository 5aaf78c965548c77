"""What needs attention, on the first page."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bonus_tracker import clock

CAMPAIGNS_SHOWN = 10
MANY = 1000  # counting stops here: the page stays quick however much is held


class Attention(NamedTuple):
    number: str
    text: str
    link: str


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Called by the admin's index."""
    may = request.user.has_perm
    attention: list[Attention] = []
    tables: list[dict[str, Any]] = []
    if may("campaigns.view_campaign"):
        attention += _overdue()
        tables.append(_campaigns())
    if may("audit.view_entry"):
        attention += _broken_log()
    if may("integrity.view_objection"):
        attention += _open_objections()
    if may("integrity.view_decision"):
        attention += _open_decisions()
    if may("awards.view_approval"):
        attention += _waiting_for_approval()
    if may("activity.view_quarantinedevent"):
        attention += _held()
    if may("activity.view_delivery"):
        attention += _open_deliveries()
    return context | {"title": _("Overview"), "attention": attention, "tables": tables}


def _overdue() -> list[Attention]:
    from apps.campaigns.lifecycle import due_campaigns
    from apps.campaigns.models import Campaign

    due = due_campaigns(clock.now())
    count = sum(campaigns.count() for state, campaigns in due.items() if state != Campaign.State.FINAL)
    text = ngettext(
        "campaign is due for its next step; the next tick takes it",
        "campaigns are due for their next step; the next tick takes it",
        count,
    )
    return [Attention(str(count), text, reverse("admin:campaigns_campaign_changelist"))] if count else []


def _broken_log() -> list[Attention]:
    from apps.audit.models import Verification

    last = Verification.objects.order_by("-id").first()
    if last is None or not last.problem:
        return []
    text = _("The audit log does not hold: %s.") % last.problem
    return [Attention("!", text, reverse("admin:audit_entry_changelist"))]


def _open_objections() -> list[Attention]:
    from apps.integrity.models import Objection

    count = Objection.objects.filter(state=Objection.State.OPEN).count()
    text = ngettext("objection waits for an answer", "objections wait for an answer", count)
    link = reverse("admin:integrity_objection_changelist") + "?state__exact=open"
    return [Attention(str(count), text, link)] if count else []


def _open_decisions() -> list[Attention]:
    from apps.integrity.models import Decision

    count = Decision.objects.filter(confirmed_at=None, rejected_at=None).count()
    text = ngettext("decision waits for a second person", "decisions wait for a second person", count)
    return [Attention(str(count), text, reverse("admin:integrity_decision_changelist"))] if count else []


def _waiting_for_approval() -> list[Attention]:
    from apps.campaigns.lifecycle import due_campaigns
    from apps.campaigns.models import Campaign

    waiting = list(due_campaigns(clock.now())[Campaign.State.FINAL])
    text = ngettext("result waits for approval", "results wait for approval", len(waiting))
    link = reverse("admin:campaigns_campaign_changelist") + "?state__exact=provisional"
    return [Attention(str(len(waiting)), text, link)] if waiting else []


def _held() -> list[Attention]:
    from apps.activity.models import QuarantinedEvent

    held = QuarantinedEvent.objects.filter(state=QuarantinedEvent.State.HELD)
    count = held.order_by().values("pk")[: MANY + 1].count()
    text = ngettext("event is held back for a decision", "events are held back for a decision", count)
    link = reverse("admin:activity_quarantinedevent_changelist") + "?state__exact=held"
    return [Attention(_at_most(count), text, link)] if count else []


def _open_deliveries() -> list[Attention]:
    from apps.activity.models import Delivery

    count = Delivery.objects.filter(state=Delivery.State.OPEN).order_by().values("pk")[: MANY + 1].count()
    text = ngettext("delivery is still being read", "deliveries are still being read", count)
    link = reverse("admin:activity_delivery_changelist") + "?state__exact=open"
    return [Attention(_at_most(count), text, link)] if count else []


def _at_most(count: int) -> str:
    return str(count) if count <= MANY else f"{MANY}+"


def _campaigns() -> dict[str, Any]:
    from apps.campaigns.admin.steps import shown
    from apps.campaigns.models import Campaign
    from apps.ranking.admin.campaigns import health_of, live_run

    now = clock.now()
    over = (Campaign.State.FINAL, Campaign.State.PAID, Campaign.State.VOID)
    open_ones = Campaign.objects.exclude(state__in=over).select_related("board__live_run")
    rows = []
    for campaign in open_ones.order_by("deadline", "pk")[:CAMPAIGNS_SHOWN]:
        run = live_run(campaign)
        rows.append(
            [
                _link(reverse("admin:campaigns_campaign_change", args=[campaign.pk]), str(campaign)),
                campaign.get_state_display(),
                shown(campaign.deadline),
                run.participants if run else "–",
                health_of(campaign, now)[1],
            ]
        )
    headers = [_("campaign"), _("state"), _("deadline"), _("participants"), _("health")]
    return {"title": _("Campaigns"), "headers": headers, "rows": rows}


def _link(address: str, text: str) -> str:
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, text)
