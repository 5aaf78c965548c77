"""Rules that have proved themselves, to start from."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.campaigns.rule import Rule

STEADY, WHOLE_CAMPAIGN, NEW_PEOPLE, EVERYONE_CAN = "steady", "whole campaign", "new people", "everyone can"

PRESETS: dict[str, Rule] = {
    STEADY: Rule(),
    WHOLE_CAMPAIGN: Rule(window_days=None, min_sent_days=4, min_received_days=4, min_active_days=6),
    NEW_PEOPLE: Rule(new_contacts_only=True),
    # For small goals, never for a place prize: two mass greetings and one "thanks" pass it.
    EVERYONE_CAN: Rule(min_sent_days=1, min_received_days=1, min_active_days=2),
}
NAMES: dict[str, Promise] = {
    STEADY: _("Steady"),
    WHOLE_CAMPAIGN: _("Whole campaign"),
    NEW_PEOPLE: _("New people"),
    EVERYONE_CAN: _("Everyone can"),
}
