"""The audit log: found by person, act, thing and day; each entry as before and after."""

from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from apps.audit.admin import KindOfAct
from apps.audit.heads import newest_head
from apps.audit.models import Entry, Verification
from apps.console import cells
from apps.console.doors import official
from apps.console.log.acts import (
    ACTS,
    act_words,
    actor_words,
    short_subject,
    subject_words,
    written_actor,
    written_subject,
)
from apps.console.log.names import names_of
from apps.console.log.words import changes_of, facts_of, in_a_line
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.keyset import BEFORE, ROWS_A_PAGE, Table, whole_number
from bonus_tracker.clock import company_zone
from bonus_tracker.formats import instant


class FilterForm(forms.Form):
    """Everything is optional; what is asked for is found exactly."""

    actor = fields.text(gettext_lazy("Who"), required=False, longest=150)
    subject = fields.text(
        gettext_lazy("Thing"),
        required=False,
        help_text=gettext_lazy("Such as “campaign year-end”, “employee E001” or “delivery 12”."),
    )
    about = fields.choice(
        gettext_lazy("About"),
        [
            ("", gettext_lazy("everything")),
            *KindOfAct.WORDS.items(),
            (gettext_lazy("Exactly this act"), list(ACTS.items())),
        ],
        required=False,
    )
    since = fields.day(gettext_lazy("From"), required=False)
    until = fields.day(gettext_lazy("Up to and including"), required=False)

    def clean_actor(self) -> str:
        return written_actor(self.cleaned_data["actor"])

    def clean_subject(self) -> str:
        return written_subject(self.cleaned_data["subject"])


@require_GET
@official("audit.view_entry")
def log(request: HttpRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    entries = narrowed(Entry.objects.all(), asked) if form.is_valid() else Entry.objects.none()
    before = whole_number(request.GET.get(BEFORE, ""))
    if before is not None:
        entries = entries.filter(number__lt=before)
    found = list(entries.order_by("-number")[: ROWS_A_PAGE + 1])
    shown = found[:ROWS_A_PAGE]
    names = names_of(shown, of_subjects=True)
    context = {
        "form": form,
        "table": Table(
            [_("No."), _("When"), _("Who"), _("Act"), _("Thing"), _("Details")],
            [row(each, names) for each in shown],
        ),
        "is_first": before is None,
        "is_narrowed": bool(asked),
        "next_address": f"?{urlencode(asked | {BEFORE: shown[-1].number})}"
        if len(found) > ROWS_A_PAGE
        else "",
        "newest_address": f"?{urlencode(asked)}",
        "export_address": f"{reverse('admin:audit_entry_export')}?{urlencode(exported(asked))}",
        "verification": Verification.objects.order_by("-id").first(),
        "head": newest_head(),
    }
    return render(request, "console/log.html", context)


def narrowed(entries: QuerySet[Entry], asked: dict[str, Any]) -> QuerySet[Entry]:
    lookups = {"actor": "actor", "subject": "subject"}
    entries = entries.filter(**{lookups[name]: asked[name] for name in lookups if name in asked})
    if "about" in asked:
        entries = entries.filter(**_lookup(asked["about"]))
    since, until = instants(asked)
    entries = entries.filter(at__gte=since) if since else entries
    return entries.filter(at__lt=until) if until else entries


def _lookup(about: str) -> dict[str, str]:
    return {"action": about} if about in ACTS else {"action__startswith": f"{about} "}


def instants(asked: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """The dates as a half-open span on the company's calendar."""
    since, until = asked.get("since"), asked.get("until")
    return _midnight(since) if since else None, _midnight(until + timedelta(days=1)) if until else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, company_zone())


def exported(asked: dict[str, Any]) -> dict[str, str]:
    """The same question in the words of the export, a step of the records' list."""
    question: dict[str, str] = {name: asked[name] for name in ("actor", "subject", "about") if name in asked}
    if question.get("about") in ACTS:
        question["action"] = question.pop("about")
    since, until = instants(asked)
    question |= {"at__gte": since.isoformat()} if since else {}
    return question | ({"at__lt": until.isoformat()} if until else {})


def row(entry: Entry, names: dict[str, str]) -> list[Any]:
    number = cells.link(reverse("console:log-entry", args=[entry.number]), entry.number)
    thing = cells.link(
        f"{reverse('console:log')}?{urlencode({'subject': entry.subject})}",
        short_subject(entry.subject, names),
    )
    who, act = actor_words(entry.actor), act_words(entry.action)
    return [number, instant(entry.at), who, act, thing, in_a_line(entry, names)]


@require_GET
@official("audit.view_entry")
def log_entry(request: HttpRequest, number: int) -> HttpResponse:
    entry = get_object_or_404(Entry, number=number)
    same = urlencode({"subject": entry.subject})
    context = {
        "entry": entry,
        "act": act_words(entry.action),
        "actor": actor_words(entry.actor),
        "thing": subject_words(entry.subject),
        "facts": facts_of(entry),
        "changes": changes_of(entry),
        "of_the_thing": f"{reverse('console:log')}?{same}",
        "of_the_person": f"{reverse('console:log')}?{urlencode({'actor': entry.actor})}",
        "is_first": number == 1,
    }
    return render(request, "console/log_entry.html", context)
