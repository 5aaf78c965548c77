"""Who is what: three Django groups with their permissions, and the questions pages ask of a user."""

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from apps.directory.models import User

HR, AUDITOR, ADMINISTRATOR = "HR", "auditor", "administrator"
ACTIONS = ("add", "change", "delete", "view")

# Beyond viewing: what each role may do to the models of an app; "*" stands for every model.
MAY: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {
    HR: {
        "audit": {"headreader": ("add", "delete")},
        "campaigns": {"*": ("add", "change", "delete")},
        "activity": {
            "contactfact": ("add", "change"),
            "quarantinedevent": ("change",),
            "delivery": ("change",),
        },
        "integrity": {"*": ("add", "change")},
        "awards": {
            "award": ("add", "change"),
            "approval": ("add",),
            "payrollexport": ("add",),
            "payment": ("change",),
        },
    },
    AUDITOR: {},
    ADMINISTRATOR: {
        "directory": {"*": ("add", "change", "delete")},
        "sources": {"*": ("add", "change", "delete")},
        "activity": {"source": ("add", "change", "view"), "delivery": ("view",)},
        "auth": {"group": ("change",)},
        "django_celery_beat": {"*": ("add", "change", "delete")},
    },
}
MAY_VIEW: dict[str, frozenset[str]] = {
    HR: frozenset(
        {"audit", "directory", "activity", "sources", "campaigns", "ranking", "integrity", "awards"}
    ),
    AUDITOR: frozenset(
        {
            "audit",
            "directory",
            "activity",
            "sources",
            "campaigns",
            "ranking",
            "integrity",
            "awards",
            "auth",
            "django_celery_beat",
        }
    ),
    ADMINISTRATOR: frozenset({"directory", "sources", "auth", "django_celery_beat", "audit"}),
}


def grant_permissions(app_config: AppConfig, using: str, **_: Any) -> None:
    """After each migrate: make the groups and give them their permissions on the app's models; never takes any."""
    permissions = Permission.objects.using(using).filter(content_type__app_label=app_config.label)
    by_codename = {permission.codename: permission for permission in permissions}
    for role in (HR, AUDITOR, ADMINISTRATOR):
        group, _created = Group.objects.using(using).get_or_create(name=role)
        wanted = codenames(role, app_config)
        group.permissions.add(*(by_codename[name] for name in sorted(wanted & by_codename.keys())))


def codenames(role: str, app_config: AppConfig) -> set[str]:
    allowed = MAY[role].get(app_config.label, {})
    models = [model._meta.model_name or "" for model in app_config.get_models()]
    names = {
        f"{action}_{model}" for model in models for action in (*allowed.get("*", ()), *allowed.get(model, ()))
    }
    if app_config.label in MAY_VIEW[role]:
        names |= {f"view_{model}" for model in models}
    return names


def roles_that_may(permission: str) -> list[str]:
    """permission: "app.codename"."""
    label, _dot, codename = permission.partition(".")
    app_config = apps.get_app_config(label)
    return [role for role in MAY if codename in codenames(role, app_config)]


class SecondFactorMissing(PermissionDenied):
    """A role was asked about that is at rest until its second factor is given in this session."""


def roles(user: User | AnonymousUser) -> frozenset[str]:
    """The roles that the user may use. Raises SecondFactorMissing when there are some and it was not given."""
    held = held_roles(user)
    if held:
        require_second_factor(user)
    return held


def require_second_factor(user: User | AnonymousUser) -> None:
    """`gave_second_factor` is set for each request (apps.sign_in.authentication); without it there was none."""
    if settings.REQUIRE_SECOND_FACTOR and not getattr(user, "gave_second_factor", False):
        raise SecondFactorMissing(_("Your role needs a second factor at sign-in; set it up in the browser."))


def holds_a_role(user: User | AnonymousUser) -> bool:
    """Whether administration and console are this user's, be it after the second factor."""
    held = user.is_superuser or held_roles(user) & {HR, AUDITOR, ADMINISTRATOR}
    return bool(held) and user.is_active


def has_role(user: User | AnonymousUser) -> bool:
    """Whether administration and console are open to this user. Raises as `roles` does."""
    if not holds_a_role(user):
        return False
    require_second_factor(user)
    return True


def held_roles(user: User | AnonymousUser) -> frozenset[str]:
    """Names of the user's groups, read once per request."""
    if not user.is_authenticated:
        return frozenset()
    if not hasattr(user, "_roles"):
        user._roles = frozenset(user.groups.values_list("name", flat=True))  # type: ignore[attr-defined]
    known: frozenset[str] = user._roles  # type: ignore[attr-defined]
    return known


def is_hr(user: User | AnonymousUser) -> bool:
    return HR in roles(user)


def is_auditor(user: User | AnonymousUser) -> bool:
    return AUDITOR in roles(user)


def sees_everything(user: User | AnonymousUser) -> bool:
    """HR and the auditor: live runs, drafts, rehearsals, every rank."""
    return not roles(user).isdisjoint({HR, AUDITOR})
