"""Another rule on the same history: the ranking's figures, with progress, and stopped where it stands."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.directory.models import Employee
from apps.ranking import counting, tasks, what_if, what_ifs
from apps.ranking.instant import next_midnight
from apps.ranking.models import WhatIf
from apps.ranking.services import refresh, standings
from bonus_tracker import clock
from tests.factories import make_campaign, make_employee
from tests.faults.helpers import Actor, eventually
from tests.faults.scenes import NOW, TALK_DAYS, deliver, handle_of, talk

pytestmark = pytest.mark.django_db(transaction=True)

EMPLOYEES, STEPS = 12, 5
EASY = Rule(min_sent_days=1, min_received_days=1, min_active_days=1)
RULES = [Rule(), EASY, Rule(window_days=2), Rule(window_days=None, min_mutual_days=3), Rule(min_sent_days=9)]
MIDNIGHT = next_midnight(NOW)


@pytest.fixture(autouse=True)
def _present() -> Any:
    with clock.showing(NOW):
        yield


@pytest.fixture(autouse=True)
def _in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "estimated_ties", lambda: STEPS * what_if.TIES_A_STEP)


@pytest.fixture
def campaign() -> Campaign:
    """Of employees of whom each has more contacts than the one before, half of them of a single day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE activity_tie"
        )  # no empty pages of tests before this one, which a sample might meet
    for n in range(EMPLOYEES):
        handle = handle_of(make_employee())
        deliver(talk(handle, [f"steady-{n}-{k}@out.example" for k in range(n)]))
        deliver(talk(handle, [f"once-{n}-{k}@out.example" for k in range(n)], TALK_DAYS[:1]))
    return make_campaign()


def expected(campaign: Campaign, rule: Rule, as_of: datetime) -> what_if.Figures:
    rows = standings(campaign, as_of=as_of, rule=rule)
    scores = Counter(max(low for low in what_if.BINS if low <= row.active_contacts) for row in rows)
    return what_if.Figures(
        participants=EMPLOYEES,
        counted=len(rows),
        active_contacts=sum(row.active_contacts for row in rows),
        histogram=[(0, EMPLOYEES - len(rows)), *((low, scores[low]) for low in what_if.BINS)],
        top=[row[:3] for row in rows[:10]],
    )


@pytest.mark.parametrize("as_of", [MIDNIGHT, TALK_DAYS[2], TALK_DAYS[2] + timedelta(seconds=1)])
def test_figures_are_those_of_the_standings(campaign: Campaign, as_of: datetime) -> None:
    for rule in RULES:
        assert what_if.what_if(campaign, rule, as_of=as_of) == expected(campaign, rule, as_of)


def test_the_campaigns_own_rule_gives_what_its_run_has(campaign: Campaign) -> None:
    run = refresh(campaign, now=NOW)
    assert run
    assert what_if.figures_of(run) == what_if.what_if(campaign, Rule.of(campaign), as_of=run.as_of)


def test_progress_goes_from_nothing_to_all_and_never_back(campaign: Campaign) -> None:
    told: list[tuple[int, int]] = []
    what_if.what_if(campaign, EASY, as_of=MIDNIGHT, progress=lambda *step: told.append(step))
    assert told[0] == (0, STEPS)
    assert told[-1] == (STEPS, STEPS)
    assert [done for done, _total in told] == sorted({done for done, _total in told})


def test_steps_come_one_after_the_other(monkeypatch: pytest.MonkeyPatch, campaign: Campaign) -> None:
    """A page that looks after the first step sees it, and the next ones as they are done."""
    told: list[int] = []
    after_a_step(monkeypatch, lambda done: eventually(lambda: done in told))
    what_if.what_if(campaign, EASY, as_of=MIDNIGHT, progress=lambda done, _total: told.append(done))
    assert told == list(range(STEPS + 1))


def after_a_step(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> None:
    count = what_if.count

    def counting_all(*args: Any, after_range: Callable[[int], None], **options: Any) -> None:
        def after(done: int) -> None:
            after_range(done)
            act(done)

        count(*args, after_range=after, **options)

    monkeypatch.setattr(what_if, "count", counting_all)


def everybody_gets_a_contact_between_steps(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign
) -> what_if.Figures:
    def deliver_once(done: int) -> None:
        if done == 1:
            for employee in Employee.objects.all():
                Actor(lambda e=employee: deliver(talk(handle_of(e), [f"new-{e.pk}@out.example"]))).end()

    after_a_step(monkeypatch, deliver_once)
    return what_if.what_if(campaign, EASY, as_of=MIDNIGHT)


def test_what_arrives_between_steps_is_in_none(monkeypatch: pytest.MonkeyPatch, campaign: Campaign) -> None:
    before = expected(campaign, EASY, MIDNIGHT)
    assert everybody_gets_a_contact_between_steps(monkeypatch, campaign) == before
    assert expected(campaign, EASY, MIDNIGHT).active_contacts == before.active_contacts + EMPLOYEES


def test_without_the_one_snapshot_it_is_in_some(monkeypatch: pytest.MonkeyPatch, campaign: Campaign) -> None:
    before = expected(campaign, EASY, MIDNIGHT).active_contacts
    monkeypatch.setattr(what_if, "one_snapshot", transaction.atomic)
    found = everybody_gets_a_contact_between_steps(monkeypatch, campaign).active_contacts
    assert before < found < before + EMPLOYEES


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step takes a minute."""
    columns = "id AS employee_id, 1 AS active_contacts, 1 AS conversation_days"
    slow = f"SELECT {columns} FROM directory_employee, pg_sleep(60)"
    monkeypatch.setattr(counting.sql, "scores", lambda _rule, _source: slow)


def is_counting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE %s "
            "AND datname = current_database() AND pid <> pg_backend_pid())",
            ["%pg_sleep(60)%"],
        )
        found: bool = cursor.fetchone()[0]
    return found


@pytest.mark.usefixtures("endless")
def test_a_statement_that_runs_is_stopped(campaign: Campaign) -> None:
    stop = Event()
    counter = Actor(lambda: what_if.what_if(campaign, EASY, as_of=MIDNIGHT, cancelled=stop.is_set))
    eventually(is_counting)
    stop.set()
    with pytest.raises(what_if.Cancelled):
        counter.end()
    assert not is_counting()


@pytest.mark.usefixtures("endless")
def test_an_error_of_who_is_told_stops_the_statement_too(campaign: Campaign) -> None:
    """As when the job is out of time."""

    def tell() -> bool:
        if is_counting():
            raise SoftTimeLimitExceeded
        return False

    with pytest.raises(SoftTimeLimitExceeded):
        what_if.what_if(campaign, EASY, as_of=MIDNIGHT, cancelled=tell)
    assert not is_counting()


# Questions that are kept


def ask(campaign: Campaign, rule: Rule = EASY) -> WhatIf:
    return what_ifs.ask(campaign, rule, actor="hr", now=NOW)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Questions that were handed to the workers."""
    handed: list[int] = []
    monkeypatch.setattr(tasks.answer_what_if, "delay", handed.append)
    return handed


def test_an_answer_is_kept_and_given_once(campaign: Campaign, asked: list[int]) -> None:
    question = ask(campaign)
    assert asked == [question.pk] == what_ifs.unanswered()
    assert what_ifs.answer(question.pk)
    assert not what_ifs.answer(question.pk)
    question.refresh_from_db()
    assert (question.state, question.steps_done, question.steps) == ("done", STEPS, STEPS)
    assert question.figures == what_if.as_json(expected(campaign, EASY, MIDNIGHT))
    assert what_ifs.unanswered() == []


@pytest.mark.usefixtures("endless")
def test_a_question_is_stopped_while_it_is_counted(campaign: Campaign, asked: list[int]) -> None:
    question = ask(campaign)
    job = Actor(lambda: what_ifs.answer(question.pk))
    eventually(is_counting)
    assert not what_ifs.answer(question.pk)  # it has another
    what_ifs.stop(question, now=NOW)
    assert job.end()
    assert not is_counting()
    question.refresh_from_db()
    assert (question.state, question.figures, question.steps_done) == ("cancelled", None, 0)


def test_a_question_that_waits_is_stopped_at_once(campaign: Campaign, asked: list[int]) -> None:
    question = ask(campaign)
    what_ifs.stop(question, now=NOW)
    assert not what_ifs.answer(question.pk)
    question.refresh_from_db()
    assert question.state == "cancelled"
    what_ifs.stop(question, now=NOW)
    assert what_ifs.unanswered() == []


def test_a_question_whose_job_was_killed_is_answered_by_the_next(
    campaign: Campaign, asked: list[int]
) -> None:
    question = ask(campaign)
    WhatIf.objects.filter(pk=question.pk).update(state="counting", begun=1, steps_done=3, steps=STEPS)
    tasks.refresh_running()
    assert asked == [question.pk] * 2
    assert what_ifs.answer(question.pk)
    question.refresh_from_db()
    assert question.state == "done"


def test_a_question_that_kills_its_jobs_is_given_up(campaign: Campaign, asked: list[int]) -> None:
    question = ask(campaign)
    WhatIf.objects.filter(pk=question.pk).update(state="counting", begun=what_ifs.MOST_BEGINNINGS)
    assert not what_ifs.answer(question.pk)
    question.refresh_from_db()
    assert (question.state, question.problem) == ("failed", "Its jobs were killed again and again.")


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (counting.Unanswerable("It is too long ago."), "It is too long ago."),
        (SoftTimeLimitExceeded(), "It took too long."),
        (ZeroDivisionError(), "An error, which the log describes."),
    ],
)
def test_a_question_that_cannot_be_answered_says_so(
    monkeypatch: pytest.MonkeyPatch, campaign: Campaign, asked: list[int], error: Exception, problem: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(what_ifs, "what_if", fail)
    question = ask(campaign)
    if isinstance(error, counting.Unanswerable):
        assert what_ifs.answer(question.pk)
    else:
        with pytest.raises(type(error)):
            what_ifs.answer(question.pk)
    question.refresh_from_db()
    assert (question.state, question.problem) == ("failed", problem)


def test_the_newest_answers_are_kept(campaign: Campaign, asked: list[int]) -> None:
    questions = [ask(campaign) for _ in range(what_ifs.KEPT + 3)]
    assert WhatIf.objects.count() == what_ifs.KEPT + 3  # all of them open
    for question in questions:
        what_ifs.stop(question, now=NOW)
    latest = ask(campaign)
    assert list(WhatIf.objects.values_list("pk", flat=True)) == [
        latest.pk,
        *(question.pk for question in questions[: -what_ifs.KEPT : -1]),
    ]
