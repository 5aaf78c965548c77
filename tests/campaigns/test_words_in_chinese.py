"""The rule in words, for readers of Chinese; needs the compiled catalog."""

from typing import Any

import pytest
from django.test import override_settings
from django.utils.translation import override

from apps.campaigns.models import Campaign
from apps.campaigns.words import rule_in_words, rule_sentences
from tests.factories import DEADLINE, START


def campaign(**fields: Any) -> Campaign:
    return Campaign(**({"slug": "a", "starts_at": START, "deadline": DEADLINE} | fields))


def test_steady_in_chinese() -> None:
    with override("zh-hans"):
        assert rule_in_words(campaign()) == (
            "最近30天内，您至少有2天给对方发过消息，对方至少有2天给您发过消息，且有消息的日子合计至少3天（同一天只算一次），"
            "这位公司外联系人就计为1位活跃联系人。一天发1条与发100条效果相同。只算一对一聊天，日期按北京时间，不读取聊天内容。"
            "最终结果只看12月2日至31日，此前名次不累计。"
        )


@pytest.mark.parametrize(
    ("fields", "number", "sentence"),
    [
        (
            {"window_days": None, "min_sent_days": 0, "min_received_days": 0, "min_active_days": 1},
            0,
            "自2026年8月26日起，有消息的日子至少1天（同一天只算一次），这位公司外联系人就计为1位活跃联系人。",
        ),
        (
            {"min_mutual_days": 1, "min_received_days": 0, "min_active_days": 2},
            0,
            "最近30天内，您至少有2天给对方发过消息，且至少有1天双方都发过消息，这位公司外联系人就计为1位活跃联系人。",
        ),
        ({"new_contacts_only": True}, 1, "只计2026年8月26日之前公司里没有任何人联系过的人。"),
        ({"window_days": 32}, -1, "最终结果只看11月30日至12月31日，此前名次不累计。"),
        ({"window_days": None}, -1, "最终结果看整个活动期间（8月26日至12月31日），此前名次不累计。"),
        ({"window_days": 1}, -1, "最终结果只看2026年12月31日，此前名次不累计。"),
    ],
)
def test_other_rules_in_chinese(fields: dict[str, Any], number: int, sentence: str) -> None:
    with override("zh-hans"):
        assert rule_sentences(campaign(**fields))[number] == sentence


def test_another_calendar_in_chinese() -> None:
    with override("zh-hans"), override_settings(COMPANY_TIME_ZONE="America/New_York", MAX_ROOM_SIZE=5):
        assert "只算不超过5人的聊天，日期按北美东部时间，不读取聊天内容。" in rule_in_words(campaign())
