"""The commands standings and refresh: what they print, and one sentence for each wrong input."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from apps.activity.batch import Event
from apps.activity.ingest import apply_batch
from apps.activity.models import Delivery, Source
from apps.audit.models import Entry
from apps.campaigns.models import Campaign
from apps.directory.handles import account_key
from apps.directory.models import Employee
from apps.ranking.fingerprint import fingerprint
from apps.ranking.history import histories
from apps.ranking.models import Board, Run, Standing
from apps.ranking.services import refresh
from bonus_tracker import clock
from tests.factories import DEADLINE, START, make_campaign, make_employee

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 10, 4, tzinfo=UTC)  # noon in Shanghai
EVERYONE_CAN = {"min_sent_days": 1, "min_received_days": 1, "min_active_days": 1}


@pytest.fixture(autouse=True)
def _present() -> Iterator[None]:
    with clock.showing(NOW):
        yield


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign(slug="autumn", **EVERYONE_CAN)


def talk(*pairs: tuple[str, str], at: datetime = NOW - timedelta(days=1)) -> None:
    """Each of the two writes once."""
    source, _ = Source.objects.get_or_create(name="chat", defaults={"platform": "im", "created_at": NOW})
    delivery = Delivery.objects.create(source=source, actor="test", received_at=NOW)
    both_ways = [pair for one, other in pairs for pair in ((one, other), (other, one))]
    apply_batch(delivery, [Event(n, at, *pair, n) for n, pair in enumerate(both_ways)], now=NOW)


def printed(*arguments: str, command: str = "standings") -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_equals_share_a_rank_and_stand_in_number_order(campaign: Campaign) -> None:
    for number in ("b", "B", "a1", "a", "z"):
        make_employee(f"{number}-{number.isupper()}@firm.example", number=number)
    handle = {n: f"{n}-{n.isupper()}@firm.example".lower() for n in ("b", "B", "a1", "a")}
    talk(
        (handle["b"], "c1"),
        (handle["B"], "c1"),
        (handle["a1"], "c1"),
        (handle["a"], "c1"),
        (handle["a1"], "c2"),
    )
    assert printed("autumn", "--csv") == "rank,employee,active_contacts\n1,a1,2\n2,B,1\n2,a,1\n2,b,1\n"
    assert printed("autumn").splitlines() == [
        f"{campaign.localised_name()}, as of 2026-09-11T00:00:00+08:00",
        "     1       2  a1",
        "     2       1  B",
        "     2       1  a",
        "     2       1  b",
    ]


def test_pairs_show_the_days(campaign: Campaign) -> None:
    make_employee("ann@firm.example", number="ann")
    talk(("ann@firm.example", "c1"))
    assert printed("autumn", "--pairs").splitlines() == [
        "employee,contact,sent_days,received_days,active_days",
        f"ann,{account_key('im', 'c1')},1,1,1",
    ]


@pytest.mark.parametrize(
    ("as_of", "count"),
    [
        ("2026-09-09T12:00:00+08:00", 0),  # the instant itself does not count
        ("2026-09-09T12:00:00.000001+08:00", 1),
        ("2026-09-09T04:00:01Z", 1),
        ("2026-09-09T12:00:01", 1),  # on the company's calendar
        ("2026-09-09", 0),
        ("2026-09-10", 1),
        ("2026-10-09", 1),
        ("2026-10-10", 0),
        ("2026-08-01", 0),  # before the start
        ("1990-01-01", 0),
        ("2199-12-31", 0),
    ],
)
def test_as_of_any_instant(campaign: Campaign, as_of: str, count: int) -> None:
    make_employee("ann@firm.example")
    talk(("ann@firm.example", "c1"))
    assert len(printed("autumn", "--as-of", as_of, "--csv").splitlines()) == 1 + count


def test_nobody(campaign: Campaign) -> None:
    assert printed("autumn").endswith("Nobody has an active contact.\n")
    assert printed("autumn", "--csv") == "rank,employee,active_contacts\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["winter"], "There is no campaign 'winter'; there are: autumn."),
        (
            ["autumn", "--as-of", "soon"],
            "--as-of 'soon' is not ISO 8601, such as 2026-12-31T18:00:00+08:00 or 2026-12-31.",
        ),
        (
            ["autumn", "--as-of", "2026-02-30"],
            "--as-of '2026-02-30' is not ISO 8601, such as 2026-12-31T18:00:00+08:00 or 2026-12-31.",
        ),
        (
            ["autumn", "--as-of", "0001-01-01"],
            "--as-of '0001-01-01' is no instant of a campaign; give a year from 1990 to 2199.",
        ),
        (
            ["autumn", "--as-of", "9999-12-31"],
            "--as-of '9999-12-31' is no instant of a campaign; give a year from 1990 to 2199.",
        ),
    ],
)
def test_a_wrong_question_gets_one_sentence(campaign: Campaign, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError) as caught:
        printed(*arguments)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("local", ["2026-03-29T02:30:00", "2026-10-25T02:30:00"])
def test_a_local_time_that_clocks_skip_or_repeat_needs_an_offset(campaign: Campaign, local: str) -> None:
    with override_settings(COMPANY_TIME_ZONE="Europe/Berlin"):
        with pytest.raises(CommandError, match="is skipped or shown twice by the clocks of Europe/Berlin"):
            printed(campaign.slug, "--as-of", local)
        assert printed(campaign.slug, "--as-of", f"{local}+02:00")


@pytest.mark.parametrize("option", ["--csv", "--pairs"])
def test_a_window_longer_than_ties_remember_is_refused(option: str) -> None:
    make_campaign(slug="whole", window_days=None)
    with pytest.raises(CommandError) as caught:
        printed("whole", "--as-of", "2027-09-15", option)
    assert str(caught.value) == (
        "The window would hold 385 days and ties remember 384; "
        "ask for an earlier instant, or give the rule window_days."
    )


def test_a_question_writes_nothing(campaign: Campaign) -> None:
    make_employee("ann@firm.example")
    talk(("ann@firm.example", "c1"))
    printed("autumn", "--as-of", "2026-09-09T12:00:01")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM ranking_scratchcontact UNION ALL SELECT count(*) FROM ranking_scratchemployee"
        )
        assert cursor.fetchall() == [(0,), (0,)]
    assert (Run.objects.count(), Standing.objects.count(), Board.objects.count()) == (0, 0, 0)


def test_refresh_says_what_it_did(campaign: Campaign) -> None:
    make_employee("ann@firm.example")
    talk(("ann@firm.example", "c1"))
    assert printed("autumn", command="refresh") == (
        "autumn: ranked 1 participants with 1 active contacts as of 2026-09-11T00:00:00+08:00.\n"
    )
    assert printed(command="refresh") == "autumn: nothing arrived since the last ranking.\n"


def test_only_a_running_campaign_is_ranked() -> None:
    make_campaign(slug="winter", state=Campaign.State.DRAFT)
    assert printed(command="refresh") == ""
    with pytest.raises(CommandError) as caught:
        printed("winter", command="refresh")
    assert str(caught.value) == "Campaign winter is draft; only a running one is ranked."


def test_the_public_board_stops_at_the_freeze_and_the_other_goes_on() -> None:
    freeze = datetime(2026, 9, 9, 4, tzinfo=UTC)
    campaign = make_campaign(freeze_at=freeze, **EVERYONE_CAN)
    ann = make_employee("ann@firm.example")
    talk(("ann@firm.example", "c1"), at=freeze - timedelta(microseconds=1))
    talk(("ann@firm.example", "c2"), at=freeze)
    refresh(campaign, now=freeze)
    talk(("ann@firm.example", "c3"), at=freeze - timedelta(hours=1))
    refresh(campaign, now=NOW)
    board = Board.objects.get()
    assert board.public_run
    assert board.live_run
    assert [s.active_contacts for s in board.public_run.standings.all()] == [1]
    assert [s.active_contacts for s in board.live_run.standings.all()] == [3]
    assert board.public_run.as_of == freeze
    assert days(campaign, ann, until=freeze) == [(9, 1, 1)]
    refresh(campaign, now=NOW + timedelta(days=1))
    assert days(campaign, ann, ranks_until=freeze) == [(9, 2, None), (10, 3, None)]


def days(campaign: Campaign, employee: Employee, **options: datetime) -> list[tuple[int, int, int | None]]:
    kept = histories(campaign.pk, [employee.pk], **options)[employee.pk]
    return [(d.day.day, d.active_contacts, d.rank) for d in kept]


def test_a_board_that_freezes_is_in_the_audit_log_with_the_hash_of_its_csv() -> None:
    freeze = datetime(2026, 9, 9, 4, tzinfo=UTC)
    campaign = make_campaign(freeze_at=freeze, slug="autumn", **EVERYONE_CAN)
    for number in ("b", "B", "=1"):
        make_employee(f"e{ord(number[0])}@firm.example", number=number)
        talk((f"e{ord(number[0])}@firm.example", "c1"), at=freeze - timedelta(hours=1))
    refresh(campaign, now=NOW)
    written = printed("autumn", "--csv", "--as-of", freeze.isoformat())
    assert written.splitlines()[1:] == ["1,'=1,1", "1,B,1", "1,b,1"]
    board = Board.objects.get()
    assert board.public_run
    assert fingerprint(board.public_run) == hashlib.sha256(written.encode()).hexdigest()
    (entry,) = Entry.objects.filter(action="board frozen")
    assert entry.details["sha256"] == fingerprint(board.public_run)


def test_history_keeps_the_last_run_of_each_day() -> None:
    campaign = make_campaign(**EVERYONE_CAN)
    ann = make_employee("ann@firm.example")
    for hours, contact in ((0, "c1"), (6, "c2"), (24, "c3"), (72, "c4")):
        talk(("ann@firm.example", contact), at=START + timedelta(hours=1))
        refresh(campaign, now=START + timedelta(hours=hours))
    bob = make_employee("bob@firm.example")
    assert days(campaign, ann) == [(26, 2, 1), (27, 3, 1)]
    assert days(campaign, bob) == [(26, 0, None), (27, 0, None)]
    assert Run.objects.filter(campaign=campaign, keep=True).count() == 2
    assert refresh(campaign, now=DEADLINE + timedelta(days=1)).as_of == DEADLINE  # type: ignore[union-attr]


def test_no_cell_is_a_formula_for_a_spreadsheet(campaign: Campaign) -> None:
    make_employee("eve@firm.example", number="=HYPERLINK(1)")
    talk(("eve@firm.example", "c1"))
    assert "1,'=HYPERLINK(1),1" in printed("autumn", "--csv")
    assert "\n'=HYPERLINK(1)," in printed("autumn", "--pairs")
