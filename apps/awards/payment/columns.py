"""The one form that goes to payroll and comes back filled in."""

from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from bonus_tracker.cells import harmless


class Column(NamedTuple):
    key: str
    label: Promise
    is_amount: bool = False


OURS = (
    Column("reference", _("reference")),
    Column("employee", _("employee number")),
    Column("name", _("employee name")),
    Column("entity", _("legal entity")),
    Column("campaign", _("campaign")),
    Column("prize", _("prize")),
    Column("net", _("net amount promised"), is_amount=True),
    Column("currency", _("currency")),
)
PAYROLLS = (
    Column("gross", _("gross amount"), is_amount=True),
    Column("tax", _("tax withheld"), is_amount=True),
    Column("paid", _("net amount paid"), is_amount=True),
    Column("paid_on", _("paid on")),
    Column("returned", _("returned because")),
)
COLUMNS = OURS + PAYROLLS
NEEDED = ("reference", "gross", "tax", "paid", "paid_on", "returned")


def header() -> list[str]:
    """In the active language."""
    return [harmless(str(column.label)) for column in COLUMNS]


def key_of(title: str) -> str | None:
    """The column that a title in any language means."""
    return _keys().get(" ".join(title.split()).casefold())


@cache
def _keys() -> dict[str, str]:
    keys = {column.key: column.key for column in COLUMNS}
    for language, _name in settings.LANGUAGES:
        with override(language):
            keys |= {str(column.label).casefold(): column.key for column in COLUMNS}
    return keys
