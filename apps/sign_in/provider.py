"""The company's OpenID provider, for django-allauth: code flow with state, nonce and PKCE; signatures are checked."""

import secrets
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from apps.sign_in.company import COMPANY, the_provider
from apps.sign_in.tokens import NotBelieved, once_each, verified

ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class CompanyAdapter(OpenIDConnectOAuth2Adapter):
    @property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says of itself, read once per request. Raises OAuth2Error when it is somebody else's."""
        if not hasattr(self, "_said"):
            self._said = _fetched(f"{the_provider().issuer}/.well-known/openid-configuration")
            if str(self._said.get("issuer", "")).rstrip("/") != the_provider().issuer:
                raise OAuth2Error("The provider calls itself by another address than OIDC_ISSUER.")
            if not all(isinstance(self._said.get(name), str) for name in ENDPOINTS):
                raise OAuth2Error("The provider does not name its endpoints.")
        return self._said

    @property
    def basic_auth(self) -> bool:
        """How the secret is sent; a provider that names no way means the one in the header."""
        return "client_secret_post" not in self.openid_config.get("token_endpoint_auth_methods_supported", [])

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:  # noqa: ARG002
        return request.build_absolute_uri(reverse("company_callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> SocialLogin:
        """The claims with the employee's number, from the ID token, or from userinfo about the same subject."""
        try:
            claims = verified(
                str(kwargs["response"].get("id_token", "")),
                _fetched(self.openid_config["jwks_uri"]),
                issuer=self.openid_config["issuer"],
                client_id=app.client_id,
            )
            if the_provider().employee_claim not in claims and "userinfo_endpoint" in self.openid_config:
                claims |= self._more(claims["sub"], token.token)
        except NotBelieved as problem:
            raise OAuth2Error(str(problem)) from problem
        return self.get_provider().sociallogin_from_response(request, claims)

    def _more(self, subject: str, access_token: str) -> dict[str, Any]:
        said = _fetched(self.profile_url, {"Authorization": f"Bearer {access_token}"})
        if said.get("sub") != subject:
            raise NotBelieved("Userinfo is about somebody else.")
        name = the_provider().employee_claim
        return {name: said[name]} if name in said else {}


class CompanyProvider(OpenIDConnectProvider):
    """Nothing of what it says about a person is kept; asked for is the least."""

    id = COMPANY
    oauth2_adapter_class = CompanyAdapter
    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        return ["openid", "profile"]

    def redirect_from_request(self, request: HttpRequest) -> HttpResponse:
        """Without what the address may ask for: other scopes, parameters, or to connect accounts."""
        kept = self.get_redirect_from_request_kwargs(request)
        return self.redirect(request, AuthProcess.LOGIN, next_url=kept.get("next_url"))

    def redirect(
        self, request: HttpRequest, process: Any, next_url: Any = None, data: Any = None, **_: Any
    ) -> Any:
        nonce = secrets.token_urlsafe(24)
        return super().redirect(request, process, next_url, data, auth_params={"nonce": nonce}, nonce=nonce)

    def extract_uid(self, data: dict[str, Any]) -> str:
        return str(data["sub"])

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:  # noqa: ARG002
        return []


provider_classes = [CompanyProvider]


def _fetched(address: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    with get_adapter().get_requests_session() as session:
        answer = session.get(address, headers=headers)
        answer.raise_for_status()
    try:
        return once_each(answer.content)
    except ValueError as problem:
        raise OAuth2Error("The provider's answer cannot be read.") from problem
