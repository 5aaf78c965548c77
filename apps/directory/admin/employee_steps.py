"""What can be corrected about employees, each through its service."""

from abc import abstractmethod
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.directory import services
from apps.directory.diff import Diff, as_on_pages
from apps.directory.models import AccountOwner, Employee, GroupMembership
from apps.directory.records import DirectoryError
from bonus_tracker import clock
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.steps import Step

DERIVED_AGAIN = gettext_lazy(
    "What was counted from these days is derived again at once; the next ranking shows it."
)
MAY_TAKE_PART = gettext_lazy("Campaigns for a group count who belongs to it on the last day they count.")
PLATFORM_HELP = gettext_lazy("The messenger's short name, as in the files.")


class EmployeeStep(Step):
    permission = "directory.change_employee"
    refusals = (DirectoryError,)
    says: Any = ""
    follows: Any = DERIVED_AGAIN

    def sentences(self, thing: Any, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [self.says, self.follows]


class Correction(EmployeeStep):
    """Of somebody who is there; answers with what changed."""

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> str:
        diff = self.correct(thing, form.cleaned_data, actor=request.user.get_username(), now=now)
        return "\n".join(diff.report(as_on_pages)) or _("Nothing changes: the directory already says this.")

    @abstractmethod
    def correct(self, employee: Employee, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
        """Call the service with what was filled in."""


class EmploymentForm(forms.Form):
    hired_on = fields.day(gettext_lazy("First day"))
    left_on = fields.day(
        gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: still employed.")
    )
    department = fields.text(
        gettext_lazy("Department"), required=False, longest=800, help_text=gettext_lazy("Such as Sales/East.")
    )
    entity = fields.text(gettext_lazy("Legal entity"), required=False)


class HireForm(EmploymentForm):
    number = fields.text(gettext_lazy("Number"))
    name = fields.text(gettext_lazy("Name"))
    handle = fields.text(gettext_lazy("Handle"), required=False, longest=320)
    platform = fields.text(gettext_lazy("Platform"), longest=40, help_text=PLATFORM_HELP)
    field_order = ("number", "name", "hired_on", "left_on", "department", "entity", "platform", "handle")


class Hire(EmployeeStep):
    name, of_list = "hire", True
    title = gettext_lazy("New employee")
    permission = "directory.add_employee"
    form_class = HireForm
    says = gettext_lazy("The employee is there from the first day on, with the account given.")

    def initial(self, thing: Any) -> dict[str, Any]:  # noqa: ARG002
        return {"platform": settings.DEFAULT_PLATFORM, "hired_on": clock.today()}

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> str:  # noqa: ARG002
        data = dict(form.cleaned_data)
        platform, handle = data.pop("platform"), data.pop("handle")
        accounts = [(platform, handle)] if handle else []
        number, name = data.pop("number"), data.pop("name")
        employee = services.hire(
            number, name, **data, accounts=accounts, actor=request.user.get_username(), now=now
        )
        return _("%s was added.") % employee


class Rehire(Correction):
    name = "rehire"
    title = gettext_lazy("Further employment")
    form_class = EmploymentForm
    says = gettext_lazy("A further period of employment; it may not overlap an earlier one.")

    def correct(self, employee: Employee, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
        return services.rehire(employee, **data, actor=actor, now=now)


class RenameForm(forms.Form):
    name = fields.text(gettext_lazy("Name"))


class Rename(Correction):
    name = "rename"
    title = gettext_lazy("Rename")
    form_class = RenameForm
    says = gettext_lazy("The new name is shown everywhere, on past boards too.")

    def initial(self, thing: Employee) -> dict[str, Any]:
        return {"name": thing.name}

    def correct(self, employee: Employee, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
        return services.rename(employee, **data, actor=actor, now=now)


class MoveForm(forms.Form):
    from_date = fields.day(gettext_lazy("From"))
    department = EmploymentForm.base_fields["department"]
    entity = EmploymentForm.base_fields["entity"]


class Move(Correction):
    name = "move"
    title = gettext_lazy("Change department")
    form_class = MoveForm
    says = gettext_lazy(
        "From that day on the employee is in another department, entity or both; empty stays as it is."
    )

    def correct(self, employee: Employee, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
        return services.move(employee, **data, actor=actor, now=now)


class LeaveForm(forms.Form):
    left_on = fields.day(
        gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: the employee stays after all."),
    )


class Leave(Correction):
    name, is_grave = "leave", True
    title = gettext_lazy("End employment")
    form_class = LeaveForm
    says = gettext_lazy(
        "The latest employment ends with that day, and with it the accounts; days after it do not count."
    )

    def correct(self, employee: Employee, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
        return services.leave(employee, **data, actor=actor, now=now)


class GiveAccountForm(forms.Form):
    platform = fields.text(gettext_lazy("Platform"), longest=40, help_text=PLATFORM_HELP)
    handle = fields.text(gettext_lazy("Handle"), longest=320)
    starts_on = fields.day(gettext_lazy("From"))
    ends_on = fields.day(
        gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until they leave.")
    )


class GiveAccount(Correction):
    name = "give-account"
    title = gettext_lazy("Give an account")
    form_class = GiveAccountForm
    says = gettext_lazy(
        "Messages of this account on these days are this employee's; a contact with this handle becomes a colleague."
    )

    def initial(self, thing: Any) -> dict[str, Any]:  # noqa: ARG002
        return {"platform": settings.DEFAULT_PLATFORM}

    def correct(self, employee: Employee, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
        return services.give_account(employee, **data, actor=actor, now=now)


class EndAccountForm(forms.Form):
    account = fields.text(
        gettext_lazy("Account"), longest=400, help_text=gettext_lazy("As listed: platform:handle.")
    )
    ends_on = fields.day(
        gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: it never was this employee's."),
    )

    def clean_account(self) -> str:
        account: str = self.cleaned_data["account"]
        if ":" not in account:
            raise forms.ValidationError(_("Write platform:handle, as in the list of accounts."))
        return account


class EndAccount(Correction):
    name, is_grave = "end-account", True
    title = gettext_lazy("End an account")
    form_class = EndAccountForm
    says = gettext_lazy("The account is this employee's up to that day only; later messages are not theirs.")

    def is_open(self, thing: Employee) -> bool:
        return AccountOwner.objects.filter(employee=thing).exists()

    def correct(self, employee: Employee, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
        platform, _colon, handle = data["account"].partition(":")
        return services.end_account(
            employee, platform=platform, handle=handle, ends_on=data["ends_on"], actor=actor, now=now
        )


class JoinGroupForm(forms.Form):
    group = fields.text(gettext_lazy("Group"))
    from_date = fields.day(gettext_lazy("From"))


class JoinGroup(Correction):
    name = "join-group"
    title = gettext_lazy("Join a group")
    form_class = JoinGroupForm
    says = gettext_lazy("From that day on the employee belongs to the group, until they leave the company.")
    follows = MAY_TAKE_PART

    def correct(self, employee: Employee, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
        return services.join_group(employee, **data, actor=actor, now=now)


class LeaveGroupForm(forms.Form):
    group = fields.text(gettext_lazy("Group"))
    last_on = fields.day(
        gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: they never belonged to it.")
    )


class LeaveGroup(Correction):
    name, is_grave = "leave-group", True
    title = gettext_lazy("Leave a group")
    form_class = LeaveGroupForm
    says = gettext_lazy("The employee belongs to the group up to that day only.")
    follows = MAY_TAKE_PART

    def is_open(self, thing: Employee) -> bool:
        return GroupMembership.objects.filter(employee=thing).exists()

    def correct(self, employee: Employee, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
        return services.leave_group(employee, **data, actor=actor, now=now)


STEPS: list[Step] = [
    Hire(),
    Rename(),
    Move(),
    Leave(),
    Rehire(),
    GiveAccount(),
    EndAccount(),
    JoinGroup(),
    LeaveGroup(),
]
