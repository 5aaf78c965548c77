"""What one may take along: one's own line of the result, and everything that is kept about oneself."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.integrity.evidence.receipts import receipt
from apps.leaderboard.own_data import own_data
from apps.leaderboard.sight import employee_of, signed_in, view_of
from apps.ranking.models import Result
from bonus_tracker import clock


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


@require_GET
@never_cache
@login_required
def my_data(request: HttpRequest, slug: str) -> HttpResponse:
    """Of all campaigns, whichever page it is asked for on."""
    view_of(request, slug)
    employee = employee_of(request)
    if employee is None:
        raise Http404(_("This sign-in belongs to no employee."))
    content = own_data(signed_in(request), employee, now=clock.now())
    answer = JsonResponse(content, json_dumps_params={"indent": 1, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer
