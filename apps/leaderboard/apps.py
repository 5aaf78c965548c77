from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LeaderboardConfig(AppConfig):
    name = "apps.leaderboard"
    verbose_name = _("Leaderboard")

    def ready(self) -> None:
        from celery.signals import task_postrun

        from apps.leaderboard.changed import finish_board
        from apps.leaderboard.roles import grant_permissions
        from apps.ranking.tasks import refresh_campaign

        # Comes after django.contrib.auth's own receiver, which makes the permissions.
        post_migrate.connect(grant_permissions, dispatch_uid="leaderboard.grant_permissions")
        task_postrun.connect(finish_board, sender=refresh_campaign, dispatch_uid="leaderboard.finish_board")
