"""What other rules would amount to: read by HR's pages while a job counts, and to compare afterwards."""

from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.leaderboard.serializers import RuleSerializer
from apps.leaderboard.sight import view_of
from apps.ranking.models import WhatIf

Plain = serializers.Serializer[Any]


class FiguresSerializer(Plain):
    participants = serializers.IntegerField()
    counted = serializers.IntegerField(help_text="With an active contact at least.")
    active_contacts = serializers.IntegerField(help_text="Of everybody together.")
    histogram = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="The lowest score of each range and how many employees are in it.",
    )
    top = serializers.ListField(
        child=serializers.ListField(),
        help_text="Rank, number and active contacts of the first ten; of each division, whose key comes last.",
    )


class WhatIfSerializer(Plain):
    id = serializers.IntegerField()
    rule = RuleSerializer()
    as_of = serializers.DateTimeField()
    starts_at = serializers.DateTimeField(
        allow_null=True, help_text="Counted as if the campaign began then; null: when it says."
    )
    state = serializers.ChoiceField(WhatIf.State.choices)
    steps_done = serializers.IntegerField()
    steps = serializers.IntegerField(help_text="0 until the counting has begun.")
    asked_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    problem = serializers.CharField(allow_blank=True)
    figures = FiguresSerializer(allow_null=True)


class WhatIfs(APIView):
    """The newest first; for HR and auditors."""

    @method_decorator(never_cache)
    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(responses=WhatIfSerializer(many=True), operation_id="what_ifs")
    def get(self, request: Request, slug: str) -> Response:
        view = view_of(request, slug)
        if not view.may_choose:
            raise Http404(_("There is no such campaign."))
        return Response(WhatIfSerializer(view.campaign.what_ifs.all(), many=True).data)
