"""Releasing or rejecting a whole group of held events: asked once, done in parts, however many they are."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.activity import quarantine
from apps.activity.admin.quarantine import QuarantineAdmin
from apps.activity.held_groups import Group, Reason, events_of
from apps.activity.models import QuarantinedEvent, Source
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.pages import sentences_page
from bonus_tracker.admin_site.steps import HOMES, PageStep

AT_ONCE = 20_000  # events: a second or two


class GroupForm(forms.Form):
    """Which events: as apps.activity.held_groups.Group has them."""

    of = forms.ChoiceField(choices=Reason.choices, widget=forms.HiddenInput())
    source = forms.ModelChoiceField(Source.objects.all(), widget=forms.HiddenInput())
    unknown = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput())
    problem = forms.CharField(required=False, max_length=200, strip=False, widget=forms.HiddenInput())


class DecideForm(GroupForm, fields.ReasonForm):
    """after: the last event that was decided; size, done: how many there were, and how many are decided."""

    after = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())
    size = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())
    done = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput())


def question(group: Group) -> str:
    """For the address of these pages."""
    named = {"of": group.reason, "source": group.source_id, "unknown": group.unknown}
    return urlencode(named | {"problem": group.problem})


class DecideGroup(PageStep):
    permission = "activity.change_quarantinedevent"
    of_list, has_button = True, False
    says: tuple[Any, ...]
    act: Callable[..., int]

    def page(self, request: HttpRequest, thing: Any, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        chosen = GroupForm(request.POST if request.method == "POST" else request.GET)
        if not chosen.is_valid():
            messages.error(request, _("Choose a group of held events first."))
            return HttpResponseRedirect(_way_back())
        held = self._held(chosen)
        form = (
            DecideForm(request.POST) if request.method == "POST" else DecideForm(initial=chosen.cleaned_data)
        )
        if request.method == "POST" and form.is_valid():
            return self._decide(request, form.cleaned_data, held, now)
        if request.method != "POST":
            form.initial["source"] = chosen.cleaned_data["source"].pk
        return self._ask(request, form, chosen, held.count())

    def _held(self, chosen: GroupForm) -> Any:
        data = chosen.cleaned_data
        return events_of(data["of"], data["source"].pk, data["unknown"], data["problem"])

    def _ask(self, request: HttpRequest, form: DecideForm, chosen: GroupForm, count: int) -> HttpResponse:
        in_words = ngettext("%d held event of this group.", "%d held events of this group.", count) % count
        context = admin.site.each_context(request) | {
            "title": self.title,
            "subtitle": _in_words(chosen.cleaned_data),
            "step": self,
            "sentences": [in_words, *self.says],
            "form": form,
            "media": form.media,
            "way_back": _way_back(),
        }
        return TemplateResponse(request, "admin/step.html", context)

    def _decide(self, request: HttpRequest, data: dict[str, Any], held: Any, now: datetime) -> HttpResponse:
        """The next part; a group of many goes on with a button, from where it was left even after a crash."""
        size, done, after = data["size"] or held.count(), data["done"] or 0, data["after"] or 0
        keys: Collection[int] = list(held.filter(pk__gt=after).values_list("pk", flat=True)[:AT_ONCE])
        if keys:
            actor = request.user.get_username()
            done += type(self).act(keys, actor=actor, reason=data["reason"], now=now)
            after = max(keys)
        if len(keys) == AT_ONCE:
            return self._go_on(request, data | {"size": size, "done": done, "after": after})
        messages.success(request, _("Decided: %(done)d of %(held)d.") % {"done": done, "held": size})
        return HttpResponseRedirect(_way_back())

    def _go_on(self, request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
        told = _("Decided so far: %(done)d of %(held)d.") % {"done": data["done"], "held": data["size"]}
        return sentences_page(
            request,
            title=self.title,
            subtitle=_in_words(data),
            sentences=[told, _("What is decided stays decided; the rest waits for you to go on.")],
            progress=(data["done"], data["size"]),
            kept=[(name, value.pk if name == "source" else value) for name, value in data.items()],
            confirm=_("Go on"),
            way_back=_way_back(),
        )


class ReleaseGroup(DecideGroup):
    name = "release-group"
    title = gettext_lazy("Release: let them count")
    says = (
        gettext_lazy("They are tried again and count like any other interaction, in the next ranking."),
        gettext_lazy(
            "Those whose handle nobody in the directory had on that day, and unreadable lines, stay held."
        ),
    )
    act = quarantine.release


class RejectGroup(DecideGroup):
    name, is_grave = "reject-group", True
    title = gettext_lazy("Reject: never count them")
    says = (gettext_lazy("They never count. The rows stay, with your name and the reason in the audit log."),)
    act = quarantine.reject


def _in_words(data: dict[str, Any]) -> str:
    parts = [Reason(data["of"]).label, data["source"], data["unknown"], data["problem"]]
    return " · ".join(str(part) for part in parts if part)


def _way_back() -> str:
    home = HOMES.get(QuarantinedEvent)
    return home(None) if home else reverse("admin:activity_quarantinedevent_changelist")


for step in (ReleaseGroup(), RejectGroup()):
    QuarantineAdmin.add_step(step)
