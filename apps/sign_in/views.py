"""Signing in: by password, through the company's provider, and once more for what needs it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from apps.sign_in.adapters import LOCALLY
from apps.sign_in.authentication import SIGNED_IN_BY
from apps.sign_in.company import COMPANY, provider_name
from apps.sign_in.problems import AWAY, FAILED, problem_page
from apps.sign_in.provider import CompanyAdapter
from apps.sign_in.quiet import say


class PasswordForm(AuthenticationForm):
    """Django's, with the limits on guessing."""

    def clean(self) -> dict[str, Any]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if username and password:
            self.user_cache = get_adapter().authenticate(self.request, username=username, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class SignIn(LoginView):
    form_class = PasswordForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        return found | {
            "provider": provider_name(),
            "next_query": urlencode({"next": self.get_redirect_url()}),
        }

    def form_valid(self, form: Any) -> HttpResponse:
        self.request.session[SIGNED_IN_BY] = LOCALLY
        answer: HttpResponse = perform_login(
            self.request, form.get_user(), "none", redirect_url=self.get_success_url()
        )
        return answer


def _of_the_provider(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Not there without a provider; one that does not answer is said in words."""

    @wraps(view)
    def answered(request: HttpRequest) -> HttpResponse:
        if settings.OPENID_PROVIDER is None:
            raise Http404
        try:
            return view(request)
        except RequestException as problem:
            say(f"The OpenID provider does not answer: {type(problem).__name__}.")
            return problem_page(request, AWAY)
        except OAuth2Error as problem:
            say(f"A company sign-in failed: {problem}")  # before anybody has said anything: of our own words
            return problem_page(request, FAILED)
        except ImmediateHttpResponse as problem:
            answer: HttpResponse = problem.response
            return answer

    return answered


@never_cache
@require_safe
@_of_the_provider
def to_provider(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = OAuth2LoginView.adapter_view(CompanyAdapter(request, COMPANY))(request)
    return answer


@never_cache
@require_safe
@_of_the_provider
def from_provider(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = OAuth2CallbackView.adapter_view(CompanyAdapter(request, COMPANY))(request)
    return answer


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """What changes a second factor wants a sign-in of just now."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    wanted = asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else reverse("mfa_index")
    if request.method == "POST":
        logout(request)
        return redirect_to_login(wanted)
    return render(request, "sign_in/again.html", {"next": wanted})
