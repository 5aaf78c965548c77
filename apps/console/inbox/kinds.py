"""What every kind of thing that waits has to say."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import Promise

from apps.campaigns.models import Campaign
from apps.console.inbox.viewer import Viewer

Text = str | Promise
State = Campaign.State


class Line(NamedTuple):
    """One thing that waits. until: when it should be done; why_not: why this person may not do it."""

    what: Text
    about: Text
    address: str
    since: datetime | None = None
    until: datetime | None = None
    why_not: Text = ""


class Found(NamedTuple):
    """What waits, longest first: for this person, and for anybody (these among them).

    own is to be called only for who may act, since it asks the database what they may not decide.
    """

    own: Callable[[], QuerySet[Any]]
    everybodys: QuerySet[Any]


class Kind(ABC):
    """permission: to see them; act: to do something about them, as in has_perm."""

    name: ClassVar[str]
    title: ClassVar[Text]
    permission: ClassVar[str]
    act: ClassVar[str]

    @abstractmethod
    def found(self, viewer: Viewer, now: datetime) -> Found:
        """What waits; of it for this person whatever their permission."""

    @abstractmethod
    def lines(self, things: Sequence[Any], viewer: Viewer) -> list[Line]:
        """One a thing, in their order."""

    @abstractmethod
    def page(self) -> str:
        """Where all of them are."""


class OneByOne(Kind):
    """A thing says all that its line needs."""

    @abstractmethod
    def waiting(self, now: datetime) -> QuerySet[Any]:
        """All that wait for somebody, longest first."""

    @abstractmethod
    def for_viewer(self, things: QuerySet[Any], viewer: Viewer) -> QuerySet[Any]:
        """Of those that wait: what this person may do, whatever their permission."""

    def found(self, viewer: Viewer, now: datetime) -> Found:
        waiting = self.waiting(now)
        return Found(partial(self.for_viewer, waiting, viewer), waiting)

    @abstractmethod
    def line(self, thing: Any, viewer: Viewer) -> Line: ...

    def lines(self, things: Sequence[Any], viewer: Viewer) -> list[Line]:
        return [self.line(thing, viewer) for thing in things]


def end_of_waiting(campaign: Campaign) -> datetime | None:
    """By when things about a campaign should be settled."""
    ends = {
        State.RUNNING: campaign.deadline,
        State.SETTLING: campaign.grace_ends_at,
        State.PROVISIONAL: campaign.objections_end_at,
    }
    return ends.get(State(campaign.state))
