"""A file of employees: uploaded, shown as what it would change, then confirmed. The code of `import_employees`."""

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.directory.diff import Diff
from apps.directory.importing import import_employees
from apps.directory.parsing import account_name
from apps.directory.records import DirectoryError
from bonus_tracker import clock
from bonus_tracker.admin_site import fields
from bonus_tracker.admin_site.steps import Step

LARGEST_FILE = 10 * 1024 * 1024  # bytes: about 100,000 lines
WAITS = 1800  # seconds between preview and confirmation
PROBLEMS_SHOWN = 20


class ImportForm(forms.Form):
    file = fields.upload(
        gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV, UTF-8: number,name,department,handle,hired_on,left_on and optionally entity,platform,groups."
        ),
    )
    effective = fields.day(
        gettext_lazy("In effect from"),
        help_text=gettext_lazy("First day of changed departments, entities and groups."),
    )
    platform = fields.text(gettext_lazy("Platform"), longest=40)
    preview = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("preview"):
            self.fields["file"].required = False

    def clean_file(self) -> Any:
        file = self.cleaned_data.get("file")
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("The file is larger than 10 MiB; use the command import_employees.")
            )
        return file

    def clean_platform(self) -> str:
        platform: str = self.cleaned_data["platform"]
        try:
            account_name(platform, "checks the platform alone")
        except DirectoryError as error:
            raise forms.ValidationError(str(error)) from error
        return platform


class RefusedFile(Exception):
    """One sentence a line."""


class ImportEmployees(Step):
    name, of_list = "import", True
    title = gettext_lazy("Import a file")
    button = gettext_lazy("Show what would change")
    permission = "directory.add_employee"
    form_class = ImportForm
    refusals = (RefusedFile,)

    def initial(self, thing: Any) -> dict[str, Any]:  # noqa: ARG002
        return {"effective": clock.today(), "platform": settings.DEFAULT_PLATFORM}

    def sentences(self, thing: Any, *, now: datetime) -> list[Any]:  # noqa: ARG002
        return [
            _("First you see what the file would change; nothing is changed before you confirm that."),
            _("People, employments and accounts that the file leaves out stay as they are."),
        ]

    def take(self, request: HttpRequest, thing: Any, form: Any, *, now: datetime) -> str | HttpResponse:  # noqa: ARG002
        data = form.cleaned_data
        if not data["preview"]:
            content = data["file"].read()
            diff = _import(content, data, actor=_actor(request), now=now, dry_run=True)
            return self._preview(request, diff, content, data)
        content = cache.get(_place(request, data["preview"]))
        if content is None:
            raise RefusedFile(_("The preview is no longer there; upload the file again."))
        diff = _import(content, data, actor=_actor(request), now=now, dry_run=False)
        cache.delete(_place(request, data["preview"]))
        changes = diff.summary()
        return (
            _("Changed: %s.") % changes
            if changes
            else _("Nothing changes: the directory already says all of this.")
        )

    def _preview(
        self, request: HttpRequest, diff: Diff, content: bytes, data: dict[str, Any]
    ) -> HttpResponse:
        token = secrets.token_urlsafe(32)
        cache.set(_place(request, token), content, WAITS)
        context = admin.site.each_context(request) | {
            "title": _("What the file would change"),
            "lines": list(diff.report()),
            "changes": diff.summary(),
            "kept": [
                ("preview", token),
                ("effective", data["effective"].isoformat()),
                ("platform", data["platform"]),
            ],
        }
        return TemplateResponse(request, "admin/import_preview.html", context)


def _import(content: bytes, data: dict[str, Any], *, actor: str, now: datetime, dry_run: bool) -> Diff:
    try:
        return import_employees(
            content,
            platform=data["platform"],
            effective=data["effective"],
            actor=actor,
            now=now,
            dry_run=dry_run,
        )
    except DirectoryError as error:
        line = _("line %d")
        found = [f"{line % p.line}: {p.text}" if p.line else p.text for p in error.problems]
        more = [_("and %d more") % (len(found) - PROBLEMS_SHOWN)] if len(found) > PROBLEMS_SHOWN else []
        listed = "; ".join([*found[:PROBLEMS_SHOWN], *more])
        raise RefusedFile(_("Nothing was imported: %s.") % listed.rstrip(".")) from error


def _actor(request: HttpRequest) -> str:
    return request.user.get_username()


def _place(request: HttpRequest, token: str) -> str:
    """One's own preview only."""
    return f"import:{request.user.pk}:{token}"
