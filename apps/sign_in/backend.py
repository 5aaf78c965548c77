"""Who a session belongs to, and whether it still holds."""

from django.contrib.auth.backends import ModelBackend

from apps.directory.models import User
from apps.sign_in.sql import find_user
from bonus_tracker import clock


class Backend(ModelBackend):
    """Passwords as Django checks them; a session ends for who is no longer employed or active."""

    def get_user(self, user_id: int) -> User | None:
        user = find_user(user_id, today=clock.other_today())
        if user is None or user.has_left or not self.user_can_authenticate(user):
            return None
        found: User = user
        return found
