"""What is wrong with what the campaigns rest on, in words, with what removes it."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.activity.models import Delivery, Derivation, QuarantinedEvent, Source
from apps.audit.models import Verification
from apps.awards.models import Pulse
from apps.campaigns.lifecycle import due_campaigns
from apps.campaigns.models import Campaign
from bonus_tracker import clock
from bonus_tracker.formats import instant, number

DANGER, WARNING = "danger", "warning"
STOPPED = timedelta(minutes=5)  # without a tick, by the clock on the wall; one comes every minute
SILENT = timedelta(days=2)  # weekends are quiet; a live source says its lag
SILENT_LIVE = timedelta(days=1)
LONG_READ = timedelta(hours=1)
LONG_DERIVED = timedelta(minutes=15)
UNCHECKED = timedelta(days=2)  # the whole log is followed once a day
MANY = 1000  # counting stops here: the page stays quick however much is held

Text = str | Promise


class Alarm(NamedTuple):
    """tone: DANGER needs somebody today. address: where to look, or empty."""

    tone: str
    text: Text
    remedy: Text
    address: str = ""


def alarms(may: Callable[[str], bool], *, now: datetime) -> list[Alarm]:
    """Those that this person may see, what is dangerous first."""
    found = [alarm for permission, look in LOOKS if not permission or may(permission) for alarm in look(now)]
    return sorted(found, key=lambda alarm: alarm.tone)


def _stopped(now: datetime) -> Iterator[Alarm]:
    pulse = Pulse.last()
    ask = _(
        "Tell who runs the program that the background jobs are not running; what is due is done once they are back."
    )
    if pulse is None:
        yield Alarm(
            DANGER, _("The regular work has never run: nothing begins, is ranked or ends by itself."), ask
        )
    elif now - pulse.at > STOPPED * clock.speed():
        yield Alarm(DANGER, _("The regular work has stopped: it last ran on %s.") % instant(pulse.at), ask)
    elif pulse.failures:
        text = ngettext(
            "%d thing that is due could not be done.",
            "%d things that are due could not be done.",
            pulse.failures,
        )
        yield Alarm(
            DANGER,
            text % pulse.failures,
            _("Ask who runs the program: its log says why. It is tried again every minute."),
        )


def _late(now: datetime) -> Iterator[Alarm]:
    due = due_campaigns(now)
    late = [each for state, found in due.items() if state != Campaign.State.FINAL for each in found]
    if late:
        text = ngettext(
            "%(n)d campaign is due for its next step: %(names)s.",
            "%(n)d campaigns are due for their next step: %(names)s.",
            len(late),
        )
        yield Alarm(
            WARNING,
            text % {"n": len(late), "names": ", ".join(map(str, late))},
            _("The next minute takes it. If this stays, ask who runs the program."),
            reverse("console:campaign", args=[late[0].slug]),
        )


def _broken_log(now: datetime) -> Iterator[Alarm]:
    last = Verification.objects.order_by("-id").first()
    address = reverse("console:log")
    if last and last.problem:
        yield Alarm(
            DANGER,
            _("The audit log does not hold: %s.") % last.problem,
            _("Tell the auditor and who runs the program; no result becomes final before it is explained."),
            address,
        )
    elif last and now - last.at > UNCHECKED:
        yield Alarm(
            WARNING,
            _("The audit log was last checked on %s.") % instant(last.at),
            _("It is checked once a day by itself. Ask who runs the program."),
            address,
        )


def _silent_sources(now: datetime) -> Iterator[Alarm]:
    """While anything is counted that they have not spoken for: nobody waits for what comes after a deadline."""
    counting = Campaign.objects.filter(state__in=[Campaign.State.RUNNING, Campaign.State.SETTLING])
    last = counting.aggregate(last=Max("deadline"))["last"]
    if last is None:
        return
    for source in Source.objects.filter(complete_until__lt=last).order_by("name"):
        lag = source.lag_minutes
        patience = SILENT if lag is None else SILENT_LIVE + timedelta(minutes=lag)
        if source.complete_until and now - source.complete_until > patience:
            yield Alarm(
                DANGER,
                _("Source %(source)s says nothing since %(since)s.")
                % {"source": source, "since": instant(source.complete_until)},
                _("Ask who delivers it. Late files do no harm; what is missing when grace ends is a gap."),
                reverse("console:sources"),
            )


def _held(_now: datetime) -> Iterator[Alarm]:
    held = QuarantinedEvent.objects.filter(state=QuarantinedEvent.State.HELD)
    count = held.order_by().values("pk")[: MANY + 1].count()
    if count:
        text = ngettext(
            "%s message is held back and does not count.",
            "%s messages are held back and do not count.",
            count,
        )
        yield Alarm(
            WARNING,
            text % _at_most(count),
            _("Release or reject what is held; the reason stands beside it."),
            reverse("console:held"),
        )


def _long_read(now: datetime) -> Iterator[Alarm]:
    open_ones = Delivery.objects.filter(state=Delivery.State.OPEN, received_at__lt=now - LONG_READ)
    count = open_ones.order_by().values("pk")[: MANY + 1].count()
    if count:
        text = ngettext(
            "%s delivery is being read for over an hour.",
            "%s deliveries are being read for over an hour.",
            count,
        )
        yield Alarm(
            WARNING,
            text % _at_most(count),
            _(
                "Its import was interrupted, or is large. Import the same file again: it goes on where it stopped."
            ),
            reverse("console:deliveries") + "?show=open",
        )


def _long_derived(now: datetime) -> Iterator[Alarm]:
    owed = (
        Derivation.objects.filter(finished_at=None, owed_since__lt=now - LONG_DERIVED).order_by("id").first()
    )
    if owed:
        yield Alarm(
            WARNING,
            _("Counts stand still while ties are derived again since %(since)s: %(percent)d%% are done.")
            % {"since": instant(owed.owed_since), "percent": owed.percent},
            _("It goes on by itself every minute. If the number stays, ask who runs the program."),
        )


def _at_most(count: int) -> str:
    return number(count) if count <= MANY else f"{number(MANY)}+"


# By the permission to see what each is about; "" for everybody with a role.
LOOKS: list[tuple[str, Callable[[datetime], Iterator[Alarm]]]] = [
    ("", _stopped),
    ("audit.view_entry", _broken_log),
    ("campaigns.view_campaign", _silent_sources),
    ("campaigns.view_campaign", _late),
    ("activity.view_quarantinedevent", _held),
    ("activity.view_delivery", _long_read),
    ("campaigns.view_campaign", _long_derived),
]
