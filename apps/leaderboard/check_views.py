"""Check one contact by its handle: only one's own tie is answered, and the handle is not kept."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.leaderboard import own_contacts
from apps.leaderboard.contact_cards import Card, checked
from apps.leaderboard.forms import CheckForm
from apps.leaderboard.heads import page_head
from apps.leaderboard.sight import employee_of, view_of
from bonus_tracker import clock


@sensitive_post_parameters("handle")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def check_contact(request: HttpRequest, slug: str) -> HttpResponse:
    view, employee = view_of(request, slug), employee_of(request)
    if employee is None:
        return redirect("my-page", slug=slug)
    form = CheckForm(request.POST if request.method == "POST" else None, label_suffix="")
    card: Card | None = None
    picture = None
    if request.method == "POST" and form.is_valid():
        picture = own_contacts.picture(view.campaign, employee.pk, now=clock.now())
        card = checked(picture, form.contact_id())
        form = CheckForm(label_suffix="")  # what was typed is not sent back
    context = page_head(view) | {
        "form": form,
        "card": card,
        "picture": picture,
        "terms": picture.terms if picture else None,
        "employee": employee,
        "tab": "me",
    }
    return render(request, "leaderboard/check.html", context)
