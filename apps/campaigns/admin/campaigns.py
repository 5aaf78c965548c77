"""Campaigns: what, when, rule, prizes, who takes part."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.campaigns.admin.divisions import Divisions
from apps.campaigns.admin.forms import CampaignForm
from apps.campaigns.admin.further import FurtherPrizes
from apps.campaigns.admin.prizes import PrizeInline, is_open
from apps.campaigns.admin.steps import RulesPage, Schedule, Void
from apps.campaigns.announcement import PARTICIPANTS
from apps.campaigns.division_words import division_sentences
from apps.campaigns.models import Campaign
from apps.campaigns.problems import CampaignError
from apps.campaigns.services import announce
from apps.campaigns.words import rule_in_words
from bonus_tracker import clock
from bonus_tracker.admin_site.base import ModelAdmin

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
ALWAYS_READ_ONLY = ("state", "rule_text", "divisions_shown", "void_reason", "provisional_at", "created_at")
FREE = ("name_en", "name_zh", "public_places", "contact")  # FREE_AFTER_THE_START, as fields
FIXED = (
    "is_rehearsal",
    "starts_at",
    "freeze_at",
    "deadline",
    "grace_hours",
    "objection_days",
    "window_days",
    "min_sent_days",
    "min_received_days",
    "min_active_days",
    "min_mutual_days",
    "new_contacts_only",
    "former_colleague_days",
)


@admin.register(Campaign)
class CampaignAdmin(ModelAdmin):
    when_empty = _(
        "A campaign says what counts, until when, and what there is to win. Make a draft with + at the "
        "top: only HR and auditors see it, and everything in it may still change."
    )
    form = CampaignForm
    inlines = (PrizeInline,)
    list_display: Sequence[Any] = ("title", "shown_state", "starts_at", "deadline")
    list_filter = ("state", "is_rehearsal")
    search_fields = ("slug",)
    actions = None
    steps = [Schedule(), Divisions(), FurtherPrizes(), RulesPage(), Void()]
    warn_unsaved_form = True
    compressed_fields = False

    class Media:
        js = ("admin_site/presets.js",)

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

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        free = self._is_free(request, obj)
        what = [("name_en", "name_zh"), ("slug", "is_rehearsal"), "contact"]
        when = [("starts_at", "deadline"), "freeze_at", ("grace_hours", "objection_days")]
        state = ["state"] + [name for name in ("void_reason", "provisional_at") if obj and getattr(obj, name)]
        return [
            (_("What"), {"fields": [*(state if obj else []), *what]}),
            (_("When"), {"fields": when, "description": _("On the company's calendar.")}),
            (_("Rule"), {"fields": ["rule_text"] * bool(obj) + ["preset"] * free + list(RULE_FIELDS)}),
            (
                _("Who takes part"),
                {
                    "fields": [
                        *(PARTICIPANTS if free else ("participants_shown",)),
                        *(["divisions_shown"] if obj and obj.divisions else []),
                        "public_places",
                    ],
                    "description": _("Nothing named means everybody."),
                },
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ALWAYS_READ_ONLY
        if self._is_free(request, obj):
            announced = ("slug",) if obj.state == State.DRAFT else ("slug", "is_rehearsal")
            return (*ALWAYS_READ_ONLY, *announced)
        closed = FREE if obj.state == State.VOID else ()
        return (*ALWAYS_READ_ONLY, "slug", *FIXED, "participants_shown", *closed)

    def _is_free(self, request: HttpRequest, obj: Campaign | None) -> bool:
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return may and is_open(obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in PARTICIPANTS:
            return None  # the form has its own
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft; what was announced is voided instead."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == State.DRAFT)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except CampaignError as error:  # it moved on since the form was checked
            messages.error(request, str(error))
            address = "admin:campaigns_campaign_" + ("change" if object_id else "changelist")
            return HttpResponseRedirect(reverse(address, args=[object_id] if object_id else []))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = Campaign.objects.get(pk=obj.pk) if change else None
        outcome = announce(
            form.announcement,
            actor=request.user.get_username(),
            now=clock.now(),
            is_rehearsal=form.cleaned_data.get("is_rehearsal", obj.is_rehearsal),
            draft=before is None or before.state == State.DRAFT,
        )
        obj.pk, obj.state = outcome.campaign.pk, outcome.campaign.state
        for warning in outcome.warnings:
            messages.warning(request, warning)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Prizes are part of the announcement."""

    def construct_change_message(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG002
        return {}

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The announcement is in the audit log already."""
