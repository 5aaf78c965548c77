"""Large tables a page at a time, by key: page 10,000 costs what page 1 costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from unfold.views import ChangeList

ROWS_A_PAGE = 50
BEFORE = "before"


def whole_number(text: str) -> int | None:
    """A key out of an address or a form: 64 bits with a sign; None for anything else."""
    if not text.removeprefix("-").isdecimal() or len(text) > 20:
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None


class KeysetChangeList(ChangeList):
    """Newest first by primary key; `?before=KEY` goes on below a key. Nothing is counted."""

    next_address = ""

    def get_filters_params(self, params: Any = None) -> Any:
        lookups = super().get_filters_params(params)
        lookups.pop(BEFORE, None)
        return lookups

    def get_results(self, request: HttpRequest) -> None:
        rows = self.queryset
        before = whole_number(request.GET.get(BEFORE, ""))
        if before is not None:
            rows = rows.filter(pk__lt=before)
        found = list(rows[: ROWS_A_PAGE + 1])
        self.result_list = found[:ROWS_A_PAGE]
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = self.show_admin_actions = True
        self.can_show_all = self.multi_page = False
        self.paginator = _OnePage(self.result_list, ROWS_A_PAGE)
        if len(found) > ROWS_A_PAGE:
            self.next_address = self.get_query_string({BEFORE: self.result_list[-1].pk})

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[str]:  # noqa: ARG002
        return ["-pk"]


class _OnePage(Paginator):
    template_name = "admin/keyset_pages.html"

    def page(self, number: Any) -> Page:  # noqa: ARG002
        return Page(self.object_list, 1, self)


class KeysetMixin:
    """Before ModelAdmin."""

    sortable_by = ()
    list_disable_select_all = True

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:  # noqa: ARG002
        return KeysetChangeList


@dataclass(frozen=True)
class Table:
    """A page of rows for the template admin/rows.html; `after` is the key to go on from, empty at the end."""

    headers: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    after: str = ""


def one_page(
    found: Sequence[Any],
    *,
    headers: Sequence[Any],
    row: Callable[[Any], Sequence[Any]],
    key: Callable[[Any], str],
) -> Table:
    """found: up to ROWS_A_PAGE + 1 rows, of which the last only tells that there are more."""
    shown = found[:ROWS_A_PAGE]
    return Table(headers, [row(each) for each in shown], key(shown[-1]) if len(found) > ROWS_A_PAGE else "")
