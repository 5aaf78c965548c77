"""A campaign's life as a line of steps: what has happened and when, what comes and when."""

from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.audit.models import Entry
from apps.campaigns.lifecycle import LIFE
from apps.campaigns.models import Campaign
from bonus_tracker.formats import instant, limit

State = Campaign.State
ACTS = {f"campaign {state}": state for state in State.values}  # as the log calls entering a state


class Step(NamedTuple):
    """when: it happened or is due, in words, empty when people decide. is_here: the last that happened."""

    words: str | Promise
    when: str
    is_done: bool
    is_here: bool = False


def life(campaign: Campaign, *, now: datetime) -> list[Step]:
    """Oldest first; one query for when people and jobs took their steps. Of what was called off only what was done."""
    entered = _entered(campaign)
    is_void = campaign.state == State.VOID
    reached = -1 if is_void else LIFE.index(State(campaign.state))
    steps = []
    for n, state in enumerate(LIFE):
        steps += _between(state, campaign, reached, now)
        words, when = _said(state, campaign, entered)
        steps.append(Step(words, when, n <= reached or (is_void and state in entered)))
    if is_void:
        steps = [step for step in steps if step.is_done]
        steps.append(Step(_("Called off"), _instant(entered.get("void")), is_done=True))
    here = max(n for n, step in enumerate(steps) if step.is_done)
    steps[here] = steps[here]._replace(is_here=True)
    return steps


def _said(state: State, campaign: Campaign, entered: dict[str, datetime]) -> tuple[str | Promise, str]:
    """A state and since when, or from when on."""
    if state == State.DRAFT:
        return _("Draft"), instant(campaign.created_at)
    if state == State.RUNNING:
        return _("Start"), instant(campaign.starts_at)
    if state == State.SETTLING:
        return _("Deadline"), limit(campaign.deadline)
    if state == State.PROVISIONAL:
        return _("Provisional result"), instant(campaign.provisional_at or campaign.grace_ends_at)
    words = {State.SCHEDULED: _("Announced"), State.FINAL: _("Final"), State.PAID: _("Paid")}
    return words[state], _instant(entered.get(state))


def _between(state: State, campaign: Campaign, reached: int, now: datetime) -> list[Step]:
    """What happens before a state is entered and is none itself."""
    if state == State.SETTLING and campaign.freeze_at:
        return [Step(_("Board freezes"), limit(campaign.freeze_at), campaign.freeze_at <= now)]
    if state == State.FINAL:
        ends = campaign.objections_end_at
        done = reached >= LIFE.index(State.PROVISIONAL) and ends <= now
        return [Step(_("Objections end"), limit(ends), done)]
    return []


def _instant(at: datetime | None) -> str:
    return instant(at) if at else ""


def _entered(campaign: Campaign) -> dict[str, datetime]:
    """State -> when the log has it entered last."""
    entries = Entry.objects.about(f"campaign {campaign.slug}").filter(action__in=ACTS).order_by("number")
    return {ACTS[action]: at for action, at in entries.values_list("action", "at")}


def moves(campaign: Campaign) -> list[tuple[str, str]]:
    """(what was moved and when, the reason) of each move of the deadline, the latest first."""
    return [
        (
            gettext("From %(before)s to %(after)s, decided by two people on %(at)s.")
            % {
                "before": limit(datetime.fromisoformat(moved["before"])),
                "after": limit(datetime.fromisoformat(moved["deadline"])),
                "at": instant(datetime.fromisoformat(moved["at"])),
            },
            moved["reason"],
        )
        for moved in reversed(campaign.amendments)
    ]
