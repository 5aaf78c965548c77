"""What a campaign may be: the checks that files and forms share."""

import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.campaigns.announcement import PARTICIPANTS, Announcement
from apps.campaigns.division_validation import division_problems
from apps.campaigns.local_time import begins_a_date
from apps.campaigns.presets import EVERYONE_CAN, PRESETS
from apps.campaigns.prize_validation import prize_problems
from apps.campaigns.problems import Problem
from apps.campaigns.remedies import out_of_range, unknown_names
from apps.campaigns.rule import MAXIMUM_WINDOW_DAYS, deciding_dates
from bonus_tracker.formats import day, local, zone_name

MINIMUMS = ("min_sent_days", "min_received_days", "min_active_days", "min_mutual_days")
RANGES = {  # both ends allowed
    "grace_hours": (0, 720),
    "objection_days": (0, 90),
    "public_places": (1, 10_000),
    "rule.former_colleague_days": (0, 3650),
}
RESERVED_SLUGS = {
    "admin",
    "api",
    "console",
    "language",
    "new",
    "password",
    "second-factor",
    "sign-in",
    "sign-out",
    "static",
}  # bonus_tracker.urls
SAFE_SCORE = 5  # contacts; a prize for fewer goes to whoever happens to be first
USUAL_FREEZE = timedelta(days=14)  # at most; a board that stands still for longer is no longer looked at
SAFE_ACTIVE_DAYS = 3  # fewer are reached by two greetings and one polite answer


def problems(it: Announcement, *, zone: ZoneInfo, now: datetime, is_rehearsal: bool = False) -> list[Problem]:
    """Everything wrong with an announcement, in the order of its keys; zone: the company's calendar."""
    return [
        *_slug_problems(it),
        *_date_problems(it, zone, now, is_rehearsal),
        *_range_problems(it),
        *_rule_problems(it, zone),
        *prize_problems(it),
        *_participant_problems(it),
        *division_problems(it),
    ]


def warnings(it: Announcement, *, now: datetime, is_rehearsal: bool = False) -> list[str]:
    """What is allowed and yet hardly meant."""
    found = []
    if it.prizes and it.rule == PRESETS[EVERYONE_CAN]:
        found.append(
            _(
                'The preset "everyone can" is for small goals: two mass greetings and one "thanks" pass it; '
                'for the prize of a place use "steady".'
            )
        )
    elif it.prizes and it.rule.min_active_days < SAFE_ACTIVE_DAYS:
        found.append(
            _(
                "A place prize with rule.min_active_days = %(days)d rewards mass greetings; "
                "%(safe)d or more is safer."
            )
            % {"days": it.rule.min_active_days, "safe": SAFE_ACTIVE_DAYS}
        )
    if it.prizes and not (it.rule.min_received_days or it.rule.min_mutual_days):
        found.append(
            _("A place prize with rule.min_received_days = 0 counts people who never answered; 2 is safer.")
        )
    found += _weaknesses_for_money(it) if it.prizes else []
    if it.freeze_at and it.deadline - it.freeze_at > USUAL_FREEZE:
        found.append(
            _("The board stands still for the last %(days)d days; two or three are usual.")
            % {"days": (it.deadline - it.freeze_at).days}
        )
    found += _a_day_too_short(it)
    if it.starts_at < now and not is_rehearsal:
        found.append(_("The start has passed: days since then count although nobody knew the rule."))
    return found


def _a_day_too_short(it: Announcement) -> Iterator[str]:
    """Whoever means the whole last day of a month easily names that day, of which then nothing counts."""
    ends = local(it.deadline)
    if ends.time() == time.min and (ends + timedelta(days=1)).day == 1:
        yield _(
            "Nothing of %(day)s counts, because the deadline is its first instant; take the next day for all of it."
        ) % {"day": day(ends.date())}


def _weaknesses_for_money(it: Announcement) -> Iterator[str]:
    """Besides the rule: what makes the prize of a place easier to win, or to dispute, than it need be."""
    easy = [prize.place for prize in it.prizes if prize.min_score < SAFE_SCORE]
    if easy:
        yield _(
            "Place %(place)d is won with fewer than %(safe)d contacts if others have still fewer; give its prize a "
            "least number of contacts."
        ) % {"place": min(easy), "safe": SAFE_SCORE}
    if it.freeze_at is None:
        yield _(
            "The board never freezes: everybody sees up to the end how many contacts are missing for a prize, which "
            "invites a last rush; two or three days are usual."
        )
    if it.grace_hours == 0:
        yield _(
            "With no hours of grace, what a source delivers late is lost, and with it somebody's place; 72 are usual."
        )
    if it.awarding.equals == "all":
        yield _("All equals get the whole prize: the cost is bounded by the number of people alone.")


def _slug_problems(it: Announcement) -> Iterator[Problem]:
    if len(it.slug) > 60 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", it.slug):
        yield Problem(
            "slug",
            _(
                '"%s" is no slug; use up to 60 lower-case letters, digits and single hyphens, such as year-end.'
            )
            % it.slug,
        )
    if it.slug in RESERVED_SLUGS:
        yield Problem("slug", _('"%s" is an address of the program itself; take another slug.') % it.slug)


def _date_problems(it: Announcement, zone: ZoneInfo, now: datetime, is_rehearsal: bool) -> Iterator[Problem]:
    if not begins_a_date(it.starts_at, zone):
        yield Problem("starts_at", _("a campaign begins with a day; give a midnight, %s.") % zone_name())
    if it.deadline <= it.starts_at:
        yield Problem("deadline", _("it must be after the start; give a later one."))
        return
    if it.deadline <= now and not is_rehearsal:
        yield Problem(
            "deadline", _("it has passed; give a later one, or make the campaign a rehearsal (--rehearsal).")
        )
    if it.freeze_at is not None and not it.starts_at < it.freeze_at <= it.deadline:
        yield Problem(
            "freeze_at", _("it must be after the start and not after the deadline; move it between them.")
        )


def _range_problems(it: Announcement) -> Iterator[Problem]:
    values = it.keys()
    for key, (low, high) in RANGES.items():
        if not low <= values[key] <= high:
            yield out_of_range(key, values[key], low, high)


def _rule_problems(it: Announcement, zone: ZoneInfo) -> Iterator[Problem]:
    if it.rule.window_days is not None and not 1 <= it.rule.window_days <= MAXIMUM_WINDOW_DAYS:
        yield out_of_range("rule.window_days", it.rule.window_days, 1, MAXIMUM_WINDOW_DAYS)
        return
    if it.deadline <= it.starts_at:
        return  # said already; without a length nothing can be said of what fits
    first, last = deciding_dates(it.rule, it.starts_at, it.deadline, zone)
    days = (last - first).days + 1
    if days > MAXIMUM_WINDOW_DAYS:
        yield Problem(
            "rule.window",
            _("the campaign lasts %(days)d days and ties remember %(most)d; give window_days instead.")
            % {"days": days, "most": MAXIMUM_WINDOW_DAYS},
        )
        return
    for name in MINIMUMS:
        least, value = int(name == "min_active_days"), getattr(it.rule, name)
        if not least <= value <= days:
            yield Problem(f"rule.{name}", _does_not_fit(value, least, days))


def _does_not_fit(value: int, least: int, days: int) -> str:
    return ngettext(
        "%(value)d does not fit: one day counts at the deadline; give a number from %(least)d to %(days)d.",
        "%(value)d does not fit: %(days)d days count at the deadline; give a number from %(least)d to %(days)d.",
        days,
    ) % {"value": value, "least": least, "days": days}


def _participant_problems(it: Announcement) -> Iterator[Problem]:
    for kind in PARTICIPANTS:
        for text in unknown_names(kind, getattr(it, kind)):
            yield Problem(f"participants.{kind}", text)
