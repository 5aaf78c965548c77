"""apps.leaderboard.roles, for templates."""

from django import template
from django.contrib.auth.models import AnonymousUser

from apps.directory.models import User
from apps.leaderboard.roles import roles

register = template.Library()


@register.filter
def has_role(user: User | AnonymousUser) -> bool:
    """Whether the administration is open to this user."""
    return user.is_superuser or bool(roles(user))
