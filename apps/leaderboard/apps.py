from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LeaderboardConfig(AppConfig):
    name = "apps.leaderboard"
    verbose_name = _("Leaderboard")

    def ready(self) -> None:
        from apps.leaderboard.roles import grant_permissions

        # Comes after django.contrib.auth's own receiver, which makes the permissions.
        post_migrate.connect(grant_permissions, dispatch_uid="leaderboard.grant_permissions")
