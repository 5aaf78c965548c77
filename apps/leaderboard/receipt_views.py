"""One's own line of the result, to keep and to check against the evidence."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.integrity.evidence.receipts import receipt
from apps.leaderboard.sight import employee_of, view_of
from apps.ranking.models import Result


@require_GET
@never_cache
@login_required
def my_receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """Of the version that the reader sees; there is none before the result is sealed."""
    view, employee = view_of(request, slug), employee_of(request)
    result = Result.objects.select_related("campaign").filter(run=view.run).first() if view.run else None
    content = receipt(result, employee.pk) if result and employee else None
    if result is None or content is None:
        raise Http404(_("There is no line of yours in a sealed result."))
    answer = JsonResponse(content, json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="receipt-{slug}-{result.version}.json"'
    return answer
