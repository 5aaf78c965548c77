"""What an employee says when the result is wrong."""

from typing import Any

from django import forms
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.campaigns.divisions import UNDIVIDED, keys_by_number, name_of
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.integrity.objections import LONGEST_TEXT, MOST_CLAIMED
from apps.integrity.prize_ranks import down_to, last_places
from apps.leaderboard.shown_names import shown_names
from apps.ranking.models import Standing
from apps.ranking.services import latest_result


def places_at_stake(campaign: Campaign, employee: Employee) -> list[Standing]:
    """Places with a prize that the board shows, without one's own; equals at the last one included."""
    result = latest_result(campaign)
    if result is None:
        return []
    shown = {number: min(last, campaign.public_places) for number, last in last_places(campaign).items()}
    places = Standing.objects.filter(down_to(shown), run=result.run_id).exclude(employee=employee)
    return list(places.select_related("employee").order_by("division", "rank", "employee__number")[:200])


def token(campaign: Campaign, employee: Employee) -> str:
    """Stands for somebody in a form whose reader may not learn who it is."""
    return salted_hmac("leaderboard.place", f"{campaign.pk}:{employee.pk}").hexdigest()[:20]


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}))


class CountForm(forms.Form):
    contacts_claimed = forms.IntegerField(
        label=_("How many more contacts should count?"), min_value=1, max_value=MOST_CLAIMED
    )
    text = _text(_("Why? Name the days and the messenger; a masked name is enough for a contact."))


class PlaceForm(forms.Form):
    place_of = forms.ChoiceField(label=_("Which place?"))
    text = _text(_("What makes you doubt it?"))

    def __init__(self, *args: Any, campaign: Campaign, places: list[Standing], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = shown_names({(campaign.pk, place.employee_id): place.employee for place in places})
        self.people = {token(campaign, place.employee): place.employee for place in places}
        self.fields["place_of"].choices = [("", _("Choose a place"))] + [  # type: ignore[attr-defined]
            (
                token(campaign, place.employee),
                f"{_within(campaign, place)}{place.rank}. {names[campaign.pk, place.employee_id]}",
            )
            for place in places
        ]

    def clean_place_of(self) -> Employee:
        return self.people[self.cleaned_data["place_of"]]


def _within(campaign: Campaign, place: Standing) -> str:
    """The division's name before the place; nothing in a campaign without divisions."""
    key = keys_by_number(campaign).get(place.division, UNDIVIDED)
    return f"{name_of(campaign, key)} · " if key else ""
