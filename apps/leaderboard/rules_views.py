"""The rules sheet of a campaign, as it is or was in force."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.audit.services import canonical
from apps.campaigns.models import RulesSheet
from apps.campaigns.rules_sheet import sections_of
from apps.campaigns.sheet_words import sections
from apps.leaderboard.sight import View, view_of


@require_safe
@never_cache
@login_required
def rules_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """?version=N an earlier one; ?canonical the very bytes that its SHA-256 is of."""
    view = view_of(request, slug)
    versions = list(view.campaign.rules_sheets.order_by("-version"))
    sheet = _asked(request, versions)
    if sheet is not None and "canonical" in request.GET:
        name = f"{slug}-rules-{sheet.version}.json"
        return HttpResponse(
            canonical(sheet.content).encode(),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    return render(request, "leaderboard/rules.html", _context(view, sheet, versions))


def _asked(request: HttpRequest, versions: list[RulesSheet]) -> RulesSheet | None:
    """The newest, unless an address names another one. Raises Http404 when there is none such."""
    wanted = request.GET.get("version")
    if wanted is None:
        return versions[0] if versions else None
    for sheet in versions:
        if str(sheet.version) == wanted:
            return sheet
    raise Http404(_("There is no such rules sheet."))


def _context(view: View, sheet: RulesSheet | None, versions: list[RulesSheet]) -> dict[str, object]:
    return {
        "campaign": view.campaign,
        "sheet": sheet,
        "sections": sections_of(sheet) if sheet else sections(view.campaign),
        "is_newest": sheet is None or sheet == versions[0],
        "others": [each for each in versions if each != sheet],
    }
