"""What state a campaign is in, what that means for the reader, and what comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from apps.campaigns.models import Campaign
from apps.campaigns.words import paragraph
from bonus_tracker.formats import instant, limit

State = Campaign.State


@dataclass(frozen=True)
class Status:
    code: str  # the banner's look
    title: str
    meaning: str
    what_next: str = ""

    @property
    def sentences(self) -> str:
        return paragraph([each for each in (self.meaning, self.what_next) if each])


def code_of(campaign: Campaign, *, frozen: bool, now: datetime) -> str:
    """The state as people live it: past its date a campaign has moved on, even before the next tick says so."""
    if campaign.state == State.SCHEDULED and now >= campaign.starts_at:
        return "frozen" if frozen else State.RUNNING.value
    if campaign.state == State.RUNNING:
        if now >= campaign.deadline:
            return State.SETTLING.value
        return "frozen" if frozen else State.RUNNING.value
    return str(campaign.state)


class Step(NamedTuple):
    """A stretch of a campaign's life; where: "done", "now" or "ahead"."""

    label: str
    where: str


def life(campaign: Campaign, code: str) -> list[Step]:
    """From the announcement to the final result; nothing for a campaign that has no such way before it."""
    labels = {
        "scheduled": _("Announced"),
        "running": _("Running"),
        "frozen": _("Frozen"),
        "settling": _("Settling"),
        "provisional": _("Provisional"),
        "final": _("Final"),
    }
    if not campaign.freeze_at or campaign.freeze_at >= campaign.deadline:
        del labels["frozen"]
    here = "final" if code == State.PAID else code
    if here not in labels:
        return []
    at = list(labels).index(here)
    return [
        Step(label, "done" if n < at else "now" if n == at else "ahead")
        for n, label in enumerate(labels.values())
    ]


def statuses(campaign: Campaign, *, frozen: bool, live: bool, now: datetime) -> list[Status]:
    """The banners to show, the loudest first; live: the reader looks at the run that employees do not see."""
    rehearsal = Status(
        "rehearsal",
        _("Rehearsal"),
        _("A campaign replayed over past data. Only HR and auditors see it."),
        _("It can never be approved, exported or paid."),
    )
    code = code_of(campaign, frozen=frozen, now=now)
    if code == "frozen" and live:
        status = _frozen_but_live(campaign)
    elif code == State.PROVISIONAL and now >= campaign.objections_end_at:
        status = _past_objections(campaign)
    else:
        status = _STATUS[code](campaign)
    return [rehearsal, status] if campaign.is_rehearsal else [status, *_moved(campaign)]


def _moved(campaign: Campaign) -> list[Status]:
    """Each move of the deadline, the latest first; told as long as the campaign is shown."""
    return [
        Status(
            "moved",
            _("The deadline was moved"),
            _("From %(before)s to %(after)s, decided by two people on %(at)s.")
            % {
                "before": limit(datetime.fromisoformat(moved["before"])),
                "after": limit(datetime.fromisoformat(moved["deadline"])),
                "at": instant(datetime.fromisoformat(moved["at"])),
            },
            _("Reason: “%s”") % moved["reason"],
        )
        for moved in reversed(campaign.amendments)
    ]


def _draft(_campaign: Campaign) -> Status:
    return Status(
        "draft", _("Draft"), _("Only HR and auditors see it."), _("Employees see it once it is announced.")
    )


def _scheduled(campaign: Campaign) -> Status:
    return Status(
        "scheduled",
        _("Starts soon"),
        _("Counting begins on %(start)s. No message before that counts.")
        % {"start": instant(campaign.starts_at)},
        _("The first places appear within minutes of the start."),
    )


def _running(campaign: Campaign) -> Status:
    if campaign.freeze_at and campaign.freeze_at < campaign.deadline:
        what_next = _("On %(freeze)s this board freezes, so that the end stays exciting.") % {
            "freeze": instant(campaign.freeze_at)
        }
    else:
        what_next = _("What was written by %(deadline)s decides.") % {"deadline": limit(campaign.deadline)}
    return Status("running", _("Running"), _("Places are counted afresh every few minutes."), what_next)


def _frozen(campaign: Campaign) -> Status:
    since = instant(campaign.freeze_at) if campaign.freeze_at else ""
    return Status(
        "frozen",
        _("Board frozen"),
        _("Places stand as of %(freeze)s. Your own score and contacts stay live.") % {"freeze": since},
        _("The campaign goes on until %(deadline)s; then the result is published here.")
        % {"deadline": limit(campaign.deadline)},
    )


def _frozen_but_live(campaign: Campaign) -> Status:
    since = instant(campaign.freeze_at) if campaign.freeze_at else ""
    return Status(
        "frozen",
        _("Board frozen, you see it live"),
        _("Everybody else sees the places as of %(freeze)s. Keep these to yourself.") % {"freeze": since},
        _("What was written by %(deadline)s decides.") % {"deadline": limit(campaign.deadline)},
    )


def _settling(campaign: Campaign) -> Status:
    return Status(
        "settling",
        _("Deadline passed, settling"),
        _("New messages no longer count. Data about messages from before the deadline may still arrive."),
        _("After %(until)s the provisional result is published here.")
        % {"until": instant(campaign.grace_ends_at)},
    )


def _provisional(campaign: Campaign) -> Status:
    return Status(
        "provisional",
        _("Provisional result"),
        _(
            "This is how it ended, open for objections. Is something wrong? Object on your own page by %(until)s."
        )
        % {"until": instant(campaign.objections_end_at)},
        _("When objections are settled and two people have approved, the result is final."),
    )


def _past_objections(campaign: Campaign) -> Status:
    """Once the time for objections is over."""
    return Status(
        "provisional",
        _("Provisional result"),
        _("This is how it ended. Objections were possible until %(until)s.")
        % {"until": instant(campaign.objections_end_at)},
        _("When objections are settled and two people have approved, the result is final."),
    )


def _final(_campaign: Campaign) -> Status:
    return Status(
        "final",
        _("Final result"),
        _("Approved by two people and sealed. Nothing changes it any more."),
        _("The prizes are being paid."),
    )


def _paid(_campaign: Campaign) -> Status:
    return Status(
        "final",
        _("Final result, prizes paid"),
        _("Approved by two people and sealed. Nothing changes it any more."),
    )


def _void(campaign: Campaign) -> Status:
    return Status(
        "void",
        _("Void"),
        _("This campaign was called off. Reason: “%(reason)s”") % {"reason": campaign.void_reason}
        if campaign.void_reason
        else _("This campaign was called off."),
        _("No prizes are given.")
        if campaign.is_announced
        else _("It was never announced: only HR and auditors see it."),
    )


_STATUS = {
    State.DRAFT.value: _draft,
    State.SCHEDULED.value: _scheduled,
    State.RUNNING.value: _running,
    "frozen": _frozen,
    State.SETTLING.value: _settling,
    State.PROVISIONAL.value: _provisional,
    State.FINAL.value: _final,
    State.PAID.value: _paid,
    State.VOID.value: _void,
}
