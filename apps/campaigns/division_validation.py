"""What is wrong with the divisions of an announcement."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from apps.campaigns.announcement import Announcement
from apps.campaigns.divisions import BELONGING
from apps.campaigns.further import DepartmentPrize, Goal, PerContact
from apps.campaigns.problems import Problem
from apps.campaigns.remedies import unknown_names

MOST_DIVISIONS, LONGEST_KEY = 20, 40


def division_problems(it: Announcement) -> Iterator[Problem]:
    if it.divisions:
        yield from _number_problems(it)
        yield from _key_problems(it)
        yield from _belonging_problems(it)
    yield from _prize_problems(it)
    yield from _further_problems(it)


def _number_problems(it: Announcement) -> Iterator[Problem]:
    if not 2 <= len(it.divisions) <= MOST_DIVISIONS:
        yield Problem(
            "divisions",
            _("a campaign has none, or from 2 to %d of them; add or remove some.") % MOST_DIVISIONS,
        )


def _key_problems(it: Announcement) -> Iterator[Problem]:
    keys = [division.key for division in it.divisions]
    for key in dict.fromkeys(keys):
        if len(key) > LONGEST_KEY or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
            yield Problem(
                "divisions.key",
                _(
                    '"%s" is no key; use up to 40 lower-case letters, digits and single hyphens, such as sales.'
                )
                % key,
            )
        if keys.count(key) > 1:
            yield Problem("divisions.key", _('"%s" is the key of two divisions; each needs its own.') % key)
    for division in it.divisions:
        if not any(division.name.values()):
            yield Problem(
                "divisions.name",
                _('division "%s" has no name; give it one for employees to read.') % division.key,
            )


def _belonging_problems(it: Announcement) -> Iterator[Problem]:
    """Everybody who takes part has one: so the last has all the others, and the others say whom they have."""
    *named, last = it.divisions
    for division in named:
        if not division.names_somebody:
            yield Problem(
                "divisions",
                _(
                    'division "%s" names nobody; say which entities, departments or groups belong, '
                    "or put it last, where it has everybody else."
                )
                % division.key,
            )
        for kind in BELONGING:
            for text in unknown_names(kind, getattr(division, kind)):
                yield Problem(f"divisions.{kind}", text)
    if last.names_somebody:
        yield Problem(
            "divisions",
            _(
                'the last division, "%s", names somebody; end with one that names nobody, '
                "so that everybody else who takes part has a division too."
            )
            % last.key,
        )


def _prize_problems(it: Announcement) -> Iterator[Problem]:
    known = [division.key for division in it.divisions]
    for prize in it.prizes:
        words = {"place": prize.place, "division": prize.division, "known": ", ".join(known)}
        if known and not prize.division:
            yield Problem(
                "prizes.division",
                _("the prize of place %(place)d names no division; name one of: %(known)s.") % words,
            )
        elif known and prize.division not in known:
            yield Problem(
                "prizes.division",
                _(
                    'place %(place)d names the division "%(division)s", which there is not; name one of: %(known)s.'
                )
                % words,
            )
        elif prize.division and not known:
            yield Problem(
                "prizes.division",
                _(
                    'place %(place)d names the division "%(division)s" and the campaign has no divisions; '
                    "announce them, or leave it out."
                )
                % words,
            )


def _further_problems(it: Announcement) -> Iterator[Problem]:
    """A prize for no place names one or none; without one it is for everybody."""
    known, further = [division.key for division in it.divisions], it.further
    tables: dict[str, Sequence[Goal | PerContact | DepartmentPrize]] = {
        "goals": further.goals,
        "per_contact": further.each_contact,
        "department_prizes": further.departments,
    }
    for table, lines in tables.items():
        for key in dict.fromkeys(line.division for line in lines if line.division not in ("", *known)):
            words = {"division": key, "known": ", ".join(known)}
            if known:
                text = _('"%(division)s" is no division; name one of: %(known)s, or none for everybody.')
            else:
                text = _(
                    'the division "%(division)s" is named and the campaign has none; announce them, or leave it out.'
                )
            yield Problem(f"{table}.division", text % words)
