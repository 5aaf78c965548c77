"""Who may open a page of the console."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.defaults import permission_denied

from apps.directory.roles import has_role

View = Callable[..., HttpResponseBase]


def official(permission: str = "") -> Callable[[View], View]:
    """A page for people with a role and, where one is named, a permission; others get a 403 without a traceback."""

    def guard(view: View) -> View:
        @never_cache
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user: Any = request.user
            if not has_role(user) or (permission and not user.has_perm(permission)):
                return permission_denied(request, PermissionDenied())
            return view(request, *args, **kwargs)

        return guarded

    return guard
