from typing import Any

from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminSelectWidget

from apps.campaigns.divisions import divisions_of
from apps.campaigns.models import Campaign, Prize
from bonus_tracker import clock


class PrizeInline(TabularInline):
    model = Prize
    extra = 1
    fields = ("place", "net_amount", "currency", "min_score")
    hide_title = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """The division where there are any."""
        return ("division", *self.fields) if obj and obj.divisions else self.fields

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj and obj.divisions:
            choices = [("", "–"), *((each.key, each.localised_name()) for each in divisions_of(obj))]
            kwargs["widgets"] = {"division": UnfoldAdminSelectWidget(choices=choices)}
        return super().get_formset(request, obj, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return super().has_add_permission(request, obj) and is_open(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and is_open(obj)


def is_open(campaign: Campaign | None) -> bool:
    """Whether everything about it may still change."""
    return campaign is None or campaign.pk is None or not campaign.is_fixed(now=clock.now())
