"""Names on a board: drawn by lot, kept, in the audit log, unique in the campaign."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from apps.audit.models import Entry
from apps.campaigns import aliases
from apps.campaigns.aliases import adjectives, animals, new_alias, spoken
from apps.campaigns.appearance import appear_as, appearance_of, appearances_version
from apps.campaigns.models import Appearance
from tests.factories import START, make_campaign, make_employee

pytestmark = pytest.mark.django_db
Mode = Appearance.Mode
NOW = START


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_language_has_all_words_and_none_twice(language: str) -> None:
    with override(language):
        assert (len(adjectives()), len(animals())) == (aliases.ADJECTIVES, aliases.ANIMALS)
        assert len(set(adjectives())) == aliases.ADJECTIVES
        assert len(set(animals())) == aliases.ANIMALS


def test_a_name_is_said_in_the_readers_language() -> None:
    assert spoken("23-27") == "Quiet Otter"
    assert spoken("23-27-2") == "Quiet Otter 2"
    with override("zh-hans"):
        assert spoken("23-27") == "安静的水獭"


def test_a_number_is_added_once_every_pair_is_taken(monkeypatch: Any) -> None:
    monkeypatch.setattr(aliases, "ADJECTIVES", 1)
    monkeypatch.setattr(aliases, "ANIMALS", 2)
    taken: set[str] = set()
    for _ in range(5):
        taken.add(new_alias(taken))
    assert taken >= {"0-0", "0-1", "0-0-2", "0-1-2"}
    assert len(taken) == 5


def test_a_generated_name_stays_whatever_is_chosen_between() -> None:
    campaign, me = make_campaign(), make_employee()
    names = []
    for mode in (Mode.GENERATED, Mode.HIDDEN, Mode.GENERATED, Mode.OWN, Mode.GENERATED):
        assert appear_as(campaign, me, mode, now=NOW, actor="me")
        assert not appear_as(campaign, me, mode, now=NOW, actor="me")
        names.append(appearance_of(campaign, me).alias)
    assert len(set(names)) == 1
    assert re.fullmatch(r"\d+-\d+", names[0])
    assert appearances_version(campaign) == 5


def test_each_change_is_in_the_audit_log() -> None:
    campaign, me = make_campaign(slug="autumn"), make_employee(number="E7")
    appear_as(campaign, me, Mode.GENERATED, now=NOW, actor="ann")
    appear_as(campaign, me, Mode.HIDDEN, now=NOW, actor="ann")
    alias = appearance_of(campaign, me).alias
    entries = Entry.objects.filter(action="appearance changed").order_by("number")
    assert [(entry.actor, entry.subject, entry.details) for entry in entries] == [
        ("ann", "employee E7", {"campaign": "autumn", "from": "own", "to": "generated", "alias": alias}),
        ("ann", "employee E7", {"campaign": "autumn", "from": "generated", "to": "hidden", "alias": alias}),
    ]


@pytest.mark.parametrize(
    "values", [{"alias": "1-1"}, {"mode": "generated", "alias": ""}], ids=["somebody's already", "none"]
)
def test_the_database_keeps_names_apart(values: dict[str, str]) -> None:
    campaign = make_campaign()
    Appearance.objects.create(campaign=campaign, employee=make_employee(), alias="1-1", changed_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appearance.objects.create(campaign=campaign, employee=make_employee(), changed_at=NOW, **values)
    Appearance.objects.create(campaign=make_campaign(), employee=make_employee(), alias="1-1", changed_at=NOW)
