"""Files and the form are two doors to one thing: a campaign as a file, and a file as the form filled in."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from apps.campaigns.announcement import Announcement
from apps.campaigns.files import LARGEST_FILE, UnreadableFile, parse, values_in
from apps.campaigns.models import Campaign
from apps.campaigns.writing import as_toml
from apps.console.doors import official
from apps.console.guide.forms import GuideForm, Subject
from apps.console.guide_views import page, subject_of
from bonus_tracker import clock
from bonus_tracker.admin_site import fields


class FileForm(forms.Form):
    file = fields.upload(
        gettext_lazy("Campaign file"),
        help_text=gettext_lazy(
            "A TOML file; “Download as a file” on the rules sheet of any campaign gives one to start from."
        ),
    )


@require_GET
@official("campaigns.view_campaign")
def as_file(_request: HttpRequest, slug: str) -> HttpResponse:
    """The campaign as a file that says the same."""
    campaign = get_object_or_404(Campaign, slug=slug)
    return HttpResponse(
        as_toml(Announcement.of(campaign), clock.company_zone()),
        content_type="application/toml",
        headers={"Content-Disposition": f'attachment; filename="{campaign.slug}.toml"'},
    )


@require_http_methods(["GET", "POST"])
@official("campaigns.add_campaign")
def from_file(request: HttpRequest) -> HttpResponse:
    """Nothing is saved: what the file says is shown as the form, which is saved as usual."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        announcement = _read(form)
        if announcement is not None:
            return _shown(request, announcement)
    return render(
        request, "console/guide/from_file.html", {"title": _("A campaign from a file"), "form": form}
    )


def _read(form: FileForm) -> Announcement | None:
    """What the file says; its mistakes go to the form."""
    file = form.cleaned_data["file"]
    try:
        values = values_in(file.read(LARGEST_FILE + 1), file.name)
    except UnreadableFile as error:
        form.add_error("file", str(error))
        return None
    announcement, mistakes = parse(values, clock.company_zone())
    for mistake in mistakes:
        form.add_error("file", str(mistake))
    return None if mistakes else announcement


def _shown(request: HttpRequest, announcement: Announcement) -> HttpResponse:
    campaign = Campaign.objects.filter(slug=announcement.slug).first()
    if campaign is None:
        messages.info(request, _("This is what the file says. Nothing is saved yet."))
        return page(request, GuideForm(Subject(announcement)), None)
    messages.info(request, _("This is what the file says of this campaign. Nothing is saved yet."))
    return page(request, GuideForm(subject_of(campaign, announcement)), campaign)
