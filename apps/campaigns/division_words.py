"""What a campaign says of its divisions and of the prizes for places, in the active language."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.campaigns.divisions import Division, by_division, divisions_of, name_of
from apps.campaigns.models import Campaign, Prize
from bonus_tracker.formats import money


def division_sentences(campaign: Campaign) -> list[str]:
    """Nothing for a campaign without divisions."""
    return list(_sentences(divisions_of(campaign)))


def _sentences(divisions: tuple[Division, ...]) -> Iterator[str]:
    if not divisions:
        return
    yield _("Everybody competes within one division, each with its own places and prizes:")
    *named, last = divisions
    for division in named:
        yield _("%(division)s: whoever belongs to %(names)s.") % {
            "division": division.localised_name(),
            "names": "; ".join([*division.entities, *division.departments, *division.groups]),
        }
    yield _("%s: everybody else who takes part.") % last.localised_name()
    yield _("Whoever fits several divisions competes in the first of them.")
    yield _(
        "The last day counted decides who belongs where; until then whoever moves changes the division at once "
        "and keeps all contacts."
    )


def prizes_in_order(campaign: Campaign) -> list[Prize]:
    """By division, then place."""
    return by_division(campaign.prizes.all(), campaign)


def said_prize(campaign: Campaign, prize: Prize) -> str:
    said = _("Place %(place)d: %(money)s.")
    if prize.min_score:
        said = _("Place %(place)d, with at least %(least)d contacts: %(money)s.")
    said %= {
        "place": prize.place,
        "least": prize.min_score,
        "money": money(prize.net_amount, prize.currency),
    }
    if not prize.division:
        return said
    return _("%(division)s, %(prize)s") % {"division": name_of(campaign, prize.division), "prize": said}
