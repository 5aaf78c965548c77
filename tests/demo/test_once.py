import re
import secrets
from pathlib import Path

import pytest

from tests.demo import recount
from tests.demo.running import begin_demo, databases, make_database, wait_for_the_end
from tests.patience import SAFETY_SECONDS

pytestmark = pytest.mark.xdist_group("demo once")  # the runs are made once, not in every process of the tests

LEFTOVER = f"bonus_demo_left_{secrets.token_hex(4)}"
ROW = re.compile(r" *(\d+) +(\d+)  .+ \((E\d+)\)")
AWARD = re.compile(r"place (\d+), .+ \((E\d+)\): ([\d,.]+) CNY after tax(, shared by \d+)?, approved")


@pytest.fixture(scope="module")
def vars_by_run(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two seeds, and the first one again, side by side; all have ended with exit status 0."""
    make_database(LEFTOVER)
    folders = {name: tmp_path_factory.mktemp(name) for name in ("seed 1", "seed 1 again", "seed 2")}
    runs = [
        (begin_demo(var, "--once", "--employees", "150", "--seed", name.split()[1]), var)
        for name, var in folders.items()
    ]
    for process, var in runs:
        assert process.wait(SAFETY_SECONDS) == 0, (var / "stderr").read_text()
    return folders


@pytest.mark.parametrize(("run", "seed"), [("seed 1", 1), ("seed 2", 2)])
def test_the_printed_board_is_what_a_plain_recount_says(
    vars_by_run: dict[str, Path], run: str, seed: int
) -> None:
    var = vars_by_run[run]
    standings = recount.standings(var / "demo" / f"employees-150-seed-{seed}")
    printed = [match.groups() for match in ROW.finditer((var / "stdout").read_text())]
    assert printed == [(str(rank), str(score), number) for rank, score, number in standings[:10]]


@pytest.mark.parametrize("run", ["seed 1", "seed 2"])
def test_the_prizes_go_to_the_first_three_places(vars_by_run: dict[str, Path], run: str) -> None:
    text = (vars_by_run[run] / "stdout").read_text()
    awards = [match.groups() for match in AWARD.finditer(text)]
    first_places = {match[3] for match in ROW.finditer(text) if int(match[1]) <= 3}
    assert {number for _place, number, _net, _shared in awards} <= first_places
    assert sum(float(net.replace(",", "")) for _place, _number, net, _shared in awards) == 130_000


def test_the_same_seed_tells_the_same_story(vars_by_run: dict[str, Path]) -> None:
    first, again, other = ((var / "stdout").read_text() for var in vars_by_run.values())
    assert first == again != other
    hashes = re.compile("SHA-256 [0-9a-f]{64}")
    stories = [hashes.sub("SHA-256", story_of(var)) for var in vars_by_run.values()]
    assert stories[0] == stories[1] != stories[2]


def test_the_story_has_its_turns(vars_by_run: dict[str, Path]) -> None:
    story = story_of(vars_by_run["seed 1"])
    turns = [
        "Ranked: ",
        "second account",
        "The public board is frozen",
        "The deadline has passed",
        "arrived late",
        "Result version 1 is sealed",
        "Award proposed: place 1",
        "accept that",
        "drawn by lot",
        "approver2 has approved",
        "Award approved: place 1",
        "Final.",
    ]
    places = [story.index(turn) for turn in turns]
    assert places == sorted(places)


def test_nothing_is_left(vars_by_run: dict[str, Path]) -> None:
    for var in vars_by_run.values():
        wait_for_the_end(var)
    assert LEFTOVER not in databases()


def story_of(var: Path) -> str:
    """The log from the first line with a time on it."""
    text = (var / "stderr").read_text()
    return text[text.index("31 Dec") :]
