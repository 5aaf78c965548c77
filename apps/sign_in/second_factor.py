"""The second factor: a code from an app on one's phone, or one of ten codes kept for when the phone is lost."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from apps.directory.roles import holds_a_role
from apps.leaderboard.sight import signed_in
from apps.sign_in.resetting import added, new_codes, removed
from apps.sign_in.second_factor_log import remember

PENDING, WANTED = "second_factor_pending", "second_factor_wanted"  # in the session


class SetUpForm(ActivateTOTPForm):
    """The secret waits in the session until its first code; sealed, as it will be in the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user, self.request = kwargs.pop("user"), kwargs.pop("request")
        forms.Form.__init__(self, *args, **kwargs)
        if not self.is_bound or PENDING not in self.request.session:
            self.request.session[PENDING] = get_adapter().encrypt(generate_totp_secret())
        self.secret = get_adapter().decrypt(self.request.session[PENDING])


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class SetUp(ActivateTOTPView):
    form_class = SetUpForm
    template_name = "sign_in/set_up.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "next" in request.GET:
            request.session[WANTED] = wanted_page(request)
        page: HttpResponse = super().get(request, *args, **kwargs)
        return page

    def get_form_class(self) -> type[SetUpForm]:
        return self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        secret = found["form"].secret
        groups = [secret[at : at + 4] for at in range(0, len(secret), 4)]
        return found | {"secret": " ".join(groups), "is_required": _is_required(self.request)}

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        del self.request.session[PENDING]
        remember(self.request, signed_in(self.request))
        added(self.request)
        return answer


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class EnterCode(AuthenticateView):
    template_name = "sign_in/code.html"


@method_decorator(never_cache, name="dispatch")
class Codes(ViewRecoveryCodesView):
    template_name = "sign_in/codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = self.request.session.pop(WANTED, reverse("home"))
        return super().get_context_data(**kwargs) | {"wanted": wanted}


@method_decorator(never_cache, name="dispatch")
class NewCodes(GenerateRecoveryCodesView):
    template_name = "sign_in/new_codes.html"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        new_codes(self.request)
        return answer


@method_decorator(never_cache, name="dispatch")
class Remove(DeactivateTOTPView):
    template_name = "sign_in/remove.html"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        removed(self.request)
        messages.success(self.request, _("The second factor was removed."))
        return answer


@never_cache
@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Whether there is one, since when, and how many codes are left."""
    by_type = {each.type: each for each in Authenticator.objects.filter(user=signed_in(request))}
    codes = by_type.get(Authenticator.Type.RECOVERY_CODES)
    context = {
        "device": by_type.get(Authenticator.Type.TOTP),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "is_required": _is_required(request),
    }
    return render(request, "sign_in/second_factor.html", context)


@never_cache
@sensitive_post_parameters("code")
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def needed(request: HttpRequest) -> HttpResponse:
    """Where people are led who asked for what their role may: to set it up, or to give its code once a session."""
    user, wanted = signed_in(request), wanted_page(request)
    if getattr(user, "gave_second_factor", False):
        return HttpResponseRedirect(wanted)
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        return redirect(f"{reverse('mfa_activate_totp')}?{urlencode({'next': wanted})}")
    form = ReauthenticateForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return HttpResponseRedirect(wanted)
    return render(request, "sign_in/code.html", {"form": form, "next": wanted})


def wanted_page(request: HttpRequest) -> str:
    """The page that somebody was on the way to, of ours alone."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else reverse("home")


def _is_required(request: HttpRequest) -> bool:
    return bool(settings.REQUIRE_SECOND_FACTOR and holds_a_role(signed_in(request)))
