"""Who may enter: people with a role. Everybody signs in on the one page for that."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.defaults import permission_denied
from unfold.sites import UnfoldAdminSite


class RolesAdminSite(UnfoldAdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        """Raises SecondFactorMissing for who has a role and has not given the second factor."""
        from apps.directory.roles import has_role

        return has_role(request.user)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Where the admin sends whom it does not know; who is signed in and has no role gets a 403."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            return permission_denied(request, PermissionDenied())
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"), settings.LOGIN_URL)

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:
        """A page that says no answers so itself: an exception let through would be logged with its traceback."""
        from apps.directory.roles import SecondFactorMissing

        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                response: HttpResponse = guarded(request, *args, **kwargs)
            except SecondFactorMissing:
                raise  # apps.sign_in.authentication leads to it
            except PermissionDenied as problem:
                return permission_denied(request, problem)
            return response

        return answered

    def password_change(self, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Everybody changes their password in the one place, which writes it in the audit log."""
        return HttpResponseRedirect(reverse("own-password"))

    password_change_done = password_change
