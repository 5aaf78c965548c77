"""A later deadline, as steps of a running campaign."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns.admin.campaigns import CampaignAdmin
from apps.campaigns.models import Campaign, LaterDeadline
from apps.integrity.deadlines import (
    confirm_deadline,
    open_proposal,
    propose_deadline,
    reject_deadline,
)
from apps.integrity.refusals import Refused
from bonus_tracker import clock
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.steps import Step
from bonus_tracker.clock import company_zone
from bonus_tracker.formats import limit


class DeadlineForm(fields.ReasonForm):
    deadline = fields.text(
        gettext_lazy("New deadline"),
        longest=16,
        help_text=gettext_lazy(
            "On the company's calendar, such as 2027-01-15 00:00; the first instant not to count."
        ),
    )
    reason = fields.reason(help_text=gettext_lazy("Everybody reads it on the board."))
    field_order = ("deadline", "reason")

    def clean_deadline(self) -> datetime:
        try:
            typed = datetime.strptime(self.cleaned_data["deadline"], "%Y-%m-%d %H:%M")  # noqa: DTZ007
        except ValueError as error:
            raise forms.ValidationError(_("Write it like 2027-01-15 00:00.")) from error
        return typed.replace(tzinfo=company_zone())


class DeadlineStep(Step):
    permission = "campaigns.change_campaign"
    refusals = (Refused,)

    def is_open(self, thing: Campaign) -> bool:
        running = thing.state == Campaign.State.RUNNING and not thing.is_rehearsal
        return (
            running and clock.now() < thing.deadline and (open_proposal(thing) is not None) == self.needs_one
        )

    needs_one = True

    def proposal(self, thing: Campaign) -> LaterDeadline:
        found = open_proposal(thing)
        if found is None:
            raise Refused(_("This proposal is settled already."))
        return found

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        proposal = self.proposal(thing)
        return [
            _("The deadline moves from %(before)s to %(deadline)s.")
            % {"before": limit(proposal.deadline_before), "deadline": limit(proposal.deadline)},
            _("Proposed by %(who)s, because: %(reason)s")
            % {"who": proposal.proposed_by, "reason": proposal.reason},
        ]


class Propose(DeadlineStep):
    name, needs_one = "later-deadline", False
    title = gettext_lazy("Move the deadline")
    button = gettext_lazy("Propose it")
    form_class = DeadlineForm

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("The deadline is %s. Only a later one is possible, and only before it has passed.")
            % limit(thing.deadline),
            _("Rule, prizes and participants stay. Somebody else must confirm it before the deadline."),
            _("The board then says from when to when it was moved, and why."),
        ]

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:
        user: Any = request.user
        data = form.cleaned_data
        propose_deadline(thing, data["deadline"], reason=data["reason"], proposer=user, now=now)
        return _("The later deadline is proposed; somebody else confirms or rejects it.")


class Confirm(DeadlineStep):
    name = "confirm-deadline"
    title = gettext_lazy("Confirm the later deadline")

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:  # noqa: ARG002
        user: Any = request.user
        confirm_deadline(self.proposal(thing), confirmer=user, now=now)
        return _("The deadline is moved; the board says so.")


class Reject(DeadlineStep):
    name = "reject-deadline"
    title = gettext_lazy("Reject the later deadline")

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:  # noqa: ARG002
        user: Any = request.user
        reject_deadline(self.proposal(thing), by=user, now=now)
        return _("The deadline stays.")


for step in (Propose(), Confirm(), Reject()):
    CampaignAdmin.add_step(step)
