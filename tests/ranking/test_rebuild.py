"""The command rebuild: derives everything again, and with --check finds whatever is not what the facts say."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.activity.batch import Event
from apps.activity.ingest import apply_batch
from apps.activity.models import Delivery, Source, Tie
from apps.campaigns.models import Campaign
from apps.ranking.models import Board, FixedTie, Result, Standing
from apps.ranking.sealing import settle
from apps.ranking.services import refresh
from bonus_tracker import clock
from tests.factories import START, make_campaign, make_employee

pytestmark = pytest.mark.django_db

NOW, DEADLINE = START + timedelta(days=3), START + timedelta(days=20)
CLEAN = "Ties, boards and sealed results are what the recorded facts say.\n"


@pytest.fixture(autouse=True)
def _present() -> Iterator[None]:
    with clock.showing(NOW):
        yield


@pytest.fixture
def campaign() -> Campaign:
    """Ranked; of two employees, one with an active contact."""
    make_employee("ann@firm.example", number="ann")
    make_employee("ben@firm.example", number="ben")
    source = Source.objects.create(name="chat", platform="im", created_at=NOW)
    delivery = Delivery.objects.create(source=source, actor="test", received_at=NOW)
    pairs = [("ann@firm.example", "c1@out.example"), ("c1@out.example", "ann@firm.example")]
    days = [START + timedelta(days=n) for n in range(3)]
    events = [Event(0, day, *pair, 0) for day in days for pair in pairs]
    apply_batch(delivery, [*events, Event(0, NOW, "ben@firm.example", "c2@out.example", 0)], now=NOW)
    campaign = make_campaign(slug="autumn", deadline=DEADLINE)
    refresh(campaign, now=NOW)
    return campaign


def run(*options: str) -> str:
    out = StringIO()
    call_command("rebuild", *options, stdout=out, stderr=StringIO())
    return out.getvalue()


def problem() -> str:
    with pytest.raises(CommandError) as caught:
        run("--check")
    return str(caught.value)


def test_all_is_well(campaign: Campaign) -> None:
    assert run("--check") == CLEAN
    assert run() == "2 ties are what the ledger says, 0 employees had wrong ones; 1 campaigns ranked again.\n"
    assert run("--check") == CLEAN


def test_an_empty_installation() -> None:
    assert run("--check") == CLEAN
    assert run() == "0 ties are what the ledger says, 0 employees had wrong ones; 0 campaigns ranked again.\n"


TIE_OF_ANN = (
    "The tie of ann and contact c…@ou….example is not what the ledger says; run rebuild without --check."
)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE activity_tie SET recent_sent = recent_sent >> 1 WHERE {ann}",
        "UPDATE activity_tie SET recent_received = recent_received # 1 WHERE {ann}",
        "UPDATE activity_tie SET first_date = first_date - 1 WHERE {ann}",
        "DELETE FROM activity_tie WHERE {ann}",
        "UPDATE activity_tie SET employee_id = (SELECT id FROM directory_employee WHERE number = 'ben') WHERE {ann}",
    ],
)
def test_a_damaged_tie_is_found_and_mended(campaign: Campaign, damage: str) -> None:
    before = list(Tie.objects.order_by("employee", "contact_id").values_list())
    with connection.cursor() as cursor:
        cursor.execute(
            damage.format(ann="employee_id = (SELECT id FROM directory_employee WHERE number = 'ann')")
        )
    assert problem() == TIE_OF_ANN
    run()
    assert list(Tie.objects.order_by("employee", "contact_id").values_list()) == before
    assert run("--check") == CLEAN


def test_a_tie_that_nothing_speaks_of_is_found(campaign: Campaign) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE activity_tie SET contact_id = 4711 WHERE contact_id IN (SELECT max(contact_id) FROM activity_tie)"
        )
    assert "is not what the ledger says" in problem()


def test_a_damaged_standing_is_found_and_ranked_again(campaign: Campaign) -> None:
    Standing.objects.update(active_contacts=2)
    run_id = Board.objects.get().live_run_id
    assert problem() == (
        f"The board of autumn: run {run_id} is not what its inputs give; run rebuild without --check."
    )
    run()
    assert run("--check") == CLEAN


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            lambda: Standing.objects.update(active_contacts=2),
            "1 standings are not what the fixed input gives",
        ),
        (
            lambda: Standing.objects.update(conversation_days=9),
            "standings are not what the fixed input gives",
        ),
        (lambda: FixedTie.objects.all().delete(), "standings are not what the fixed input gives"),
        (
            lambda: Result.objects.update(sha256="0" * 64),
            "the hash of the canonical form is not the sealed one",
        ),
        (
            lambda: Result.objects.update(cutoff=datetime(2030, 1, 1, tzinfo=UTC)),
            "the hash of the canonical form is not the sealed one",
        ),
    ],
    ids=["score", "conversation days", "fixed ties", "hash", "cutoff"],
)
def test_a_tampered_result_is_found(campaign: Campaign, damage: Callable[[], object], said: str) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(state=Campaign.State.SETTLING)
    assert settle(campaign, now=DEADLINE + timedelta(days=30))
    assert run("--check") == CLEAN
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # as the owner's rights allow
    damage()
    assert problem().startswith("Result version 1 of autumn: ")
    assert said in problem()
