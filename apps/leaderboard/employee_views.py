"""HR and auditors read one person's contacts: a reason first, then a look that the person can see."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.audit.address import address_of
from apps.directory.models import Employee
from apps.leaderboard import own_contacts
from apps.leaderboard.forms import ReasonForm
from apps.leaderboard.heads import page_head
from apps.leaderboard.looks import record_look
from apps.leaderboard.my_views import contact_context
from apps.leaderboard.sight import signed_in, view_of
from bonus_tracker import clock


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def employee_contacts(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    view = view_of(request, slug)
    if not view.may_choose:
        raise Http404(_("There is no such page."))
    employee = get_object_or_404(Employee, number=number)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    context = page_head(view) | {"person": employee, "form": form, "tab": ""}
    if request.method == "POST" and form.is_valid():
        reason, now = form.cleaned_data["reason"], clock.now()
        with transaction.atomic():
            viewer, address = signed_in(request), address_of(request)
            record_look(viewer, employee, view.campaign, reason=reason, now=now, address=address)
        picture = own_contacts.picture(view.campaign, employee.pk, now=now)
        context |= contact_context(form.cleaned_data, picture, is_own=False) | {"reason": reason}
    return render(request, "leaderboard/employee.html", context)
