from django.contrib import admin
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.ranking.admin.standings import standings_page
from apps.ranking.models import Run
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.keyset import KeysetMixin


@admin.register(Run)
class RunAdmin(KeysetMixin, ReadOnlyModelAdmin):
    list_display = ("id", "campaign", "as_of", "ranked_at", "participants", "active_contacts", "keep")
    list_select_related = ("campaign",)
    list_filter = ("campaign", "keep")
    fields = (
        "campaign",
        ("as_of", "last_date"),
        ("ranked_at", "input_version"),
        ("participants", "active_contacts"),
        "keep",
        "standings_link",
    )
    readonly_fields = ("standings_link",)

    def subject(self, obj: Run) -> str:
        return f"campaign {obj.campaign.slug}"

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(standings_page)
        return [path("<int:run_id>/standings/", page, name="ranking_run_standings"), *super().get_urls()]

    @admin.display(description=_("standings"))
    def standings_link(self, run: Run) -> str:
        address = reverse("admin:ranking_run_standings", args=[run.pk])
        return format_html('<a class="text-primary-600 underline" href="{}">{}</a>', address, _("Show"))
