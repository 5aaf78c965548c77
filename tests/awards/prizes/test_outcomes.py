"""Who reached a goal, who did not, who is exempt: as a file for HR."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.audit.models import Entry
from apps.awards.due import tick
from apps.awards.prizes.outcomes import NoOutcomes, goals_so_far, take_outcomes
from apps.campaigns.further import Further, Goal
from apps.campaigns.models import Campaign
from apps.ranking.services import refresh
from bonus_tracker import clock
from tests.admin.scene import page, sign_in
from tests.awards.payment.world import officer
from tests.awards.prizes.test_stories import SETTLED, campaign, into
from tests.awards.stories import befriend, deliver
from tests.factories import make_campaign, make_employee

pytestmark = pytest.mark.django_db


def measured() -> Campaign:
    names = {"reached": "=HYPERLINK(1)", "missed": "B", "exempt": "C", "joined": "D", "nothing": "E"}
    people = {
        key: make_employee(
            number=f"N{n}",
            name=name,
            hired_on=date(2026, 10, 29) if key == "joined" else date(2020, 1, 1),
        )
        for n, (key, name) in enumerate(names.items())
    }
    into("Back office", people["exempt"])
    events = [(people["reached"], 4), (people["missed"], 3), (people["exempt"], 9), (people["joined"], 2)]
    deliver([event for employee, contacts in events for event in befriend(employee, contacts)])
    goal = Goal(4, Decimal("500.00"), exempt_groups=("Back office",))
    made = campaign(further=Further(goals=(goal,)))
    tick(now=SETTLED)
    return made


def test_everybody_is_in_the_file_with_what_decided() -> None:
    content = take_outcomes(measured(), "csv", by=officer("hr"), now=SETTLED)
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [
        [
            "employee number",
            "employee name",
            "goal",
            "days employed in the campaign",
            "contacts needed",
            "active contacts",
            "outcome",
        ],
        ["N0", "'=HYPERLINK(1)", "4", "128", "4", "4", "reached"],
        ["N1", "B", "4", "128", "4", "3", "not reached"],
        ["N2", "C", "4", "128", "4", "9", "exempt"],
        ["N3", "D", "4", "64", "2", "2", "reached"],
        ["N4", "E", "4", "128", "4", "0", "not reached"],
    ]
    entry = Entry.objects.get(action="goal outcomes taken")
    assert (entry.actor, entry.details) == ("hr", {"version": 1, "format": "csv"})


def test_who_reached_it_is_who_got_an_award() -> None:
    made = measured()
    content = take_outcomes(made, "csv", by=officer(), now=SETTLED).decode("utf-8-sig")
    reached = [row[0] for row in csv.reader(io.StringIO(content)) if row[-1] == "reached"]
    assert reached == sorted(made.awards.values_list("employee__number", flat=True))


def test_without_a_goal_or_a_result_there_is_nothing_to_tell() -> None:
    for made in (campaign("100.00"), campaign(further=Further(goals=(Goal(4, Decimal(1)),)))):
        with pytest.raises(NoOutcomes, match="has no goal that was measured yet"):
            take_outcomes(made, "csv", by=officer(), now=SETTLED)


def test_only_who_may_takes_it() -> None:
    with pytest.raises(NoOutcomes, match="may not"):
        take_outcomes(measured(), "csv", by=officer("", "view_award"), now=SETTLED)


@pytest.mark.parametrize(("role", "status"), [("HR", 200), ("auditor", 200), ("administrator", 403)])
def test_the_page_gives_it_to_hr_and_the_auditor(client: Client, role: str, status: int) -> None:
    made = measured()
    sign_in(client, role)
    with clock.showing(SETTLED):
        answer = client.post(page("campaigns_campaign_goals", made.pk), {"format": "xlsx"})
    assert answer.status_code == status
    assert answer.content.startswith(b"PK") == (status == 200)


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = measured()
    officer("hr")
    with clock.showing(SETTLED):
        call_command("export_goals", made.slug, tmp_path / "goals.xlsx", by="hr")
        with pytest.raises(CommandError, match="is there already; name a new file"):
            call_command("export_goals", made.slug, tmp_path / "goals.xlsx", by="hr")
        with pytest.raises(CommandError, match="has no goal"):
            call_command("export_goals", campaign("1.00").slug, tmp_path / "other.csv", by="hr")
    assert capsys.readouterr().out == f"Goals of {made.slug} in {tmp_path / 'goals.xlsx'}.\n"
    assert not (tmp_path / "other.csv").exists()


def test_how_many_reached_a_goal_is_the_same_while_it_runs_and_in_the_result() -> None:
    made = measured()
    result = goals_so_far(made, now=SETTLED)
    assert [each[2:] for each in result] == [(2, 2, 1)]
    running = make_campaign(further=made.further, deadline=SETTLED + timedelta(days=30))
    assert goals_so_far(running, now=SETTLED) == []  # not ranked yet
    refresh(running, now=SETTLED)
    found = goals_so_far(Campaign.objects.get(pk=running.pk), now=SETTLED)
    assert [sum(each[2:]) for each in found] == [5]
    assert found[0].exempt == 1
    assert found[0].reached >= 1


def test_a_campaign_without_goals_has_none_to_count() -> None:
    assert goals_so_far(campaign("100.00"), now=SETTLED) == []
