"""What people do in the demo, and what is told of what the program does."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from apps.awards.due import tick
from apps.awards.models import Award
from apps.awards.services import approve
from apps.campaigns.models import Campaign
from apps.demo.company import Company
from apps.demo.confirming import confirm_contacts, explain_gaps
from apps.demo.dates import Calendar
from apps.demo.delivery import Messenger
from apps.demo.files import SLUG, Files
from apps.demo.preparing import APPROVERS, Scene, take_in_employees
from apps.demo.words import hand_out, moment, say, tell, the_lead
from apps.directory.models import Employee, User
from apps.integrity.blockers import MISSING_APPROVALS, blockers
from apps.ranking.models import Board, Result, Standing
from apps.ranking.services import RANKED_STATES, Row, latest_result, refresh
from bonus_tracker import clock

State = Campaign.State
SECONDS_BETWEEN_LOOKS = 1.0


class Cast:
    """The people who act when their time has come."""

    def __init__(self, files: Files, company: Company, calendar: Calendar) -> None:
        self.files, self.company, self.calendar = files, company, calendar
        self.has_declared = self.has_made_sure = False

    def act(self, *, now: datetime) -> None:
        if now >= self.calendar.declared_at and not self.has_declared:
            self._declare(now)
        campaign = Campaign.objects.get(slug=SLUG)
        result = latest_result(campaign)
        if campaign.state == State.PROVISIONAL and result is not None:
            self._make_sure(result, now)
            self._approve(result, now)

    def _declare(self, now: datetime) -> None:
        take_in_employees(self.files.declared, now=now)
        self.has_declared = True
        name = self.company.double.name
        tell(
            now,
            f"HR has learned that one contact of {name} is {name}'s own second account; it no longer counts.",
        )

    def _make_sure(self, result: Result, now: datetime) -> None:
        if not self.has_made_sure and result.checks.exists():
            people = approvers()
            for sentence in (
                *explain_gaps(result, people, now=now),
                *confirm_contacts(result, people, self.files, now=now),
            ):
                tell(now, sentence)
            self.has_made_sure = True

    def _approve(self, result: Result, now: datetime) -> None:
        if {blocker.name for blocker in blockers(result.campaign, now=now)} != {MISSING_APPROVALS}:
            return
        for approver in approvers():
            approve(result, approver, now=now, comment="Checked against the sealed result.")
            tell(now, f"{approver.username} has approved version {result.version} of the result.")


def approvers() -> list[User]:
    return list(User.objects.filter(username__in=APPROVERS).order_by("username"))


class Narrator:
    """Looks at the campaign now and then, and tells what is new."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.names = dict(Employee.objects.values_list("number", "name"))
        self.campaign = Campaign.objects.get(slug=SLUG)
        self.state, self.was_frozen = self.campaign.state, False
        self.told = ""
        self.told_awards: set[tuple[int, str]] = set()

    @property
    def is_over(self) -> bool:
        return self.state == State.FINAL

    def look(self, *, now: datetime) -> None:
        self.campaign = Campaign.objects.select_related("board").get(slug=SLUG)
        for sentence in self._news():
            tell(now, sentence)

    def _news(self) -> Iterator[str]:
        has_moved_on = self.campaign.state != self.state
        self.state = self.campaign.state
        if has_moved_on:
            yield from self._new_state()
        if self.campaign.board.frozen and not self.was_frozen:
            self.was_frozen = True
            yield (
                f"The public board is frozen: {the_lead(best_of('public_run'), self.names)}. "
                "HR goes on seeing the live one, everybody their own score."
            )
        if self.state in RANKED_STATES:
            yield from self._changes_at_the_top()
        yield from self._new_awards()
        if has_moved_on and self.is_over:
            yield "Final."

    def _changes_at_the_top(self) -> Iterator[str]:
        lead = the_lead(best_of("live_run"), self.names)
        if lead != self.told:
            self.told = lead
            yield f"Ranked{', behind the freeze' if self.was_frozen else ''}: {lead}."

    def _new_state(self) -> Iterator[str]:
        campaign = self.campaign
        if self.state == State.SETTLING:
            yield (
                "The deadline has passed; what is written from now on no longer counts. "
                f"Late deliveries are waited for until {moment(campaign.grace_ends_at)}."
            )
        if self.state == State.PROVISIONAL:
            result = latest_result(campaign)
            assert result is not None
            yield (
                f"Result version {result.version} is sealed, SHA-256 {result.sha256}; "
                f"provisional until {moment(campaign.objections_end_at)}, open for objections."
            )

    def _new_awards(self) -> Iterator[str]:
        for award in awards(self.campaign):
            if (award.pk, award.state) not in self.told_awards:
                self.told_awards.add((award.pk, award.state))
                yield f"Award {award.get_state_display()}: {in_words(award)}."


def best_of(pointer: str) -> list[Row]:
    """The first ten places of the board's public_run or live_run, equals in number order.

    In one statement: a run that is no longer shown may be gone in the next.
    """
    shown = Board.objects.filter(campaign__slug=SLUG).values(pointer)
    standings = Standing.objects.filter(run__in=shown).order_by("rank", "employee__number")[:10]
    columns = ("rank", "employee__number", "active_contacts", "conversation_days")
    return [Row(*values) for values in standings.values_list(*columns)]


def awards(campaign: Campaign) -> list[Award]:
    result = latest_result(campaign)
    return list(result.awards.select_related("employee")) if result else []


def in_words(award: Award) -> str:
    shared = f", shared by {award.shared_by}" if award.shared_by > 1 else ""
    return (
        f"place {award.place}, {award.employee}: {award.net_amount:,.2f} {award.currency} after tax{shared}"
    )


def run_live(files: Files, company: Company, calendar: Calendar) -> None:
    """Act and tell beside the real processes, until the result is final."""
    cast, narrator = Cast(files, company, calendar), Narrator(calendar)
    while not narrator.is_over:
        now = clock.now()
        cast.act(now=now)
        narrator.look(now=now)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    say("The story is told. The pages stay up to look around; Ctrl-C ends everything.")


def run_at_once(scene: Scene) -> None:
    """The same story in this one process: an hour a step, and what the workers would do after each."""
    calendar = scene.calendar
    messenger = Messenger(scene.files, calendar)
    cast, narrator = Cast(scene.files, scene.company, calendar), Narrator(calendar)
    now = calendar.opens_at
    while not narrator.is_over:
        with clock.showing(now):
            messenger.deliver(now=now)
            cast.act(now=now)
            tick(now=now)
            campaign = Campaign.objects.get(slug=SLUG)
            if campaign.state in RANKED_STATES:
                refresh(campaign, now=now)
            narrator.look(now=now)
        now += timedelta(hours=1)
    hand_out(_final_lines(narrator))


def _final_lines(narrator: Narrator) -> Iterator[str]:
    campaign = narrator.campaign
    yield f"Final board of {campaign}"
    for row in best_of("public_run"):
        yield f"{row.rank:>3}  {row.active_contacts:>3}  {narrator.names[row.employee]} ({row.employee})"
    yield "Awards"
    for award in awards(campaign):
        yield f"{in_words(award)}, {award.get_state_display()}"
