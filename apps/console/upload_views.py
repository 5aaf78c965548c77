"""Files of messages from the browser: uploaded, checked, confirmed, taken in; each step is a job to be watched."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from apps.activity.models import Source
from apps.console import cells
from apps.console.doors import official
from apps.console.guide.questions import moment
from apps.console.inbox.viewer import Viewer
from apps.console.lists import Listing, list_page
from apps.console.message_views import MAY_UPLOAD, tabs, upload_ways
from apps.console.upload_words import forecast_in_words, latest_import, progress_in_words, standing
from apps.console.watching import part
from apps.jobs.models import Job
from apps.jobs.services import AskedAlready
from apps.sources import uploads
from apps.sources.claims import ClaimRefused, Span, check_span
from apps.sources.files import UnusableFile
from apps.sources.importing import LONGEST_NAME
from bonus_tracker import clock
from bonus_tracker.admin_site import fields
from bonus_tracker.formats import instant

MIB = 1 << 20


class UploadForm(forms.Form):
    file = fields.upload(gettext_lazy("File"))
    source = fields.text(
        gettext_lazy("Source"),
        longest=LONGEST_NAME,
        help_text=gettext_lazy("Where the file comes from. A new name makes a new source."),
    )
    platform = fields.text(
        gettext_lazy("Platform"),
        required=False,
        longest=40,
        help_text=gettext_lazy(
            "Optional. Only for a new source whose handles belong to another messenger than the usual one."
        ),
    )
    covers_from = moment(gettext_lazy("Covers all messages from"), required=False)
    covers_to = moment(
        gettext_lazy("Covers all messages until"),
        required=False,
        help_text=gettext_lazy(
            "Optional. The time for which the file has every message, so that a day without any is no gap."
        ),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.covers: Span | None = None
        self.fields["source"].widget.attrs["list"] = "sources"
        self.fields["file"].help_text = _(
            "CSV or JSON Lines, plain or packed with gzip, of at most %(most)d MiB. Its columns are message_id, "
            "sent_at, from and to, and room_size if there is one; never what was written."
        ) % {"most": settings.UPLOAD_MIB}

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MIB * MIB:
            raise forms.ValidationError(
                _("The file is larger than %d MiB; pack it with gzip, split it, or use import_interactions.")
                % settings.UPLOAD_MIB
            )
        return file

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        start, end = data.get("covers_from"), data.get("covers_to")
        if self.errors or not (start or end):
            return data
        if not (start and end):
            raise forms.ValidationError(_("Say both from when and until when the file speaks, or neither."))
        try:
            check_span(start, end, now=self.now, said=_("The time that the file covers"))
        except ClaimRefused as error:
            self.add_error("covers_to", str(error))
        self.covers = (start, end)
        return data


class UploadList(Listing):
    title = gettext_lazy("Uploaded files")
    headers = (
        gettext_lazy("File"),
        gettext_lazy("State"),
        gettext_lazy("Source"),
        gettext_lazy("Uploaded at"),
        gettext_lazy("Uploaded by"),
    )
    campaign = ""
    filters = {"all": gettext_lazy("All"), "open": gettext_lazy("Open"), "mine": gettext_lazy("Mine")}
    nothing = {
        "all": gettext_lazy("No file was uploaded in the last 90 days."),
        "open": gettext_lazy("No uploaded file waits."),
        "mine": gettext_lazy("You have uploaded nothing in the last 90 days."),
    }

    def all(self) -> QuerySet[Job]:
        return Job.objects.filter(kind=uploads.CHECK).select_related("file").prefetch_related("followers")

    def narrowed(self, things: QuerySet[Job], show: str, viewer: Viewer) -> QuerySet[Job]:
        return things.exclude(file=None) if show == "open" else things.filter(asked_by=viewer.username)

    def rows(self, things: Sequence[Job], viewer: Viewer) -> list[list[Any]]:  # noqa: ARG002
        return [
            [
                cells.link(reverse("console:upload", args=[job.pk]), job.asked["file_name"]),
                cells.state(*standing(job)),
                job.asked["source"],
                instant(job.asked_at),
                job.asked_by,
            ]
            for job in things
        ]


@require_GET
@official("activity.view_delivery")
def upload_list(request: HttpRequest) -> HttpResponse:
    return list_page(request, UploadList(), tabs=tabs(request), ways=upload_ways(request))


@require_http_methods(["GET", "POST"])
@official(MAY_UPLOAD)
def upload_new(request: HttpRequest) -> HttpResponse:
    now, posted = clock.now(), request.method == "POST"
    data, files = (request.POST, request.FILES) if posted else (None, None)
    form = UploadForm(data, files, now=now, initial={"source": request.GET.get("source", "")})
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = uploads.upload(
                file.chunks(),
                name=file.name,
                source=form.cleaned_data["source"],
                platform=form.cleaned_data["platform"] or None,
                covers=form.covers,
                actor=request.user.get_username(),
                now=now,
            )
        except UnusableFile as error:
            form.add_error("source", str(error))
        else:
            return redirect("console:upload", key=job.pk)
    sources = Source.objects.filter(kind="file").values_list("name", flat=True)
    return render(
        request,
        "console/uploads/new.html",
        {"form": form, "sources": sources, "tabs": tabs(request), "title": _("Upload a file of messages")},
    )


@require_http_methods(["GET", "POST"])
@official("activity.view_delivery")
def upload(request: HttpRequest, key: int) -> HttpResponse:
    job = get_object_or_404(UploadList().all(), pk=key)
    if request.method == "POST":
        return _act(request, job)
    taking = latest_import(job)
    at_work = next((each for each in (taking, job) if each and each.is_open), None)
    context: dict[str, Any] = {"at_work": at_work, "progress": at_work and progress_in_words(at_work)}
    if watched := part(request, "console/_job.html", context, is_open=at_work is not None):
        return watched
    context |= {
        "title": job.asked["file_name"],
        "job": job,
        "taking": taking,
        "standing": standing(job),
        "covers": uploads.covers_in_words(job),
        "may": request.user.has_perm(MAY_UPLOAD),
        "tabs": tabs(request),
    }
    if any(each and each.state == Job.State.FAILED for each in (taking, job)):
        context["left"] = uploads.left_by_import(job)
    if job.state == Job.State.DONE:
        context |= forecast_in_words(job, is_taken=taking is not None and taking.state == Job.State.DONE)
        if job.file is not None and not at_work:
            context["known"] = uploads.known_delivery(job)
            context["is_new_source"] = not Source.objects.filter(name=job.asked["source"]).exists()
    return render(request, "console/uploads/page.html", context)


def _act(request: HttpRequest, job: Job) -> HttpResponse:
    if not request.user.has_perm(MAY_UPLOAD):
        raise PermissionDenied
    act = ACTS.get(request.POST.get("act", ""))
    if act is not None:
        try:
            return act(request, job, clock.now())
        except uploads.UploadRefused as error:
            messages.error(request, str(error))
        except AskedAlready:
            messages.info(request, _("It is being read already."))
    return redirect("console:upload", key=job.pk)


def _take(request: HttpRequest, job: Job, now: datetime) -> HttpResponse:
    uploads.confirm(job, actor=request.user.get_username(), now=now)
    return redirect("console:upload", key=job.pk)


def _discard(request: HttpRequest, job: Job, now: datetime) -> HttpResponse:
    uploads.discard(job, actor=request.user.get_username(), now=now)
    left = uploads.left_by_import(job)
    said = (
        _("The file was thrown away; what was taken in of it stays in delivery %d until HR withdraws it.")
        % left.pk
        if left
        else _("The file was thrown away; nothing of it was taken in.")
    )
    messages.success(request, said)
    return redirect("console:uploads")


def _again(request: HttpRequest, job: Job, now: datetime) -> HttpResponse:
    return redirect(
        "console:upload", key=uploads.check_again(job, actor=request.user.get_username(), now=now).pk
    )


ACTS: dict[str, Callable[[HttpRequest, Job, datetime], HttpResponse]] = {
    "take": _take,
    "discard": _discard,
    "again": _again,
}
