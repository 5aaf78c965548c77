"""Who works here, where, since when, and under which handles."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.directory.fields import Period, no_overlap, not_before_start


class Installation(models.Model):
    """One row: the calendar and the pseudonym key this database was made with."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    time_zone = models.CharField(max_length=64)
    key_fingerprint = models.CharField(max_length=64)
    stamped_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="installation_one_row")]

    def __str__(self) -> str:
        return self.time_zone


class LegalEntity(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        verbose_name, verbose_name_plural = _("legal entity"), _("legal entities")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A node of the tree; `path` is its names from the root, joined by " / "."""

    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    path = models.CharField(_("path"), max_length=800, unique=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("department"), _("departments")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path


class Group(models.Model):
    """A named set of employees for campaigns, such as "sales force"."""

    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        verbose_name, verbose_name_plural = _("group"), _("groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Employee(models.Model):
    number = models.CharField(_("number"), max_length=200, unique=True, db_collation="C")
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name, verbose_name_plural = _("employee"), _("employees")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class User(AbstractUser):
    """A sign-in; an employee's when `employee` is set."""

    employee = models.OneToOneField(
        Employee, models.PROTECT, null=True, blank=True, related_name="user", verbose_name=_("employee")
    )


class Employment(Period):
    """Hired on `starts_on`; `ends_on` is the last day as an employee."""

    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="employments", verbose_name=_("employee")
    )

    class Meta(Period.Meta):
        verbose_name, verbose_name_plural = _("employment"), _("employments")
        constraints = [
            not_before_start("employment_in_order"),
            no_overlap("employment_no_overlap", "employee"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.starts_on}..{self.ends_on or ''}"


class DepartmentMembership(Period):
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="department_memberships", verbose_name=_("employee")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="memberships", verbose_name=_("department")
    )

    class Meta(Period.Meta):
        verbose_name, verbose_name_plural = _("department membership"), _("department memberships")
        constraints = [
            not_before_start("department_membership_in_order"),
            no_overlap("department_membership_no_overlap", "employee"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} in {self.department_id} {self.starts_on}..{self.ends_on or ''}"


class EntityMembership(Period):
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="entity_memberships", verbose_name=_("employee")
    )
    entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="memberships", verbose_name=_("legal entity")
    )

    class Meta(Period.Meta):
        verbose_name, verbose_name_plural = _("entity membership"), _("entity memberships")
        constraints = [
            not_before_start("entity_membership_in_order"),
            no_overlap("entity_membership_no_overlap", "employee"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} in {self.entity_id} {self.starts_on}..{self.ends_on or ''}"


class GroupMembership(Period):
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="group_memberships", verbose_name=_("employee")
    )
    group = models.ForeignKey(Group, models.PROTECT, related_name="memberships", verbose_name=_("group"))

    class Meta(Period.Meta):
        verbose_name, verbose_name_plural = _("group membership"), _("group memberships")
        constraints = [not_before_start("group_membership_in_order")]

    def __str__(self) -> str:
        return f"{self.employee_id} in {self.group_id} {self.starts_on}..{self.ends_on or ''}"


class Account(models.Model):
    """A handle on a platform that is, was or will be somebody's of the staff.

    id: the handle's account key (apps.directory.handles.account_key), the same number under which
    an outsider with this handle would be a contact.
    """

    id = models.BigIntegerField(primary_key=True)
    platform = models.CharField(_("platform"), max_length=40)
    handle = models.CharField(_("handle"), max_length=320, db_collation="C")
    is_company = models.BooleanField(_("at a company domain"), default=False)

    class Meta:
        verbose_name, verbose_name_plural = _("account"), _("accounts")
        constraints = [models.UniqueConstraint(fields=["platform", "handle"], name="account_handle_once")]

    def __str__(self) -> str:
        return f"{self.platform}:{self.handle}"


class AccountOwner(Period):
    """Whose account it was, on which days; one owner a day."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="owners", verbose_name=_("account"))
    employee = models.ForeignKey(
        Employee, models.PROTECT, related_name="accounts", verbose_name=_("employee")
    )

    class Meta(Period.Meta):
        verbose_name, verbose_name_plural = _("account owner"), _("account owners")
        constraints = [
            not_before_start("account_owner_in_order"),
            no_overlap("account_owner_no_overlap", "account", "int8range"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} of {self.employee_id} {self.starts_on}..{self.ends_on or ''}"


class CompanyDomain(models.Model):
    """Every handle at this domain, or below it, is staff's."""

    domain = models.CharField(_("domain"), max_length=253, unique=True)

    class Meta:
        verbose_name, verbose_name_plural = _("company domain"), _("company domains")
        ordering = ["domain"]

    def __str__(self) -> str:
        return self.domain
