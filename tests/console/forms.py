"""What a browser would send of the console's forms."""

from typing import Any

from django.forms import BaseFormSet, Form, MultipleChoiceField
from django.test import Client
from django.urls import reverse

from apps.campaigns.models import Campaign

NEW = "/console/campaigns/new/"


def sent(form: Any) -> dict[str, Any]:
    """The fields as they are shown, ready to be sent back."""
    values: dict[str, Any] = {}
    for bound in form:
        if isinstance(bound, Form):
            values |= sent(bound)
            continue
        if bound.field.disabled:
            continue
        value = bound.value()
        widget = bound.field.widget
        if hasattr(widget, "widgets"):
            parts = value if isinstance(value, list) else widget.decompress(value)
            values |= {
                f"{bound.html_name}_{n}": part.format_value(each) or ""
                for n, (part, each) in enumerate(zip(widget.widgets, parts, strict=True))
            }
        elif value is True:
            values[bound.html_name] = "on"
        elif isinstance(bound.field, MultipleChoiceField):
            values |= {bound.html_name: list(value)} if value else {}
        elif value is not False:
            values[bound.html_name] = "" if value is None else str(value)
    if isinstance(form, BaseFormSet):
        values |= sent(form.management_form)
    for table in getattr(form, "tables", {}).values():
        values |= sent(table)
    return values


def typed(client: Client, address: str = NEW, **other: Any) -> dict[str, Any]:
    """What the page shows, with what HR types instead."""
    context = client.get(address).context
    shown = sent(context["form"]) | {"seen": context["seen"], "act": "save"}
    return shown | other


def a_new_one(client: Client, **other: Any) -> dict[str, Any]:
    return typed(
        client,
        **(
            {
                "name_en": "Bring them in",
                "name_zh": "带他们来",
                "slug": "year-end",
                "prizes-0-place": "1",
                "prizes-0-net_amount": "100000.00",
                "prizes-0-min_score": "50",
            }
            | other
        ),
    )


def edit(campaign: Campaign) -> str:
    return reverse("console:campaign-edit", args=[campaign.slug])


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    errors: dict[str, list[str]] = answer.context["form"].errors
    return errors
