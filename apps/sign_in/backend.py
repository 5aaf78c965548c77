"""Who a session belongs to: found in one query, with what decides whether it still holds."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.backends import ModelBackend
from django.db.models import BooleanField, Case, Exists, OuterRef, QuerySet, Subquery, Value, When

from apps.directory.models import Employment, User
from bonus_tracker import clock


def with_standing() -> QuerySet[Any]:
    """Users with `has_left` (an employee who is not employed today) and `second_factor_id` (None without one)."""
    today = clock.today_in_sql()
    employed = (
        Employment.objects.filter(employee=OuterRef("employee"), starts_on__lte=today)
        .exclude(ends_on__lt=today)
        .values("pk")
    )
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    return User.objects.annotate(
        has_left=Case(
            When(employee=None, then=Value(False)), default=~Exists(employed), output_field=BooleanField()
        ),
        second_factor_id=Subquery(factor.values("pk")[:1]),
    )


class Backend(ModelBackend):
    """Passwords as Django checks them; a session ends for who is no longer employed or active."""

    def get_user(self, user_id: int) -> User | None:
        user: Any = with_standing().filter(pk=user_id).first()
        if user is None or user.has_left or not self.user_can_authenticate(user):
            return None
        found: User = user
        return found
