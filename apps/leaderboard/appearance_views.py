"""Under which name one stands on the board before colleagues, or whether at all."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from apps.campaigns.aliases import spoken
from apps.campaigns.appearance import appear_as, appearance_of
from apps.campaigns.models import Appearance
from apps.leaderboard.heads import page_head
from apps.leaderboard.sight import employee_of, signed_in, view_of
from bonus_tracker import clock


class AppearanceForm(forms.Form):
    mode = forms.ChoiceField(
        label=gettext_lazy("Colleagues see me"), choices=Appearance.Mode.choices, widget=forms.RadioSelect
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def appearance(request: HttpRequest, slug: str) -> HttpResponse:
    view, employee = view_of(request, slug), employee_of(request)
    if employee is None:
        return redirect("my-page", slug=slug)
    kept = appearance_of(view.campaign, employee)
    form = AppearanceForm(
        request.POST if request.method == "POST" else None, initial={"mode": kept.mode}, label_suffix=""
    )
    if request.method == "POST" and form.is_valid():
        mode, actor = Appearance.Mode(form.cleaned_data["mode"]), signed_in(request).get_username()
        appear_as(view.campaign, employee, mode, now=clock.now(), actor=actor)
        messages.success(request, _("Kept. The board shows it within a second."))
        return redirect("my-appearance", slug=slug)
    context = page_head(view) | {
        "tab": "me",
        "employee": employee,
        "form": form,
        "generated_name": spoken(kept.alias) if kept.alias else "",
    }
    return render(request, "leaderboard/appearance.html", context)
