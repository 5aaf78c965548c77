"""Who has left which contest: to read; each of them leaves and comes back on their own page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.campaigns.models import OptOut
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin


@admin.register(OptOut)
class OptOutAdmin(ReadOnlyModelAdmin):
    list_display = ("employee", "campaign", "left_at")
    list_filter = ("campaign",)
    list_select_related = ("campaign", "employee")
    search_fields = ("employee__number", "employee__name")
    search_help_text = _("Number or name.")
    fields = ("employee", "campaign", "left_at")
    ordering = ("-left_at", "-pk")

    def subject(self, obj: OptOut) -> str:
        return f"employee {obj.employee.number}"[:200]
