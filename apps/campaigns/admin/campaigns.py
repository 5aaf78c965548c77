"""Campaigns as records, to read; what can be done about one is a step, and it is made and changed in the console."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.campaigns.admin.divisions import Divisions
from apps.campaigns.admin.steps import ChangePage, NewPage, RulesPage, Schedule, Void
from apps.campaigns.announcement import PARTICIPANTS
from apps.campaigns.division_words import division_sentences
from apps.campaigns.models import Campaign, Prize
from apps.campaigns.words import rule_in_words
from bonus_tracker.admin_site.base import ReadOnlyInline, ReadOnlyModelAdmin

State = Campaign.State
COLOURS = {
    State.SCHEDULED: "info",
    State.RUNNING: "success",
    State.SETTLING: "warning",
    State.PROVISIONAL: "warning",
    State.FINAL: "primary",
    State.VOID: "danger",
}
RULE_FIELDS = (
    "window_days",
    ("min_sent_days", "min_received_days"),
    ("min_active_days", "min_mutual_days"),
    ("new_contacts_only", "former_colleague_days"),
)


class PrizeInline(ReadOnlyInline):
    model = Prize
    fields = ("division", "place", "net_amount", "currency", "min_score")


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyModelAdmin):
    when_empty = _(
        "A campaign says what counts, until when, and what there is to win. Make a draft with “New campaign” at the "
        "top: only HR and auditors see it, and everything in it may still change."
    )
    inlines = (PrizeInline,)
    list_display: Sequence[Any] = ("title", "shown_state", "starts_at", "deadline")
    list_filter = ("state", "is_rehearsal")
    search_fields = ("slug",)
    steps = [NewPage(), Schedule(), ChangePage(), Divisions(), RulesPage(), Void()]

    @classmethod
    def show(cls, *columns: Callable[[Any], Any], related: Sequence[str]) -> None:
        """For apps further right: columns of the list, and what to fetch along with the campaigns."""
        cls.list_display = (*cls.list_display, *columns)
        cls.list_select_related = tuple(related)

    def subject(self, obj: Campaign) -> str:
        return f"campaign {obj.slug}"

    @admin.display(description=_("campaign"), ordering="slug")
    def title(self, campaign: Campaign) -> str:
        rehearsal = f" · {_('rehearsal')}" if campaign.is_rehearsal else ""
        return f"{campaign}{rehearsal}"

    @display(description=_("state"), label=COLOURS, ordering="state")
    def shown_state(self, campaign: Campaign) -> tuple[str, str]:
        return campaign.state, campaign.get_state_display()

    @admin.display(description=_("In words"))
    def rule_text(self, campaign: Campaign) -> str:
        return rule_in_words(campaign)

    @admin.display(description=_("Name in English"))
    def name_en(self, campaign: Campaign) -> str:
        return str(campaign.name.get("en", ""))

    @admin.display(description=_("Name in Chinese"))
    def name_zh(self, campaign: Campaign) -> str:
        return str(campaign.name.get("zh-hans", ""))

    @admin.display(description=_("Takes part"))
    def participants_shown(self, campaign: Campaign) -> str:
        named = [name for field in PARTICIPANTS for name in getattr(campaign, field)]
        return "; ".join(named) or str(_("everybody"))

    @admin.display(description=_("Divisions"))
    def divisions_shown(self, campaign: Campaign) -> str:
        return " ".join(division_sentences(campaign))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        what = [("name_en", "name_zh"), ("slug", "is_rehearsal"), "contact"]
        when = [("starts_at", "deadline"), "freeze_at", ("grace_hours", "objection_days")]
        state = ["state"] + [name for name in ("void_reason", "provisional_at") if obj and getattr(obj, name)]
        return [
            (_("What"), {"fields": [*state, *what]}),
            (_("When"), {"fields": when, "description": _("On the company's calendar.")}),
            (_("Rule"), {"fields": ["rule_text", *RULE_FIELDS]}),
            (_("Who takes part"), {"fields": ["participants_shown", "divisions_shown", "public_places"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("rule_text", "name_en", "name_zh", "participants_shown", "divisions_shown")
        return (*super().get_readonly_fields(request, obj), *shown)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft; what was announced is voided instead."""
        may = request.user.has_perm("campaigns.delete_campaign")
        return may and (obj is None or obj.state == State.DRAFT)
