"""What a rules sheet says, section by section, in the active language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.campaigns.announcement import PARTICIPANTS
from apps.campaigns.division_words import division_sentences, prizes_in_order, said_prize
from apps.campaigns.further import Awarding
from apps.campaigns.models import Campaign
from apps.campaigns.prize_words import prize_sentences
from apps.campaigns.words import rule_sentences
from bonus_tracker.formats import instant, limit, zone_name


@dataclass(frozen=True)
class Section:
    title: str
    sentences: tuple[str, ...]


def sections(campaign: Campaign) -> list[Section]:
    awarding = Awarding.of(campaign.awarding)
    return [
        Section(_("When"), tuple(_when(campaign))),
        Section(_("Who takes part"), tuple(_who(campaign))),
        Section(_("What counts"), (*rule_sentences(campaign), *_handed_over())),
        Section(_("Places and equals"), tuple(_equals(awarding))),
        Section(_("Prizes"), tuple(_prizes(campaign))),
        Section(_("Who leaves the company"), tuple(_leavers(awarding))),
        Section(_("What is published"), tuple(_published(campaign))),
        Section(_("Objections"), tuple(_objections(campaign))),
        Section(_("Your data"), tuple(_data())),
        Section(_("Whom to ask"), (campaign.contact or _("HR."),)),
    ]


def _when(it: Campaign) -> Iterator[str]:
    yield _("It begins on %s.") % instant(it.starts_at)
    yield _("Its deadline is %s; what is written after it no longer counts.") % limit(it.deadline)
    for moved in it.amendments:
        yield _("The deadline was moved from %(before)s to %(after)s. Reason: “%(reason)s”") % {
            "before": limit(datetime.fromisoformat(moved["before"])),
            "after": limit(datetime.fromisoformat(moved["deadline"])),
            "reason": moved["reason"],
        }
    yield _("All days and times are %s.") % zone_name()
    yield _late_data(it)


def _late_data(it: Campaign) -> str:
    if not it.grace_hours:
        return _("Data that arrives after the deadline no longer counts, even if it was written before.")
    return (
        ngettext(
            "Messages from before the deadline still count if their data arrives within %d hour after it.",
            "Messages from before the deadline still count if their data arrives within %d hours after it.",
            it.grace_hours,
        )
        % it.grace_hours
    )


def _who(it: Campaign) -> Iterator[str]:
    named = [name for field in PARTICIPANTS for name in getattr(it, field)]
    if named:
        yield _("Employees of: %s.") % "; ".join(named)
    else:
        yield _("All employees of the company.")
    yield from division_sentences(it)
    yield _("Who joins later takes part from the first day of employment.")
    yield _(
        "Taking part is voluntary: anyone may leave the campaign until the deadline, without disadvantage."
    )


def _handed_over() -> Iterator[str]:
    yield _("A contact that a colleague handed over to you counts from that day on; earlier days do not.")


def _equals(awarding: Awarding) -> Iterator[str]:
    yield _(
        "Places go by the number of active contacts alone; equals share a place, and the next is left out."
    )
    if awarding.tie_break == "conversation days":
        yield _(
            "Among equals at a prize, more conversation days win: days on which both sides wrote, added up over all "
            "active contacts."
        )
    if awarding.equals == "share":
        yield _("Those who are still equal share the prizes of their places equally, to the cent.")


def _prizes(it: Campaign) -> Iterator[str]:
    for prize in prizes_in_order(it):
        yield said_prize(it, prize)
    yield from prize_sentences(it)
    yield _(
        "“After tax” means: the company pays so much more that this amount is left after the tax that it withholds "
        "when it pays. The winner still files their own tax return for the year."
    )
    yield _(
        "Before a prize is final, some of the winner's contacts are drawn by lot. The winner names them, and two "
        "people check each of them independently. A contact who turns out not to exist does not count, and then all "
        "the others are checked too."
    )
    if it.further:
        yield _("Of those who get a prize for no place, some are drawn by lot and checked in the same way.")


def _leavers(awarding: Awarding) -> Iterator[str]:
    if awarding.employed_at == "deadline":
        yield _("A prize needs employment at the deadline; else the next in line gets it.")
    else:
        yield _("A prize needs employment until the result is sealed; else the next in line gets it.")
    yield _("Days after somebody has left count for nobody.")


def _published(it: Campaign) -> Iterator[str]:
    if it.divisions:
        yield _("Each division has a board of its own, which the other divisions may read too.")
    yield ngettext(
        "Colleagues see the first place, with name, department and number of active contacts.",
        "Colleagues see the first %(places)d places, with names, departments and numbers of active contacts.",
        it.public_places,
    ) % {"places": it.public_places}
    yield _("Every other place is shown to its owner alone.")
    yield _(
        "Whoever wishes is shown to colleagues under a generated name and without department, or not at all; places, "
        "scores and prizes stay the same."
    )
    if it.freeze_at:
        yield _("From %s to the result the board stands still.") % instant(it.freeze_at)
    yield _("The winners of places and their prizes are named when the result is final.")
    yield _(
        "A winner is named as the board shows them; under their own name only if they did not choose otherwise. HR and "
        "auditors know everybody."
    )


def _objections(it: Campaign) -> Iterator[str]:
    yield (
        ngettext(
            "The provisional result is open for objections for %d day after it is published.",
            "The provisional result is open for objections for %d days after it is published.",
            it.objection_days,
        )
        % it.objection_days
    )
    yield _("It is published after %s; the board then says until when objections are possible.") % limit(
        it.grace_ends_at
    )
    yield _(
        "Object on your own page: to your count, or in confidence to a place with a prize. HR answers there."
    )
    yield _("The result is final when two people have approved it.")


def _data() -> Iterator[str]:
    yield _("Used are: who wrote to whom and when, and name, number, department and accounts of employees.")
    yield _("Never collected: what was written.")
    yield _("Contacts are kept under a pseudonym; their names are shown masked.")
    yield _(
        "Your contacts are seen by you; by HR and auditors only with a reason, and your page tells you who looked "
        "and why."
    )
    yield _("No machine decides who is left out or gets nothing; two people do, and say why.")
