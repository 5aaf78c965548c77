"""The kinds of change that a diff tells apart, and how they are called and counted."""

from enum import Enum, auto

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext


class Kind(Enum):
    """In the order of the report; the name is the key in the audit log."""

    DEPARTMENTS = auto()
    ENTITIES = auto()
    GROUPS = auto()
    HIRED = auto()
    REHIRED = auto()
    CORRECTED = auto()
    RENAMED = auto()
    DEPARTMENT = auto()
    ENTITY = auto()
    GROUP = auto()
    GROUP_LEFT = auto()
    ACCOUNT = auto()
    WARNING = auto()


HEADINGS: dict[Kind, Promise] = {
    Kind.DEPARTMENTS: gettext_lazy("New departments"),
    Kind.ENTITIES: gettext_lazy("New legal entities"),
    Kind.GROUPS: gettext_lazy("New groups"),
    Kind.HIRED: gettext_lazy("New employees"),
    Kind.REHIRED: gettext_lazy("Further employments"),
    Kind.CORRECTED: gettext_lazy("Changed employments"),
    Kind.RENAMED: gettext_lazy("Renamed employees"),
    Kind.DEPARTMENT: gettext_lazy("Changes of department"),
    Kind.ENTITY: gettext_lazy("Changes of legal entity"),
    Kind.GROUP: gettext_lazy("Groups joined"),
    Kind.GROUP_LEFT: gettext_lazy("Groups left"),
    Kind.ACCOUNT: gettext_lazy("Changes of accounts"),
    Kind.WARNING: gettext_lazy("Warnings"),
}
COUNTED: dict[Kind, Promise] = {  # warnings change nothing
    Kind.DEPARTMENTS: ngettext_lazy("%(count)d new department", "%(count)d new departments", "count"),
    Kind.ENTITIES: ngettext_lazy("%(count)d new legal entity", "%(count)d new legal entities", "count"),
    Kind.GROUPS: ngettext_lazy("%(count)d new group", "%(count)d new groups", "count"),
    Kind.HIRED: ngettext_lazy("%(count)d new employee", "%(count)d new employees", "count"),
    Kind.REHIRED: ngettext_lazy("%(count)d further employment", "%(count)d further employments", "count"),
    Kind.CORRECTED: ngettext_lazy("%(count)d changed employment", "%(count)d changed employments", "count"),
    Kind.RENAMED: ngettext_lazy("%(count)d renamed employee", "%(count)d renamed employees", "count"),
    Kind.DEPARTMENT: ngettext_lazy(
        "%(count)d change of department", "%(count)d changes of department", "count"
    ),
    Kind.ENTITY: ngettext_lazy(
        "%(count)d change of legal entity", "%(count)d changes of legal entity", "count"
    ),
    Kind.GROUP: ngettext_lazy("%(count)d group joined", "%(count)d groups joined", "count"),
    Kind.GROUP_LEFT: ngettext_lazy("%(count)d group left", "%(count)d groups left", "count"),
    Kind.ACCOUNT: ngettext_lazy("%(count)d change of an account", "%(count)d changes of accounts", "count"),
}


def heading(kind: Kind, count: int) -> str:
    return _("%(heading)s: %(count)d") % {"heading": HEADINGS[kind], "count": count}


def sum_up(counts: dict[Kind, int]) -> str:
    """Such as "1 new department, 2 new employees"; empty for no counts."""
    said = [str(COUNTED[kind] % {"count": count}) for kind, count in counts.items()]
    return pgettext("between the things of a list", ", ").join(said)
