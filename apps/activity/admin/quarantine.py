"""Events set aside: released or rejected, many at a time, after a page that says what that means."""

from collections.abc import Callable, Collection
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.activity import quarantine
from apps.activity.models import QuarantinedEvent
from bonus_tracker import clock
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.keyset import KeysetMixin

State = QuarantinedEvent.State
COLOURS = {State.HELD: "warning", State.RELEASED: "success", State.REJECTED: "danger"}


@admin.register(QuarantinedEvent)
class QuarantineAdmin(KeysetMixin, ReadOnlyModelAdmin):
    list_display = (
        "id",
        "reason",
        "shown_state",
        "delivery_number",
        "line",
        "occurred_at",
        "sender_hint",
        "recipient_hint",
    )
    list_filter = ("state", "reason")
    fields = (
        ("delivery", "line"),
        ("reason", "problem"),
        "state",
        ("occurred_at", "room_size"),
        ("sender_hint", "recipient_hint"),
        ("decided_at", "decided_by"),
    )
    actions = ("release", "reject")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("activity.change_quarantinedevent")

    @display(description=gettext_lazy("state"), label=COLOURS)
    def shown_state(self, event: QuarantinedEvent) -> tuple[str, str]:
        return event.state, event.get_state_display()

    @admin.display(description=gettext_lazy("delivery"))
    def delivery_number(self, event: QuarantinedEvent) -> int:
        return event.delivery_id

    @admin.action(permissions=["decide"], description=gettext_lazy("Release: let them count"))
    def release(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        says = [
            _("They are tried again and count like any other interaction, in the next ranking."),
            _("Those whose handle nobody in the directory had on that day, and unreadable lines, stay held."),
        ]
        return self._decide(
            request, queryset, action="release", title=_("Release"), says=says, act=quarantine.release
        )

    @admin.action(permissions=["decide"], description=gettext_lazy("Reject: never count them"))
    def reject(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        says = [_("They never count. The rows stay, with your name and the reason in the audit log.")]
        return self._decide(
            request, queryset, action="reject", title=_("Reject"), says=says, act=quarantine.reject
        )

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        *,
        action: str,
        title: str,
        says: list[str],
        act: Callable[..., int],
    ) -> HttpResponse | None:
        """Ask once with the reason, then act on those that are held."""
        held: Collection[int] = list(queryset.filter(state=State.HELD).values_list("pk", flat=True))
        if not held:
            messages.error(request, _("None of them is held any more."))
            return None
        confirmed = "confirmed" in request.POST
        form = fields.ReasonForm(request.POST if confirmed else None)
        if confirmed and form.is_valid():
            reason = form.cleaned_data["reason"]
            done = act(held, actor=request.user.get_username(), reason=reason, now=clock.now())
            messages.success(request, _("Decided: %(done)d of %(held)d.") % {"done": done, "held": len(held)})
            return None
        context = self.admin_site.each_context(request) | {
            "title": title,
            "opts": self.opts,
            "sentences": [_("Held events chosen: %d.") % len(held), *says],
            "form": form,
            "action": action,
            "is_grave": action == "reject",
            "keys": held,
            "way_back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/confirm_selected.html", context)
