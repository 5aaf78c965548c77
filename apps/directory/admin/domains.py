"""The company's domains, added and removed through the service, which looks at every account again."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.directory.domains import add_company_domain, remove_company_domain
from apps.directory.models import CompanyDomain
from apps.directory.records import DirectoryError
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.base import ReadOnlyModelAdmin
from bonus_tracker.admin_site.steps import Step


class DomainForm(forms.Form):
    domain = fields.text(
        gettext_lazy("Domain"), longest=253, help_text=gettext_lazy("Such as company.example.")
    )


class AddDomain(Step):
    name, of_list = "add-domain", True
    title = gettext_lazy("Add a domain")
    permission = "directory.add_companydomain"
    form_class = DomainForm
    refusals = (DirectoryError,)

    def sentences(self, thing: Any, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _(
                "Every handle at this domain, or below it, is staff's from now on and never an active contact."
            ),
            _("Messages of such handles that nobody in the directory has are held for you to decide."),
        ]

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> str:  # noqa: ARG002
        domain = form.cleaned_data["domain"]
        if add_company_domain(domain, request.user.get_username(), now):
            return _("%s was added.") % domain
        return _("%s was there already.") % domain


class RemoveDomain(Step):
    name, is_grave = "remove", True
    title = gettext_lazy("Remove the domain")
    permission = "directory.delete_companydomain"
    refusals = (DirectoryError,)

    def sentences(self, thing: CompanyDomain, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("Handles at %s that nobody in the directory has become people outside the company.") % thing
        ]

    def take(self, request: HttpRequest, thing: CompanyDomain, form: Any, *, now: datetime) -> Any:  # noqa: ARG002
        remove_company_domain(thing.domain, request.user.get_username(), now)
        thing.was_removed = True  # type: ignore[attr-defined]
        return _("%s was removed.") % thing


@admin.register(CompanyDomain)
class CompanyDomainAdmin(ReadOnlyModelAdmin):
    list_display = ("domain",)
    steps = [AddDomain(), RemoveDomain()]

    def subject(self, obj: CompanyDomain) -> str:
        return f"domain {obj}"[:200]

    def _way_back(self, thing: Any) -> str:
        return super()._way_back(None if getattr(thing, "was_removed", False) else thing)
