"""What the console's templates ask for: its sidebar, and the acts that are open on a thing."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.template.context import RequestContext

from apps.console.details import Detail
from apps.console.navigation import Shown, doors
from bonus_tracker.admin_site.steps import Act, open_acts

register = template.Library()


@register.filter
def beside(headers: Sequence[Any], row: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Each cell of a row with its column's header, which stands beside it where the table is too narrow for columns."""
    return list(zip(headers, row, strict=True))


@register.simple_tag(takes_context=True)
def console_doors(context: RequestContext) -> list[Shown]:
    return doors(context["request"])


@register.simple_tag(takes_context=True)
def acts_on(context: RequestContext, thing: Any, *names: str) -> list[Act]:
    """Buttons of the acts that this user may do on a thing now; `names` picks and orders them."""
    return open_acts(context["request"], thing, names)


@register.simple_tag(takes_context=True)
def acts_on_detail(context: RequestContext, detail: Detail) -> list[Act]:
    """Of what a page is about; an act that would refuse this person is not offered."""
    if detail.acts is not None and not detail.acts:
        return []
    acts = open_acts(context["request"], detail.thing, detail.acts or ())
    return sorted(acts, key=lambda act: act.is_grave) if detail.is_quiet else acts
