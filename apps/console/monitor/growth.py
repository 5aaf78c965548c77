"""How a campaign has grown, by the last ranking of each day."""

from django.utils.translation import gettext as _

from apps.campaigns.models import Campaign
from apps.console.plots import Plot, Series
from apps.ranking.models import Run
from bonus_tracker.formats import short_day


def growth(campaign: Campaign) -> Plot:
    """Active contacts of everybody together, a point a day; sealed rankings describe no day."""
    kept = Run.objects.filter(campaign=campaign, keep=True, result=None)
    days = kept.order_by("last_date", "-id").distinct("last_date").values_list("last_date", "active_contacts")
    found = list(days)
    series = [Series(_("active contacts"), [contacts for _day, contacts in found], "accent")]
    labels = [short_day(day) for day, _contacts in found]
    return Plot("growth", _("Active contacts, all together"), "line", labels, series, _("end of the day"))
