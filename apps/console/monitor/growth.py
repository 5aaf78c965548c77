"""How a campaign has grown, by the last ranking of each day."""

from django.utils.translation import gettext as _

from apps.campaigns.models import Campaign
from apps.ranking.models import Run
from bonus_tracker.formats import short_day
from bonus_tracker.plots import Plot, Series


def growth(campaign: Campaign) -> Plot:
    """Active contacts of everybody together and who takes part, a point a day; sealed rankings describe no day."""
    kept = Run.objects.filter(campaign=campaign, keep=True, result=None)
    days = kept.order_by("last_date", "-id").distinct("last_date")
    found = list(days.values_list("last_date", "active_contacts", "participants"))
    series = [
        Series(_("active contacts"), [contacts for _day, contacts, _people in found], "accent"),
        Series(_("participants"), [people for _day, _contacts, people in found], "theirs", on_the_right=True),
    ]
    labels = [short_day(day) for day, _contacts, _people in found]
    title = _("Active contacts of everybody, and who takes part")
    return Plot("growth", title, "line", labels, series, _("end of the day"))
