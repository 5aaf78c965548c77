"""A campaign's evidence: made, checked and taken away in the browser; a worker does it, and has the key."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.audit.models import Entry
from apps.awards.evidence import making
from apps.awards.evidence.exporting import EvidenceRefused
from apps.awards.evidence.words import said_in_words, wrong_in_words
from apps.campaigns.models import Campaign
from apps.console.doors import official
from apps.console.watching import part
from apps.jobs.files import FileGone, content_of
from apps.jobs.models import Job
from apps.jobs.services import AskedAlready
from bonus_tracker import clock
from bonus_tracker.formats import number, plain_money

PERMISSION = "ranking.view_result"  # who sees all of a result may have what it was computed from
State = Job.State
AMOUNT = re.compile(r"\b(\d+\.\d\d) ([A-Z]{3})\b")
HASH = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")


@require_http_methods(["GET", "POST"])
@official(PERMISSION)
def evidence(request: HttpRequest, slug: str) -> HttpResponseBase:
    campaign = get_object_or_404(Campaign, slug=slug)
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        return act(request, campaign, clock.now()) if act else redirect("console:evidence", slug=slug)
    made, verified = making.latest(campaign, making.MAKE), making.latest(campaign, making.VERIFY)
    at_work = next((job for job in (made, verified) if job and job.is_open), None)
    context: dict[str, Any] = {
        "campaign": campaign,
        "at_work": at_work,
        "progress": at_work and _progress_in_words(at_work),
    }
    if watched := part(request, "console/_job.html", context, is_open=at_work is not None):
        return watched
    kept = making.kept_bundle(campaign)
    if verified and not (kept and verified.after_id == kept.pk):
        verified = None  # it was about another bundle
    wrong = (verified.found or {}).get("wrong", "") if verified else ""
    context |= {
        "kept": kept,
        "said": _in_words(kept),
        "made": made,
        "verified": verified,
        "wrong": wrong and wrong_in_words(wrong),
        "is_sealed": campaign.results.exists(),
        "is_late": kept is not None and _is_late(campaign, kept),
    }
    return render(request, "console/evidence/page.html", context)


def _progress_in_words(job: Job) -> dict[str, str]:
    if job.steps_done:
        counts = {"done": number(job.steps_done), "all": number(job.steps)}
        words = _("%(done)s of %(all)s participants") % counts
    else:
        words = said_in_words(job.saying) or _("It has begun; a large company takes some minutes.")
    heading = _("The evidence is being checked") if job.after_id else _("The evidence is being made")
    return {"heading": heading, "words": words}


def _in_words(job: Job | None) -> list[str]:
    """Hashes by how they begin: the whole ones are in the bundle, and its program says them; amounts as elsewhere."""
    told = (job.found or {}).get("said", []) if job else []
    return [AMOUNT.sub(_amount, HASH.sub(r"\1…", said_in_words(text))) for text in told]


def _amount(found: re.Match[str]) -> str:
    return plain_money(Decimal(found[1]), found[2]).replace(" ", "\xa0")


def _is_late(campaign: Campaign, kept: Job) -> bool:
    """Whether something was done about the campaign since the bundle was asked for."""
    return Entry.objects.about(f"campaign {campaign.slug}").filter(at__gt=kept.asked_at).exists()


def _asked(ask: Callable[..., Any], request: HttpRequest, campaign: Campaign, now: datetime) -> HttpResponse:
    try:
        ask(campaign, actor=request.user.get_username(), now=now)
    except EvidenceRefused as error:
        messages.error(request, str(error))
    except AskedAlready:
        messages.info(request, _("It is being done already."))
    return redirect("console:evidence", slug=campaign.slug)


def _make(request: HttpRequest, campaign: Campaign, now: datetime) -> HttpResponse:
    return _asked(making.make, request, campaign, now)


def _verify(request: HttpRequest, campaign: Campaign, now: datetime) -> HttpResponse:
    return _asked(making.verify, request, campaign, now)


def _download(request: HttpRequest, campaign: Campaign, now: datetime) -> HttpResponseBase:
    """By POST, since who takes it away is written down."""
    made = making.kept_bundle(campaign)
    if made is None or made.file is None:
        messages.error(request, _("No evidence is kept; make it first."))
        return redirect("console:evidence", slug=campaign.slug)
    pieces = content_of(made.file)
    try:
        first = next(pieces)
    except FileGone as error:
        messages.error(request, str(error))
        return redirect("console:evidence", slug=campaign.slug)
    making.note_download(made, actor=request.user.get_username(), now=now)
    return StreamingHttpResponse(
        chain([first], pieces),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{made.file.name}"',
            "Content-Length": str(made.file.size),
            "Content-Encoding": "identity",  # packed already: the middleware need not try
        },
    )


ACTS: dict[str, Callable[[HttpRequest, Campaign, datetime], HttpResponseBase]] = {
    "make": _make,
    "verify": _verify,
    "download": _download,
}
