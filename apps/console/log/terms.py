"""What the details of an entry are called, and the words for what can be told apart, in the reader's language."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.activity.models import ContactFact
from apps.awards.models import Award
from apps.campaigns.models import Appearance, Campaign
from apps.console.guide.forms import FIELD_OF
from apps.console.guide.questions import Questions
from apps.directory.kinds import HEADINGS
from apps.integrity.models import Decision, Objection, Tick
from apps.ranking.corrections import DAYS_GRANTED, LEFT_OUT, NO_COLLEAGUE, NOT_COUNTED, ONE_PERSON

TERMS = {
    "about": _("about"),
    "about rows": _("about rows"),
    "account": _("account"),
    "active contacts": _("active contacts"),
    "address sha256": _("SHA-256 of the address"),
    "alias": _("alias"),
    "answer sha256": _("SHA-256 of the answer"),
    "approvals": _("approvals"),
    "approvers": _("approvers"),
    "as_of": _("as of"),
    "at": _("at the step"),
    "at__gte": _("since"),
    "at__lt": _("before"),
    "awards": _("awards"),
    "by": _("by way of"),
    "bytes": _("bytes"),
    "campaign": _("campaign"),
    "comment": _("comment"),
    "contact": _("contact"),
    "contacts": _("contacts"),
    "contacts claimed": _("contacts claimed"),
    "contacts counted": _("contacts counted"),
    "corrections": _("corrections"),
    "counted": _("counted"),
    "counts": _("counts"),
    "covers": _("covers"),
    "currency": _("currency"),
    "days": _("days"),
    "deadline": _("deadline"),
    "decision": _("decision"),
    "decisions": _("decisions"),
    "department": _("department"),
    "departments": _("departments"),
    "division": _("division"),
    "done": _("done"),
    "effective": _("effective"),
    "employee": _("employee"),
    "employees": _("employees"),
    "ended before": _("ended before"),
    "entity": _("entity"),
    "events": _("events"),
    "evidence sha256": _("SHA-256 of the evidence"),
    "export": _("export"),
    "fact": _("fact"),
    "facts": _("facts"),
    "file": _("file"),
    "first sign-in": _("first sign-in"),
    "for": _("form of prize"),
    "form": _("form"),
    "format": _("format"),
    "from": _("from"),
    "gap": _("gap"),
    "group": _("group"),
    "held back": _("held back"),
    "how": _("how it was confirmed"),
    "in": _("seen in"),
    "interactions": _("interactions"),
    "key": _("key"),
    "kind": _("kind"),
    "left_on": _("last day at work"),
    "lines": _("lines"),
    "margin": _("margin"),
    "messages": _("messages"),
    "moved": _("moved"),
    "name": _("name"),
    "net": _("net"),
    "objection": _("objection"),
    "on": _("on"),
    "outsider to outsider": _("outsider to outsider"),
    "own": _("own"),
    "page after": _("page after"),
    "parts": _("parts"),
    "path": _("path"),
    "payments": _("payments"),
    "place": _("place"),
    "place of": _("place of"),
    "promised": _("promised"),
    "provisional_at": _("provisional since"),
    "prize ranks that used it": _("prize ranks that used it"),
    "problem": _("problem"),
    "quarantined": _("quarantined"),
    "reason": _("reason"),
    "received": _("received"),
    "reference": _("reference"),
    "rehearsal": _("rehearsal"),
    "rejected": _("rejected"),
    "rule": _("rule"),
    "rules": _("rules"),
    "rules sheet": _("rules sheet"),
    "run": _("run"),
    "runs": _("runs"),
    "same person as": _("same person as"),
    "sent": _("sent"),
    "sha256": _("SHA-256"),
    "shared by": _("shared by"),
    "source": _("source"),
    "special contacts": _("special contacts"),
    "staff to staff": _("staff to staff"),
    "starts_at": _("First day"),
    "state": _("state"),
    "subject": _("subject"),
    "taken in": _("taken in"),
    "takes part": _("takes part"),
    "text sha256": _("SHA-256 of the words"),
    "ties": _("ties"),
    "to": _("to"),
    "to confirm": _("to confirm"),
    "undoes": _("undoes"),
    "version": _("version"),
    "version before": _("version before"),
    "void_reason": _("reason of voiding"),
    "whole from": _("whole from"),
    "wrong": _("what is wrong"),
    "actor": _("actor"),
    "participants": _("participants"),
    "username": _("username"),
    "first_name": _("first name"),
    "last_name": _("last name"),
    "email": _("email"),
    "is_active": _("active"),
    "groups": _("Groups"),
    "is_superuser": _("superuser"),
    "lag_minutes": _("lag in minutes"),
    "prizes": _("prizes"),
    "goals": _("goals"),
    "per_contact": _("prize for each contact"),
    "department_prizes": _("prizes of departments"),
    "divisions": _("divisions"),
    "paid on": _("paid on"),
}
KINDS = {kind.name.lower(): words for kind, words in HEADINGS.items()}  # of changes to the directory
CORRECTIONS = {
    LEFT_OUT: _("left out"),
    NOT_COUNTED: _("not counted"),
    ONE_PERSON: _("accounts of one person"),
    NO_COLLEAGUE: _("no colleague"),
    DAYS_GRANTED: _("days granted"),
}
CHOICES: dict[str, dict[Any, Any]] = {
    "state": dict(Award.State.choices) | dict(Campaign.State.choices),
    "kind": dict(ContactFact.Kind.choices) | dict(Decision.Kind.choices) | CORRECTIONS,
    "how": dict(Tick.How.choices),
    "for": dict(Award.Form.choices),
    "from": dict(Appearance.Mode.choices),
    "to": dict(Appearance.Mode.choices),
    "about": dict(Objection.About.choices),
    "by": {"password": _("password"), "company": _("company sign-in")},
    "at": {"password": _("password"), "second factor": _("second factor")},
}

PROMISED = {"place": _("place"), "goal": _("goal"), "contact": _("contact"), "department": _("department")}


def term(key: str) -> str:
    """As it was written, where it has no words."""
    if key in TERMS or key in KINDS:
        return str(TERMS.get(key) or KINDS[key])
    field = _asked(key)
    return str(field.label) if field else key


def choice(key: str, value: str) -> str | None:
    """The words of one of several that are told apart; None when it is none of them."""
    field = _asked(key)
    asked: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
    known = CHOICES.get(key) or dict(asked)
    return str(known[value]) if value in known else None


def promise(line: str) -> str:
    """Of Announcement.promised(): what a prize is for is its first word."""
    kind, _space, rest = line.partition(" ")
    return f"{PROMISED.get(kind, kind)} {rest}"


def _asked(key: str) -> forms.Field | None:
    """The question of a campaign's form about a key of its file."""
    last = key.rpartition(".")[2]
    return Questions.base_fields.get(FIELD_OF.get(key, FIELD_OF.get(last, last)))
