"""The shapes of the API's answers; they serve the schema as much as the answers themselves."""

from typing import Any

from rest_framework import serializers

from apps.leaderboard.contacts import State

Plain = serializers.Serializer[Any]


class PrizeSerializer(Plain):
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
    prizes = PrizeSerializer(many=True, source="prizes.all")


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
    number = serializers.CharField(allow_null=True)
    name = serializers.CharField(allow_null=True)
    department = serializers.CharField(allow_null=True)
    active_contacts = serializers.IntegerField(source="score")
    conversation_days = serializers.IntegerField()
    movement = serializers.IntegerField(allow_null=True, help_text="Places climbed since the day before.")


class BoardSerializer(Plain):
    audience = serializers.ChoiceField(["public", "live"])
    frozen = serializers.BooleanField()
    run = RunSerializer(allow_null=True)
    places = PlaceSerializer(many=True)
    after = serializers.CharField(allow_null=True, help_text="Give it as ?after= for the next page.")


class TargetSerializer(Plain):
    place = serializers.IntegerField()
    more = serializers.IntegerField(help_text="Active contacts on top of one's own.")


class MeSerializer(Plain):
    place = PlaceSerializer(allow_null=True)
    around = PlaceSerializer(many=True)
    next_place = TargetSerializer(allow_null=True)
    next_prize = TargetSerializer(allow_null=True)
    live_active_contacts = serializers.IntegerField()
    sure_at_deadline = serializers.IntegerField(
        help_text="Active at the deadline even if nobody writes again."
    )


class ContactSerializer(Plain):
    hint = serializers.CharField()
    platform = serializers.CharField()
    state = serializers.ChoiceField([str(state) for state in State])
    lapses_on = serializers.DateField(allow_null=True)
    missing = serializers.ListField(child=serializers.CharField())
    sent_on = serializers.ListField(child=serializers.DateField())
    received_on = serializers.ListField(child=serializers.DateField())


class ContactsSerializer(Plain):
    active_contacts = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    contacts = ContactSerializer(many=True)
