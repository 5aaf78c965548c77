"""The company's own domains: a handle at or below one is staff's."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.audit.services import record
from apps.directory.corrections import Touched, apply_correction
from apps.directory.models import Account, CompanyDomain
from apps.directory.records import DirectoryError

LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
LONGEST_DOMAIN = 253  # characters


def add_company_domain(domain: str, actor: str, now: datetime) -> bool:
    """From now on handles at or below `domain` are staff's. False when they were before."""
    name = domain_name(domain)

    def change() -> Touched | None:
        if not CompanyDomain.objects.get_or_create(domain=name)[1]:
            return None
        accounts = _at_or_below([name])
        accounts.update(is_company=True)
        record("company domain added", actor=actor, subject=f"domain {name}"[:200], at=now)
        return _touched(accounts)

    return apply_correction(change) is not None


def remove_company_domain(domain: str, actor: str, now: datetime) -> None:
    """Handles at or below `domain` are no longer staff's by that alone. Raises DirectoryError if it was none."""
    name = domain_name(domain)

    def change() -> Touched:
        if not CompanyDomain.objects.filter(domain=name).delete()[0]:
            raise DirectoryError(_("%(domain)s is not one of the company's domains") % {"domain": name})
        accounts = _at_or_below([name])
        accounts.update(is_company=False)
        _at_or_below(CompanyDomain.objects.values_list("domain", flat=True)).update(is_company=True)
        record("company domain removed", actor=actor, subject=f"domain {name}"[:200], at=now)
        return _touched(accounts)

    apply_correction(change)


def _touched(accounts: QuerySet[Account]) -> Touched:
    keys = frozenset(accounts.values_list("pk", flat=True))
    return Touched(account_keys=keys, domains_changed=True)


def domain_name(text: str) -> str:
    """The one spelling: lower case, international names in their ASCII form. Raises DirectoryError."""
    spelled = unicodedata.normalize("NFKC", text.strip()).lower().removesuffix(".")
    try:
        name = spelled.encode("idna").decode()
    except UnicodeError:
        name = ""
    labels = name.split(".")
    # A single label would take in a whole top-level domain; a last one of digits is an address.
    valid = len(labels) >= 2 and all(map(LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    if not valid or len(name) > LONGEST_DOMAIN:
        raise DirectoryError(
            _("“%(text)s” is not a domain name such as company.example") % {"text": text[:60]}
        )
    return name


def _at_or_below(domains: Iterable[str]) -> QuerySet[Account]:
    condition = Q(pk__in=[])
    for domain in domains:
        condition |= Q(handle__endswith=f"@{domain}") | Q(handle__endswith=f".{domain}")
    return Account.objects.filter(condition, handle__contains="@")
