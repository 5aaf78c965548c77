from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeaderboardConfig(AppConfig):
    name = "apps.leaderboard"
    verbose_name = _("Leaderboard")

    def ready(self) -> None:
        from celery.signals import task_postrun

        from apps.leaderboard.changed import finish_board
        from apps.ranking.tasks import refresh_campaign

        task_postrun.connect(finish_board, sender=refresh_campaign, dispatch_uid="leaderboard.finish_board")
