"""Contacts: found by typing a handle, never listed; what HR knows of them, recorded and revoked."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from unfold.decorators import display

from apps.activity.contact_facts import FactRefused, HandOver, record_fact, revoke_fact
from apps.activity.models import Contact, ContactFact
from apps.directory.handles import normalise, pseudonym
from apps.directory.models import Employee
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.keyset import KeysetMixin
from bonus_tracker.admin_site.steps import Step

Kind = ContactFact.Kind
RECORD = "activity.add_contactfact"


class HandleForm(forms.Form):
    """A stranger's handle: hashed here, and kept nowhere."""

    platform = fields.text(gettext_lazy("Platform"), longest=40)
    handle = fields.handle(
        gettext_lazy("Handle"), help_text=gettext_lazy("It is hashed, and neither kept nor logged.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            data["contact"] = self._contact(data["platform"], data.pop("handle"))
        return data

    def _contact(self, platform: str, handle: str) -> Contact:
        try:
            known = pseudonym(platform, normalise(handle))
        except ValueError as error:
            raise forms.ValidationError({"handle": str(error)}) from error
        contact = Contact.objects.filter(pk=known.key).first()
        if contact is None or bytes(contact.digest) != known.digest:
            raise forms.ValidationError(
                _("Nobody in the company has talked with this handle on this platform.")
            )
        return contact


class FindContact(Step):
    name, of_list = "find", True
    title = gettext_lazy("Find a contact")
    button = gettext_lazy("Find")
    permission = "activity.view_contact"
    form_class = HandleForm
    only_looks = True

    def initial(self, thing: Any) -> dict[str, Any]:  # noqa: ARG002
        return {"platform": settings.DEFAULT_PLATFORM}

    def sentences(self, thing: Any, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [_("Contacts are kept as pseudonyms: type the handle, as its owner writes it, to find one.")]

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(
            reverse("admin:activity_contact_change", args=[form.cleaned_data["contact"].pk])
        )


class RecordStep(Step):
    permission = RECORD
    refusals = (FactRefused,)
    kind: Kind

    def is_open(self, thing: Contact) -> bool:
        return not ContactFact.objects.filter(contact_id=thing.pk, kind=self.kind, revoked_at=None).exists()

    def take(self, request: HttpRequest, thing: Contact, form: Any, *, now: datetime) -> str:
        data = form.cleaned_data
        record_fact(
            thing,
            self.kind,
            other=data.get("contact"),
            employee=data.get("employee"),
            handed=HandOver(data["giver"], data["taker"], data["on"]) if "taker" in data else None,
            reason=data["reason"],
            actor=request.user.get_username(),
            now=now,
        )
        return _("Recorded; it counts from the next ranking on.")


class MergeForm(HandleForm, fields.ReasonForm):
    pass


class Merge(RecordStep):
    name, kind = "merge", Kind.SAME_PERSON
    title = gettext_lazy("Same person as…")
    form_class = MergeForm

    def initial(self, thing: Contact) -> dict[str, Any]:
        return {"platform": thing.platform}

    def sentences(self, thing: Contact, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("This contact and the one with the handle below count as one person for every employee."),
            _("Their days are put together, so nobody gains two contacts from one person."),
        ]


class EmployeeForm(fields.ReasonForm):
    employee = fields.text(gettext_lazy("Employee number"))
    field_order = ("employee", "reason")

    def clean_employee(self) -> Employee:
        return employee_with(self.cleaned_data["employee"])


def employee_with(number: str) -> Employee:
    employee = Employee.objects.filter(number=number).first()
    if employee is None:
        raise forms.ValidationError(_("No employee has the number %s.") % number)
    return employee


class OwnAccount(RecordStep):
    name, kind = "own-account", Kind.EMPLOYEE
    title = gettext_lazy("An employee's own account")
    form_class = EmployeeForm

    def sentences(self, thing: Contact, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _(
                "This contact is that employee's private account, so it is a colleague while they are employed."
            )
        ]


class DoNotCount(RecordStep):
    name, kind, is_grave = "do-not-count", Kind.NOT_COUNTED, True
    title = gettext_lazy("Do not count")
    form_class = fields.ReasonForm

    def sentences(self, thing: Contact, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [_("This contact counts for nobody, in no campaign that is not sealed yet.")]


class HandOverForm(fields.ReasonForm):
    giver = fields.text(gettext_lazy("Handed over by (employee number)"))
    taker = fields.text(gettext_lazy("Handed over to (employee number)"))
    on = fields.day(gettext_lazy("On"))
    field_order = ("giver", "taker", "on", "reason")

    def clean_giver(self) -> Employee:
        return employee_with(self.cleaned_data["giver"])

    def clean_taker(self) -> Employee:
        return employee_with(self.cleaned_data["taker"])


class HandedOver(RecordStep):
    name, kind = "hand-over", Kind.HANDED_OVER
    title = gettext_lazy("Handed over by a colleague…")
    form_class = HandOverForm

    def is_open(self, thing: Contact) -> bool:  # noqa: ARG002 - to one after the other
        return True

    def sentences(self, thing: Contact, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("For whoever takes the contact over, only days from that day on count, in every campaign."),
            _("What the colleague had with this contact stays as it is."),
        ]


@admin.register(Contact)
class ContactAdmin(ReadOnlyModelAdmin):
    """Millions, and nobody's business without a handle: the list is the page that finds one."""

    fields = ("hint", "platform", "is_company", "known")
    readonly_fields = ("known",)
    steps = [FindContact(), Merge(), OwnAccount(), HandedOver(), DoNotCount()]

    def subject(self, obj: Contact) -> str:
        return f"contact {obj.pk}"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        return HttpResponseRedirect(reverse("admin:activity_contact_find"))

    @method_decorator(sensitive_post_parameters("handle"))
    def step_view(self, request: HttpRequest, step: Step, object_id: str = "") -> HttpResponse:
        return super().step_view(request, step, object_id)

    @admin.display(description=gettext_lazy("what is known"))
    def known(self, contact: Contact) -> str:
        facts = ContactFact.objects.filter(contact_id=contact.pk, revoked_at=None)
        facts = facts.select_related("employee", "from_employee")
        said = [said_of(fact) for fact in facts]
        said += [
            _("other contacts are the same person: %d") % n
            for n in [ContactFact.objects.filter(person_id=contact.pk, revoked_at=None).count()]
            if n
        ]
        return "; ".join(said) or _("nothing")


def said_of(fact: ContactFact) -> str:
    about = f": {fact.employee}" if fact.employee else ""
    if fact.from_employee:
        about = f": {fact.from_employee} → {fact.employee}, {fact.since}"
    return f"{fact.get_kind_display()}{about} ({fact.reason})"


class Revoke(Step):
    name, is_grave = "revoke", True
    title = gettext_lazy("Revoke")
    permission = "activity.change_contactfact"
    form_class = fields.ReasonForm
    refusals = (FactRefused,)

    def is_open(self, thing: ContactFact) -> bool:
        return thing.revoked_at is None

    def sentences(self, thing: ContactFact, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [_("From the next ranking on it is as if this had never been recorded; the row stays.")]

    def take(self, request: HttpRequest, thing: ContactFact, form: Any, *, now: datetime) -> str:
        revoke_fact(thing, reason=form.cleaned_data["reason"], actor=request.user.get_username(), now=now)
        return _("Revoked.")


@admin.register(ContactFact)
class ContactFactAdmin(KeysetMixin, ReadOnlyModelAdmin):
    list_display = ("id", "hint", "kind", "employee", "reason", "recorded_by", "recorded_at", "stands")
    list_select_related = ("employee",)
    list_filter = ("kind", ("revoked_at", admin.EmptyFieldListFilter))
    fields = (
        "hint",
        ("kind", "employee"),
        ("from_employee", "since"),
        "other",
        "reason",
        ("recorded_at", "recorded_by"),
        ("revoked_at", "revoked_by"),
    )
    readonly_fields = ("hint", "other")
    steps = [Revoke()]

    def subject(self, obj: ContactFact) -> str:
        return f"contact {obj.contact_id}"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        response = super().changelist_view(request, extra_context)
        if page := getattr(response, "context_data", {}).get("cl"):
            hints = dict(
                Contact.objects.filter(pk__in={fact.contact_id for fact in page.result_list}).values_list(
                    "pk", "hint"
                )
            )
            for fact in page.result_list:
                fact.contact_hint = hints.get(fact.contact_id, "?")
        return response

    @admin.display(description=gettext_lazy("contact"))
    def hint(self, fact: Any) -> str:
        known = getattr(fact, "contact_hint", None)
        return str(known) if known is not None else _hint(fact.contact_id)

    @admin.display(description=gettext_lazy("the other contact"))
    def other(self, fact: ContactFact) -> str:
        return _hint(fact.person_id) if fact.person_id is not None else "–"

    @display(description=gettext_lazy("stands"), boolean=True)
    def stands(self, fact: ContactFact) -> bool:
        return fact.revoked_at is None


def _hint(contact_id: int) -> str:
    return Contact.objects.filter(pk=contact_id).values_list("hint", flat=True).first() or "?"
