"""Sentences that several checks share: what is wrong, and the remedy."""

import difflib

from django.utils.translation import gettext as _

from apps.campaigns.problems import Problem


def out_of_range(key: str, value: int, low: int, high: int) -> Problem:
    return Problem(
        key,
        _("%(value)d is out of range; give a whole number from %(low)d to %(high)d.")
        % {"value": value, "low": low, "high": high},
    )


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
