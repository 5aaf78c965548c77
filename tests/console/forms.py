"""What a browser would send of the console's forms."""

from typing import Any

from django.forms import BaseFormSet, Form, MultipleChoiceField


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
