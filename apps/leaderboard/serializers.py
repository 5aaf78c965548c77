"""The shapes of the API's answers; they serve the schema as much as the answers themselves."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.campaigns.divisions import divisions_of
from apps.campaigns.models import Campaign
from apps.directory.handles import MAXIMUM_HANDLE_LENGTH
from apps.leaderboard.board import Page
from apps.leaderboard.changes import Why
from apps.leaderboard.contacts import State
from apps.leaderboard.forms import CheckForm
from apps.leaderboard.own_contacts import Stage
from apps.leaderboard.sight import View

Plain = serializers.Serializer[Any]


class DivisionSerializer(Plain):
    key = serializers.CharField()
    name = serializers.CharField(source="localised_name")


class PrizeSerializer(Plain):
    division = serializers.CharField(help_text="Its key; empty in a campaign without divisions.")
    place = serializers.IntegerField()
    net_amount = serializers.DecimalField(max_digits=14, decimal_places=2, help_text="After tax.")
    currency = serializers.CharField(help_text="ISO 4217")


class RuleSerializer(Plain):
    window_days = serializers.IntegerField(allow_null=True, help_text="Null: the whole campaign.")
    min_sent_days = serializers.IntegerField()
    min_received_days = serializers.IntegerField()
    min_active_days = serializers.IntegerField()
    min_mutual_days = serializers.IntegerField()
    new_contacts_only = serializers.BooleanField()
    former_colleague_days = serializers.IntegerField()


class CampaignSerializer(Plain):
    slug = serializers.CharField()
    name = serializers.CharField(source="localised_name")
    state = serializers.CharField()
    is_rehearsal = serializers.BooleanField()
    starts_at = serializers.DateTimeField()
    freeze_at = serializers.DateTimeField(allow_null=True)
    deadline = serializers.DateTimeField(help_text="The first instant that no longer counts.")
    public_places = serializers.IntegerField()
    divisions = serializers.SerializerMethodField(help_text="In their order; none: one board for all.")
    prizes = PrizeSerializer(many=True, source="prizes.all")

    @extend_schema_field(DivisionSerializer(many=True))
    def get_divisions(self, campaign: Campaign) -> Any:
        return DivisionSerializer(divisions_of(campaign), many=True).data


class CampaignDetailSerializer(CampaignSerializer):
    rule = RuleSerializer()
    rule_in_words = serializers.ListField(child=serializers.CharField())


class RunSerializer(Plain):
    as_of = serializers.DateTimeField()
    last_date = serializers.DateField()
    ranked_at = serializers.DateTimeField()
    participants = serializers.IntegerField()


class PlaceSerializer(Plain):
    rank = serializers.IntegerField()
    is_shared = serializers.BooleanField()
    number = serializers.CharField(allow_null=True, help_text="One's own; HR and auditors get everybody's.")
    name = serializers.CharField(allow_null=True, help_text="Null beyond the public places.")
    department = serializers.CharField(allow_null=True)
    active_contacts = serializers.IntegerField(source="score")
    conversation_days = serializers.IntegerField(
        allow_null=True, help_text="Of others only where they decide among equals at a prize."
    )
    movement = serializers.IntegerField(allow_null=True, help_text="Places climbed since the day before.")


class BoardSerializer(Plain):
    division = serializers.CharField(help_text="Its key; empty in a campaign without divisions.")
    audience = serializers.ChoiceField(["public", "live"])
    frozen = serializers.BooleanField()
    run = RunSerializer(allow_null=True)
    places = PlaceSerializer(many=True)
    after = serializers.CharField(allow_null=True, help_text="Give it as ?after= for the next page.")


def board(view: View, page: Page | None) -> dict[str, Any]:
    """The content of BoardSerializer's answer."""
    content = {
        "division": view.division_key,
        "audience": view.audience,
        "frozen": view.is_frozen,
        "run": view.run,
        "places": page.places if page else [],
        "after": str(page.later) if page and page.later else None,
    }
    return dict(BoardSerializer(content).data)


class TargetSerializer(Plain):
    place = serializers.IntegerField()
    more = serializers.IntegerField(help_text="Active contacts on top of one's own.")


class MeSerializer(Plain):
    division = serializers.CharField(
        allow_null=True,
        help_text="Of oneself, by its key; empty without divisions, null for who takes no part.",
    )
    place = PlaceSerializer(allow_null=True)
    around = PlaceSerializer(many=True)
    next_place = TargetSerializer(allow_null=True, help_text="While the contest runs and places move.")
    next_prize = TargetSerializer(allow_null=True, help_text="While the contest runs and places move.")
    stage = serializers.ChoiceField(
        [str(stage) for stage in Stage], help_text="What live_active_contacts is worth."
    )
    live_active_contacts = serializers.IntegerField(
        help_text="Counted now; when it is over, what was sealed, or what it was when it was called off."
    )
    sure_at_deadline = serializers.IntegerField(
        allow_null=True,
        help_text="Active at the deadline even if nobody writes again. While the contest runs.",
    )


class ContactSerializer(Plain):
    hint = serializers.CharField()
    platform = serializers.CharField()
    state = serializers.ChoiceField([str(state) for state in State])
    lapses_on = serializers.DateField(allow_null=True)
    why = serializers.ListField(
        child=serializers.CharField(), help_text="What is missing, or why it cannot count, in sentences."
    )
    sent_on = serializers.ListField(child=serializers.DateField())
    received_on = serializers.ListField(child=serializers.DateField())


class ContactsSerializer(Plain):
    active_contacts = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    contacts = ContactSerializer(many=True)


class HandleSerializer(Plain):
    """What is asked about; the rules are the page's form's."""

    handle = serializers.CharField(
        max_length=MAXIMUM_HANDLE_LENGTH, help_text="As in the messenger. It is not kept."
    )
    platform = serializers.CharField(required=False, help_text="The messenger; the company's usual one.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        form = CheckForm({"platform": settings.DEFAULT_PLATFORM} | attrs)
        if not form.is_valid():
            raise serializers.ValidationError({name: [*map(str, said)] for name, said in form.errors.items()})
        return {"contact_id": form.contact_id()}


class CheckSerializer(Plain):
    contact = ContactSerializer(allow_null=True, help_text="Null: no day with this handle in the window.")


class ChangeSerializer(Plain):
    hint = serializers.CharField()
    platform = serializers.CharField()
    reason = serializers.ChoiceField([str(why) for why in Why], source="why")
    sentence = serializers.CharField(help_text="The reason in words.")


class ChangesSerializer(Plain):
    since = serializers.DateField(
        source="day",
        allow_null=True,
        help_text="Compared with the end of this day. Null unless the contest runs.",
    )
    gained = ChangeSerializer(many=True)
    lost = ChangeSerializer(many=True)
