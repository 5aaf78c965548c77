"""Where django-allauth asks us: who may sign in, what is written down, what a secret looks like in the database."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import perform_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.audit.address import address_of
from apps.directory.models import User
from apps.directory.roles import holds_a_role
from apps.sign_in import log
from apps.sign_in.authentication import SIGNED_IN_AT, SIGNED_IN_BY, way_to_second_factor
from apps.sign_in.company import COMPANY, provider_name, the_provider
from apps.sign_in.employees import CLOSED, LEFT, Refused, number_in, user_of
from apps.sign_in.problems import FAILED, problem_page
from apps.sign_in.qr import svg
from apps.sign_in.quiet import say
from apps.sign_in.sealing import fernet
from apps.sign_in.sql import find_user
from apps.sign_in.tokens import NotBelieved, check_nonce
from bonus_tracker import clock

RECENT_SECONDS = 600  # after signing in, a second factor may be set up or changed for so long
LOCALLY = "password"  # how somebody signed in, besides COMPANY


class AccountAdapter(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "unknown"

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def add_message(self, *_args: Any, **_kwargs: Any) -> None:
        """Its messages are said by our pages, in our words."""

    def send_notification_mail(self, *_args: Any, **_kwargs: Any) -> None:
        """What happens to a second factor is in the audit log."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        log.failed(str(credentials.get("username", "")), address_of(request))

    def pre_login(self, request: HttpRequest, user: Any, **_: Any) -> HttpResponse | None:
        known = find_user(user.pk, today=clock.other_today())
        if known.is_active and not known.has_left:
            return None
        return problem_page(request, LEFT if known.has_left else CLOSED)

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        request.session[SIGNED_IN_AT] = int(time.time())
        log.signed_in(request, user, request.session.get(SIGNED_IN_BY, LOCALLY))

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post_login(request, user, **kwargs)
        if not settings.REQUIRE_SECOND_FACTOR or not holds_a_role(user) or _factor_of(user):
            return answer
        return HttpResponseRedirect(way_to_second_factor(answer.headers["Location"]))

    def is_reauthentication_required(self, **_: Any) -> bool:
        """For whatever changes a second factor, somebody has signed in just now, in whichever way they do."""
        signed_in_at = context.request.session.get(SIGNED_IN_AT, 0)
        return bool(time.time() - signed_in_at > RECENT_SECONDS)

    def get_reauthentication_methods(self, user: User | AnonymousUser) -> list[dict[str, Any]]:  # noqa: ARG002
        return [{"id": "sign_in_again", "url": reverse("sign-in-again")}]


class ProviderAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:  # noqa: ARG002
        """The settings' one alone: nothing in the database can make itself a provider."""
        said = the_provider()
        name, secret = provider_name(), said.client_secret
        return [
            SocialApp(
                provider=COMPANY, provider_id=COMPANY, name=name, client_id=said.client_id, secret=secret
            )
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Ends in a sign-in or in a refusal; what django-allauth would do next, making accounts, is not reached."""
        claims = sociallogin.account.extra_data
        try:
            check_nonce(claims, sociallogin.state.get("nonce", ""))
            number = number_in(claims, the_provider().employee_claim)
            user = user_of(number, now=clock.now())
        except NotBelieved as problem:
            say(str(problem))
            raise ImmediateHttpResponse(problem_page(request, FAILED)) from problem
        except Refused as refusal:
            say(f"A company sign-in was refused: {refusal.reason}.")
            raise ImmediateHttpResponse(problem_page(request, refusal.reason)) from refusal
        self._leave_what_was(request, user)
        request.session[SIGNED_IN_BY] = COMPANY
        wanted = sociallogin.get_redirect_url(request)
        raise ImmediateHttpResponse(perform_login(request, user, "none", redirect_url=wanted))

    def on_authentication_error(self, request: HttpRequest, *_args: Any, **kwargs: Any) -> None:
        exception = kwargs.get("exception")
        if isinstance(exception, OAuth2Error) and isinstance(exception.__cause__, NotBelieved):
            say(str(exception))
        else:
            said = "the provider answered with an error" if exception is None else type(exception).__name__
            say(f"A company sign-in failed: {said}.")
        raise ImmediateHttpResponse(problem_page(request, FAILED))

    @staticmethod
    def _leave_what_was(request: HttpRequest, user: User) -> None:
        if request.user.is_authenticated and request.user.pk != user.pk:
            request.session.flush()


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("The code is not right. The app shows a new one every half minute.")
    }

    def get_totp_label(self, user: Any) -> str:
        name: str = user.get_username()
        return name

    def build_totp_svg(self, url: str) -> str:
        return svg(url)

    def encrypt(self, text: str) -> str:
        return fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ValidationError, said at the form, when SECRET_KEY is another one now."""
        try:
            return fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            say("A second factor cannot be read: SECRET_KEY is not the one it was set up with.")
            raise ValidationError(
                _("The program cannot read your second factor any more. Ask an administrator to reset it.")
            ) from None

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not (settings.REQUIRE_SECOND_FACTOR and holds_a_role(authenticator.user))


def _factor_of(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()
