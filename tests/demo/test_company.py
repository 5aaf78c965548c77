from collections import Counter
from datetime import date, datetime
from pathlib import Path
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from apps.demo.company import Company, Part, make_company
from apps.demo.dates import LAST_DAY, Calendar
from apps.demo.files import write_files
from apps.demo.names import COMPANY_DOMAIN, SURNAMES
from apps.demo.traffic import Message, make_traffic
from tests.demo import recount

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar.on(ZONE)


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(600, 7)


@pytest.fixture(scope="module")
def traffic(company: Company) -> list[Message]:
    return make_traffic(company, CALENDAR)


@pytest.fixture(scope="module")
def scores(company: Company, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    folder = tmp_path_factory.mktemp("files")
    write_files(folder, company, CALENDAR)
    return {number: score for _rank, score, number in recount.standings(folder)}


def test_one_seed_is_one_company_to_the_byte(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        write_files(tmp_path / folder, make_company(100, 3), CALENDAR)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == [
        "campaign.toml",
        "declared.csv",
        "employees.csv",
        "history.csv.gz",
        "late.csv.gz",
        "live.csv.gz",
    ]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()


def test_another_seed_is_another_company() -> None:
    assert [p.name for p in make_company(100, 3).people] != [p.name for p in make_company(100, 4).people]


def test_names_are_chinese_and_english_and_some_are_shared(company: Company) -> None:
    chinese = [person.name for person in company.people if person.name[0] in {name[0] for name in SURNAMES}]
    assert {len(name) for name in chinese} == {2, 3, 4}
    assert 0 < len(company.people) - len(chinese) < len(chinese)
    assert max(Counter(person.name for person in company.people).values()) > 1
    assert len({person.handle for person in company.people}) == len(company.people)


def test_people_join_and_leave_and_nobody_writes_before_or_after(
    company: Company, traffic: list[Message]
) -> None:
    people = {person.handle: person for person in company.people}
    assert any(person.left_on for person in company.people)
    assert any(person.hired_on > day_of_history_start() for person in company.people)
    for message in traffic:
        for handle in (message.sender, message.recipient):
            if person := people.get(handle):
                assert person.hired_on <= day_of(message) <= (person.left_on or date.max)


def test_weekends_are_quiet_and_so_are_nights(traffic: list[Message]) -> None:
    days = Counter(day_of(message) for message in traffic if day_of(message) < LAST_DAY)
    workdays = mean(count for day, count in days.items() if day.weekday() < 5)
    weekends = mean(count for day, count in days.items() if day.weekday() >= 5)
    assert 0 < weekends < workdays / 3
    hours = Counter(datetime.fromtimestamp(message.sent_at, ZONE).hour for message in traffic)
    assert hours[10] > hours[12] > hours[22] > hours[3] == 0


def test_few_have_many_contacts_and_many_have_few(company: Company, scores: dict[str, int]) -> None:
    counts = sorted((scores.get(person.number, 0) for person in company.people), reverse=True)
    assert 40 <= counts[0] <= 80
    assert counts[len(counts) // 2] <= 5
    assert sum(counts[: len(counts) // 5]) > sum(counts) / 2


def test_sales_is_busier(company: Company, scores: dict[str, int]) -> None:
    sales, others = (
        mean(
            scores.get(p.number, 0) for p in company.people if p.is_in_sales == busy and p.part == Part.QUIET
        )
        for busy in (True, False)
    )
    assert sales > 1.3 * others


def test_the_first_places_are_close_and_some_are_equal(company: Company, scores: dict[str, int]) -> None:
    best = [scores[person.number] for person in company.stars[:5]]
    assert max(best) - min(best) <= 8
    assert len(set(best)) < len(best)


def test_who_cheats_gains_nothing(company: Company, scores: dict[str, int], traffic: list[Message]) -> None:
    (spammer,) = company.playing(Part.SPAMMER)
    (last_minute,) = company.playing(Part.LAST_MINUTE)
    assert len({m.recipient for m in traffic if m.sender == spammer.handle}) > 1_000
    assert scores.get(spammer.number, 0) == scores.get(last_minute.number, 0) == 0


def test_contacts_are_shared_and_rooms_are_large(company: Company, traffic: list[Message]) -> None:
    ring = [person.handle for person in company.playing(Part.RING)]
    known = [{m.recipient for m in traffic if m.sender == handle and m.room_size == 2} for handle in ring]
    outside = [{handle for handle in each if not handle.endswith(COMPANY_DOMAIN)} for each in known]
    assert len(set.intersection(*outside)) >= 20
    assert max(message.room_size for message in traffic) > 10


def day_of(message: Message) -> date:
    return datetime.fromtimestamp(message.sent_at, ZONE).date()


def day_of_history_start() -> date:
    return CALENDAR.history_from.date()
