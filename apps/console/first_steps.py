"""What a fresh installation still needs before its first contest, read from the database each time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.activity.held_groups import Reason, held_by_reason
from apps.activity.models import Delivery, Tie
from apps.campaigns.models import Campaign
from apps.directory.models import CompanyDomain, Employee, User
from apps.directory.roles import ADMINISTRATOR, AUDITOR, HR, roles_that_may
from bonus_tracker.formats import number

Reader = User | AnonymousUser


@dataclass(frozen=True)
class Way:
    """Where it is done. address: empty for who may not; then `whom_to_ask` says who may."""

    words: str
    address: str
    whom_to_ask: str = ""


@dataclass(frozen=True)
class FirstStep:
    """name: of the part of the page. found: what is there; missing: what is not. commands: to copy."""

    name: str
    title: str
    found: list[str]
    missing: list[str]
    ways: list[Way]
    commands: list[str] = field(default_factory=list)
    about_commands: str = ""

    @property
    def is_done(self) -> bool:
        return not self.missing


def first_steps(user: Reader) -> list[FirstStep]:
    """The four steps in their order, with the ways that are open to this user."""
    return [make(user) for make in STEPS]


def are_left() -> bool:
    """In one query: whether any of them is."""
    announced = Campaign.objects.announced().filter(is_rehearsal=False)
    there = (
        Exists(Employee.objects.all()),
        Exists(CompanyDomain.objects.all()),
        Exists(_applied()),
        Exists(Tie.objects.all()),
        Exists(announced),
    )
    names = [f"has_{n}" for n in range(len(there))]
    one_row = Employee.objects.order_by("pk").annotate(**dict(zip(names, there, strict=True)))[:1]
    return not any(all(row) for row in one_row.values_list(*names))


def _directory(user: Reader) -> FirstStep:
    employees, domains = Employee.objects.count(), CompanyDomain.objects.count()
    found, missing = [], []
    if employees:
        found.append(
            ngettext("%s employee is in the directory.", "%s employees are in the directory.", employees)
            % employees
        )
    else:
        missing.append(
            _("Nobody is in the directory yet. Import a CSV file: one line for each handle of each employee.")
        )
    if domains:
        names = ", ".join(CompanyDomain.objects.values_list("domain", flat=True)[:3])
        found.append(_("Handles at %s are staff's.") % (names if domains <= 3 else f"{names}, …"))
    else:
        missing.append(
            _(
                "No company domain is named yet; without one, a colleague missing from the file counts as an outsider."
            )
        )
    ways = [
        _way(user, _("Import employees"), "admin:directory_employee_import", "directory.change_employee"),
        _way(
            user,
            _("Name a company domain"),
            "admin:directory_companydomain_add_domain",
            "directory.add_companydomain",
        ),
    ]
    return FirstStep(
        "directory",
        _("Who works here"),
        found,
        missing,
        ways[::-1] if employees and not domains else ways,  # first what is missing
        [
            "python manage.py import_employees employees.csv --dry-run",
            "python manage.py company_domains --add company.example",
        ],
        _(
            "The same from the command line; the file's columns are number, name, department, handle, hired_on and "
            "left_on, with commas between."
        ),
    )


def _source(user: Reader) -> FirstStep:
    last = _applied().select_related("source").order_by("-pk").first()
    found, missing = [], []
    if last is None:
        missing.append(
            _("Nothing was delivered yet. Let the messenger write a file of who wrote to whom and when.")
        )
    else:
        read = ngettext(
            "%(source)s delivered last: %(lines)s line was read.",
            "%(source)s delivered last: %(lines)s lines were read.",
            last.lines_read,
        )
        found.append(read % {"source": last.source, "lines": last.lines_read})
    return FirstStep(
        "source",
        _("Where messages come from"),
        found,
        missing,
        [
            _way(user, _("Upload a file"), "console:upload-new", "activity.change_source"),
            _way(user, _("Deliveries"), "console:deliveries", "activity.view_delivery"),
        ],
        ["python manage.py import_interactions messages.csv --source messenger"],
        _(
            "Its columns are message_id, sent_at, from and to, with commas between. What was written is neither asked "
            "for nor taken."
        ),
    )


def _test_event(user: Reader) -> FirstStep:
    found, missing = [], []
    if Tie.objects.exists():
        found.append(_("Messages between staff and people outside arrive and are counted."))
    elif _applied().exists():
        missing.append(
            _(
                "Messages arrived, and none counts: among staff, among outsiders, in larger rooms, or held back."
            )
        )
    else:
        missing.append(
            _(
                "Take in a real export, or make the small file below, under “From the command line”, with the handle "
                "of one of your employees."
            )
        )
    found += _held()
    domain = CompanyDomain.objects.values_list("domain", flat=True).first() or "company.example"
    return FirstStep(
        "test",
        _("One message that counts"),
        found,
        missing,
        [
            _way(user, _("Find a contact"), "admin:activity_contact_find", "activity.view_contact"),
            _way(user, _("Held back"), "console:held", "activity.view_quarantinedevent"),
        ],
        [
            "printf 'message_id,sent_at,from,to\\n1,%s,ann@"
            + domain
            + ',ben@elsewhere.example\\n\' "$(date -u +%FT%TZ)" > test.csv',
            "python manage.py import_interactions test.csv --source test",
            "python manage.py withdraw DELIVERY --reason 'only a test'",
        ],
        _(
            "Put in a real handle, take the file in, find the contact, and withdraw the delivery by its number."
        ),
    )


def _held() -> list[str]:
    """What is held back, by reason."""
    return [
        _("Held back: %(count)s × %(reason)s.") % {"count": number(count), "reason": Reason(reason).label}
        for reason, count in held_by_reason().items()
    ]


def _campaign(user: Reader) -> FirstStep:
    real = Campaign.objects.filter(is_rehearsal=False)
    announced = real.announced().count()
    drafts = real.filter(state=Campaign.State.DRAFT).count()
    found, missing = [], []
    if announced:
        found.append(
            ngettext("%s campaign was announced.", "%s campaigns were announced.", announced) % announced
        )
    elif drafts:
        found.append(
            ngettext(
                "%s draft is there; employees do not see it.",
                "%s drafts are there; employees do not see them.",
                drafts,
            )
            % drafts
        )
        missing.append(
            _("Announce it: open the draft, look at what everybody will read, and choose “Schedule”.")
        )
    else:
        missing.append(
            _(
                "No campaign yet. Make a draft with a preset, dates and a prize; only HR sees it until you announce it."
            )
        )
    return FirstStep(
        "campaign",
        _("The first contest"),
        found,
        missing,
        [
            _way(user, _("Make a draft"), "console:campaign-new", "campaigns.add_campaign"),
            _way(user, _("Campaigns"), "console:overview", "campaigns.view_campaign"),
        ],
    )


STEPS: list[Callable[[Reader], FirstStep]] = [_directory, _source, _test_event, _campaign]


def _applied() -> Any:
    return Delivery.objects.filter(state=Delivery.State.APPLIED)


def _way(user: Reader, words: str, page: str, permission: str) -> Way:
    if user.has_perm(permission):
        return Way(words, reverse(page))
    who = {HR: _("HR"), AUDITOR: _("an auditor"), ADMINISTRATOR: _("an administrator")}
    return Way(words, "", _(" or ").join(who[role] for role in roles_that_may(permission)))
