"""Sentences that several checks share: what is wrong, and the remedy."""

import difflib
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.campaigns.problems import Problem
from apps.directory.models import Department, Group, LegalEntity


def out_of_range(key: str, value: int, low: int, high: int) -> Problem:
    return Problem(
        key,
        _("%(value)d is out of range; give a whole number from %(low)d to %(high)d.")
        % {"value": value, "low": low, "high": high},
    )


def unknown_names(kind: str, wanted: Collection[str]) -> Iterator[str]:
    """A sentence for each name that is not in the directory; kind: entities, departments (paths) or groups."""
    if not wanted:
        return
    names_of: dict[str, QuerySet[Any, str]] = {
        "entities": LegalEntity.objects.values_list("name", flat=True),
        "departments": Department.objects.values_list("path", flat=True),
        "groups": Group.objects.values_list("name", flat=True),
    }
    existing = list(names_of[kind])
    for name in sorted(set(wanted).difference(existing)):
        yield unknown_name(name, existing)


def unknown_name(name: str, existing: list[str]) -> str:
    if alike := names_like(name, existing):
        return _('"%(name)s" is not in the directory; did you mean %(alike)s?') % {
            "name": name,
            "alike": ", ".join(f'"{each}"' for each in alike),
        }
    return _('"%s" is not in the directory; import it first or correct the name.') % name


def names_like(name: str, existing: list[str]) -> list[str]:
    """Up to three names that may have been meant; of a department the last part alone will do."""
    ends = [each for each in existing if each.rpartition(" / ")[2].casefold() == name.casefold()]
    close = difflib.get_close_matches(name, existing, n=3, cutoff=0.6)
    return list(dict.fromkeys(ends + close))[:3]
