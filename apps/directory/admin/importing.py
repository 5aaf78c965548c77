"""A file of employees: uploaded, shown as what it would change, then confirmed. The code of `import_employees`."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
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
from bonus_tracker.admin_site.figures import Figure, figure
from bonus_tracker.admin_site.steps import Step
from bonus_tracker.admin_site.uploads import PreviewedFile, RefusedFile, forget, keep, kept, listed

PROBLEMS_LISTED = 500


class ImportForm(PreviewedFile):
    too_large = gettext_lazy("The file is larger than 10 MiB; use the command import_employees.")
    file = fields.upload(
        gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV, UTF-8: number,name,department,handle,hired_on,left_on and optionally entity,platform,groups. "
            "The names of the columns come first; then a line for each handle, such as: "
            "E1,Ann Example,Sales / East,ann@company.example,2024-03-01,"
        ),
    )
    effective = fields.day(
        gettext_lazy("In effect from"),
        help_text=gettext_lazy("First day of changed departments, entities and groups."),
    )
    platform = fields.text(gettext_lazy("Platform"), longest=40)

    def clean_platform(self) -> str:
        platform: str = self.cleaned_data["platform"]
        try:
            account_name(platform, "checks the platform alone")
        except DirectoryError as error:
            raise forms.ValidationError(str(error)) from error
        return platform


class ImportEmployees(Step):
    name, of_list = "import", True
    title = gettext_lazy("Import employees")
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
            try:
                diff = _planned(content, data, actor=_actor(request), now=now)
            except DirectoryError as error:
                return self._problems(request, error)
            return self._preview(request, diff, content, data)
        content = kept(request, data["preview"])
        diff = _import(content, data, actor=_actor(request), now=now)
        forget(request, data["preview"])
        changes = diff.summary()
        return (
            _("Changed: %s.") % changes
            if changes
            else _("Nothing changes: the directory already says all of this.")
        )

    def _problems(self, request: HttpRequest, error: DirectoryError) -> HttpResponse:
        """Every line that is wrong, with what is wrong; the file is corrected and sent again."""
        rows = [
            [figure(problem.line) if problem.line else _("whole file"), problem.text]
            for problem in error.problems[:PROBLEMS_LISTED]
        ]
        context = admin.site.each_context(request) | {
            "title": _("Nothing was imported"),
            "count": len(error.problems),
            "left_out": len(error.problems) - len(rows),
            "table": {"headers": [Figure(_("Line")), _("What is wrong")], "rows": rows},
        }
        return TemplateResponse(request, "admin/import_problems.html", context)

    def _preview(
        self, request: HttpRequest, diff: Diff, content: bytes, data: dict[str, Any]
    ) -> HttpResponse:
        context = admin.site.each_context(request) | {
            "title": _("What the file would change"),
            "sections": diff.sections(),
            "changes": diff.summary(),
            "kept": [
                ("preview", keep(request, content)),
                ("effective", data["effective"].isoformat()),
                ("platform", data["platform"]),
            ],
        }
        return TemplateResponse(request, "admin/import_preview.html", context)


def _planned(content: bytes, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
    platform, effective = data["platform"], data["effective"]
    return import_employees(
        content, platform=platform, effective=effective, actor=actor, now=now, dry_run=True
    )


def _import(content: bytes, data: dict[str, Any], *, actor: str, now: datetime) -> Diff:
    """The directory may have changed since the preview, so there may be problems now."""
    platform, effective = data["platform"], data["effective"]
    try:
        return import_employees(content, platform=platform, effective=effective, actor=actor, now=now)
    except DirectoryError as error:
        line = _("line %d")
        found = [f"{line % p.line}: {p.text}" if p.line else p.text for p in error.problems]
        raise RefusedFile(_("Nothing was imported: %s.") % listed(found)) from error


def _actor(request: HttpRequest) -> str:
    return request.user.get_username()
