"""What a campaign's state allows people to do."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.campaigns import lifecycle
from apps.campaigns.division_words import division_sentences, prizes_in_order
from apps.campaigns.models import Campaign
from apps.campaigns.prize_words import prize_sentences
from apps.campaigns.problems import CampaignError
from apps.campaigns.words import rule_in_words
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.steps import PageStep, Step
from bonus_tracker.formats import instant

State = Campaign.State


class CampaignStep(Step):
    permission = "campaigns.change_campaign"
    refusals = (CampaignError,)


class Schedule(CampaignStep):
    """also: for apps further right, what else to know before everybody reads it."""

    name = "schedule"
    title = gettext_lazy("Schedule")
    also: ClassVar[list[Callable[[Campaign, datetime], list[str]]]] = []

    def is_open(self, thing: Campaign) -> bool:
        return thing.state == State.DRAFT

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:
        audience = (
            _("It is a rehearsal: only HR sees it, and nothing is ever paid.")
            if thing.is_rehearsal
            else _("Every signed-in employee sees it from now on, with its rule and prizes.")
        )
        begins = (
            _("It begins with the next minute, because its start has passed.")
            if thing.starts_at <= now
            else _("It begins by itself on %s.") % instant(thing.starts_at)
        )
        fixed = _("From then on rule, dates, prizes and participants stay as they are.")
        prizes = ", ".join(map(str, prizes_in_order(thing))) or _("none")
        return [
            audience,
            f"{begins} {fixed}",
            _("It ends on %s.") % instant(thing.deadline),
            _("Prizes after tax, by place: %s.") % prizes,
            rule_in_words(thing),
            *division_sentences(thing),
            *prize_sentences(thing),
            *(sentence for more in self.also for sentence in more(thing, now)),
        ]

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:  # noqa: ARG002
        lifecycle.schedule(thing, actor=request.user.get_username(), now=now)
        return _("%s is scheduled.") % thing


class NewPage(PageStep):
    name, of_list = "new", True
    title = gettext_lazy("New campaign")
    permission = "campaigns.add_campaign"

    def page(self, request: HttpRequest, thing: None, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        return redirect("console:campaign-new")


class ChangePage(PageStep):
    """The form of the console, which says what may still change."""

    name = "edit"
    title = gettext_lazy("Change")
    permission = "campaigns.change_campaign"

    def is_open(self, thing: Campaign) -> bool:
        return thing.state != State.VOID

    def page(self, request: HttpRequest, thing: Campaign, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        return redirect("console:campaign-edit", slug=thing.slug)


class RulesPage(PageStep):
    """The same page that employees read; of a draft, what it would say."""

    name = "rules"
    title = gettext_lazy("Rules sheet")
    permission = "campaigns.view_campaign"

    def page(self, request: HttpRequest, thing: Campaign, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        return redirect("rules-sheet", slug=thing.slug)


class VoidForm(fields.ReasonForm):
    reason = fields.reason(help_text=gettext_lazy("Everybody will read it."))


class Void(CampaignStep):
    name, is_grave = "void", True
    title = gettext_lazy("Void the campaign")
    button = gettext_lazy("Void it for good")
    form_class = VoidForm

    def is_open(self, thing: Campaign) -> bool:
        return thing.state not in {State.PAID, State.VOID}

    def sentences(self, thing: Campaign, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("The campaign ends without a result, for good. Nothing brings it back."),
            _("No prize is given. Everybody who could see it sees that it was voided, and why."),
        ]

    def take(self, request: HttpRequest, thing: Campaign, form: Any, *, now: datetime) -> str:
        actor = request.user.get_username()
        lifecycle.void_campaign(thing, reason=form.cleaned_data["reason"], now=now, actor=actor)
        return _("%s is void.") % thing
