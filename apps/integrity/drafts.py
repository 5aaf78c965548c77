"""What somebody wants decided, before it is written down: what it needs, and what it would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from apps.activity.models import Source
from apps.campaigns.models import Campaign
from apps.directory.models import Employee
from apps.integrity.gaps import who_used
from apps.integrity.models import Decision, Objection
from apps.integrity.refusals import Refused
from apps.ranking.corrections import DAYS_GRANTED, LEFT_OUT, NO_COLLEAGUE, NOT_COUNTED, ONE_PERSON
from apps.ranking.models import FixedEmployee, FixedSource, Result

Kind = Decision.Kind
OF_A_PERSON = {Kind.EXCLUSION, Kind.DISQUALIFICATION, Kind.HANDED_OVER, Kind.GRANTED}
OF_CONTACTS = {Kind.NOT_COUNTED: 1, Kind.HANDED_OVER: 1, Kind.ONE_PERSON: 2, Kind.NO_COLLEAGUE: 1}
OUT = (Kind.EXCLUSION, Kind.DISQUALIFICATION)


@dataclass(frozen=True)
class GrantedTalk:
    """Dates on which an employee and a contact wrote, as the evidence shows."""

    contact_id: int
    sent: frozenset[date]
    received: frozenset[date]


@dataclass(frozen=True, kw_only=True)
class Draft:
    campaign: Campaign
    kind: Kind
    reason: str
    evidence: str
    employee: Employee | None = None
    contacts: frozenset[int] = frozenset()
    talks: tuple[GrantedTalk, ...] = ()
    source: Source | None = None
    objection: Objection | None = None
    undoes: Decision | None = None

    @property
    def employee_id(self) -> int | None:
        return self.employee.pk if self.employee else None

    def check(self, result: Result, standing: Sequence[Decision]) -> None:
        """Raises Refused with the first thing that is missing or contradicts what stands."""
        if not self.reason.strip() or not self.evidence.strip():
            raise Refused(_("A decision needs a reason and the evidence for it."))
        if self.kind in OF_A_PERSON and self.employee is None:
            raise Refused(_("Say which employee it concerns."))
        if len(self.contacts) < OF_CONTACTS.get(self.kind, 0):
            raise Refused(
                _("Name at least two contacts.") if self.kind == Kind.ONE_PERSON else _("Name a contact.")
            )
        self._check_fixed(result, standing)
        if self.objection and self.objection.state != Objection.State.OPEN:
            raise Refused(_("This objection is answered already."))

    def _check_fixed(self, result: Result, standing: Sequence[Decision]) -> None:
        if (
            self.employee
            and not FixedEmployee.objects.filter(campaign=result.campaign_id, employee=self.employee).exists()
        ):
            raise Refused(_("%s takes no part in this campaign.") % self.employee)
        if any(
            each.kind in OUT and self.kind in OUT and each.employee_id == self.employee_id
            for each in standing
        ):
            raise Refused(_("%s is outside the ranking already.") % self.employee)
        if self.kind == Kind.GRANTED and not any(talk.sent | talk.received for talk in self.talks):
            raise Refused(_("Say on which days they wrote."))
        if self.kind == Kind.GAP:
            self._check_gap(result, standing)
        if self.kind == Kind.UNDO and self.undoes not in standing:
            raise Refused(_("Only a decision that stands can be undone."))

    def _check_gap(self, result: Result, standing: Sequence[Decision]) -> None:
        fixed = FixedSource.objects.filter(campaign=result.campaign_id, source=self.source).first()
        if fixed is None or not fixed.gaps:
            raise Refused(_("This source has no gap."))
        if any(each.kind == Kind.GAP and each.source_id == fixed.source_id for each in standing):
            raise Refused(_("The gap of this source is accepted already."))

    def corrections(self) -> list[dict[str, Any]]:
        """As apps.ranking.corrections has them."""
        number = self._fixed_number()
        contacts = [str(contact) for contact in sorted(self.contacts)]
        if self.kind in OUT:
            return [{"kind": LEFT_OUT, "employee": number}]
        if self.kind in (Kind.NOT_COUNTED, Kind.HANDED_OVER):
            return [{"kind": NOT_COUNTED, "employee": number, "contacts": contacts}]
        if self.kind == Kind.ONE_PERSON:
            return [{"kind": ONE_PERSON, "contacts": contacts}]
        if self.kind == Kind.NO_COLLEAGUE:
            return [{"kind": NO_COLLEAGUE, "contacts": contacts}]
        return [
            {
                "kind": DAYS_GRANTED,
                "employee": number,
                "contact": str(talk.contact_id),
                "sent": [str(day) for day in sorted(talk.sent)],
                "received": [str(day) for day in sorted(talk.received)],
            }
            for talk in self.talks
        ]

    def _fixed_number(self) -> str | None:
        """As it was when the input was fixed; the sealed hash names people by it."""
        if self.employee is None:
            return None
        return FixedEmployee.objects.get(campaign=self.campaign, employee=self.employee).number

    def facts(self, result: Result) -> dict[str, Any]:
        """What stands now and belongs to the record: who at a prize used the source."""
        if self.kind != Kind.GAP or self.source is None:
            return {}
        fixed = FixedSource.objects.get(campaign=result.campaign_id, source=self.source)
        return {"gaps": fixed.gaps, "prize ranks that used it": who_used(self.source, result)}
