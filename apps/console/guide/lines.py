"""Lines of the form that there may be any number of: a prize each. An empty line means that there is none."""

import re
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.announcement import PrizeLine
from apps.campaigns.divisions import Division
from apps.campaigns.further import DepartmentPrize, Goal
from apps.directory.models import Group

MOST_LINES = 200
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)


def number(label: Any, *, least: int | None = None, help_text: Any = "") -> forms.IntegerField:
    widget = forms.NumberInput({"autocomplete": "off"})
    return forms.IntegerField(
        label=label, required=False, min_value=least, widget=widget, help_text=help_text
    )


class Amount(forms.DecimalField):
    """Thousands may be set apart as this program writes them: 100,000.00."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().replace("，", ",")
        return super().to_python(text.replace(",", "") if GROUPED.fullmatch(text) else value)


def amount(label: Any) -> Amount:
    widget = forms.TextInput({"autocomplete": "off", "inputmode": "decimal"})
    return Amount(label=label, required=False, max_digits=14, decimal_places=2, widget=widget)


class Boxes(forms.CheckboxSelectMultiple):
    """Written out at once: a template a box takes 50 ms where there are hundreds of departments."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:  # noqa: ARG002
        attrs = self.build_attrs(self.attrs, attrs)
        boxes = format_html_join(
            "",
            '<div><label for="{}"><input type="checkbox" name="{}" value="{}"{}> {}</label></div>',
            (
                (each["attrs"]["id"], name, each["value"], flatatt(each["attrs"]), each["label"])
                for each in self.options(name, self.format_value(value), attrs)
            ),
        )
        return format_html('<div id="{}">{}</div>', attrs["id"], boxes)


class Names(forms.MultipleChoiceField):
    """Of the directory; what is in it no longer is told by the checks of every campaign, with what is alike."""

    widget = Boxes

    def valid_value(self, value: Any) -> bool:  # noqa: ARG002
        return True


def names(label: Any) -> Names:
    return Names(label=label, required=False)


def offer(form: forms.BaseForm, name: str, known: Sequence[str]) -> None:
    """The boxes of a field: the names there are, those it began with, and those that were sent."""
    held = form.initial.get(name, ())
    sent = form[name].value() or () if form.is_bound else ()
    form.fields[name].choices = [(each, each) for each in sorted({*known, *held, *sent})]  # type: ignore[attr-defined]


def offer_divisions(
    form: forms.BaseForm, name: str, divisions: Sequence[Division], *, everybody: bool = True
) -> None:
    """One of the divisions, or everybody; without divisions there is nothing to choose."""
    if not divisions:
        del form.fields[name]
        return
    all_of_them = [("", _("Everybody"))] if everybody else []
    keys = [(division.key, division.localised_name()) for division in divisions]
    form.fields[name].choices = all_of_them + keys  # type: ignore[attr-defined]


class Line(forms.Form):
    """needed: fields that belong together; one without the others is no prize."""

    needed: tuple[str, ...] = ()

    def is_empty(self) -> bool:
        return all(self.cleaned_data.get(name) in (None, "", []) for name in self.needed)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.needed:
            if not self.is_empty() and data.get(name) is None and name not in self.errors:
                self.add_error(name, _("Fill in this too, or empty the whole line."))
        return data


class PlaceLine(Line):
    needed = ("place", "net_amount")
    division = forms.ChoiceField(label=gettext_lazy("Division"), required=False)
    place = number(gettext_lazy("Place"))
    net_amount = amount(gettext_lazy("Amount after tax"))
    min_score = number(gettext_lazy("Minimum contacts"))

    def __init__(self, *args: Any, divisions: Sequence[Division] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_divisions(self, "division", divisions, everybody=False)

    def prize(self, currency: str) -> PrizeLine:
        data = self.cleaned_data
        return PrizeLine(
            data["place"], data["net_amount"], currency, data["min_score"] or 0, data.get("division", "")
        )


class FurtherLine(Line):
    """A prize for no place: everybody's, or one division's."""

    division = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)

    def __init__(self, *args: Any, divisions: Sequence[Division] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_divisions(self, "division", divisions)


class GoalLine(FurtherLine):
    needed = ("contacts", "net_amount")
    contacts = number(gettext_lazy("Active contacts"))
    net_amount = amount(gettext_lazy("Amount after tax"))
    pro_rata = forms.BooleanField(
        label=gettext_lazy("Lower goal for people who join later"), required=False, initial=True
    )
    exempt_groups = names(gettext_lazy("Exempt groups"))

    def __init__(self, *args: Any, groups: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "exempt_groups", groups)

    def prize(self, currency: str) -> Goal:
        data = self.cleaned_data
        exempt, division = tuple(sorted(data["exempt_groups"])), data.get("division", "")
        return Goal(data["contacts"], data["net_amount"], currency, data["pro_rata"], exempt, division)


class DepartmentLine(FurtherLine):
    needed = ("place", "net_amount")
    place = number(gettext_lazy("Place of the department"))
    net_amount = amount(gettext_lazy("Amount after tax, shared by its members"))

    def prize(self, currency: str) -> DepartmentPrize:
        data = self.cleaned_data
        return DepartmentPrize(data["place"], data["net_amount"], currency, data.get("division", ""))


class Lines(BaseFormSet):
    """problems: sentences about the lines together, beside those of each."""

    def __init__(self, *args: Any, divisions: Sequence[Division] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.divisions = divisions
        self.problems: list[str] = []

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if issubclass(self.form, GoalLine):
            kwargs["groups"] = self.groups
        kwargs["divisions"] = self.divisions
        return kwargs | {"use_required_attribute": False, "label_suffix": ""}

    @property
    def groups(self) -> list[str]:
        if not hasattr(self, "_groups"):
            self._groups = list(Group.objects.values_list("name", flat=True))
        return self._groups

    def prizes(self, currency: str) -> tuple[Any, ...]:
        """Those that could be read, in their order."""
        self.is_valid()
        read = (form for form in self.forms if form.is_valid() and not form.is_empty())
        return tuple(sorted(form.prize(currency) for form in read))


def lines(form: type[Line]) -> type[Lines]:
    """One empty line after those that there are."""
    made = formset_factory(
        form, formset=Lines, extra=1, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
    )
    return cast(type[Lines], made)


Places, Goals, Departments = lines(PlaceLine), lines(GoalLine), lines(DepartmentLine)


def with_another(data: QueryDict, table: str) -> QueryDict:
    """What was typed, with one more empty line of a table."""
    more, key = data.copy(), f"{table}-TOTAL_FORMS"
    lines_now = data.get(key, "")
    if lines_now.isdecimal() and int(lines_now) < MOST_LINES:
        more[key] = str(int(lines_now) + 1)
        more[f"{table}-{lines_now}-pro_rata"] = "on"  # as an empty line begins
    return more
