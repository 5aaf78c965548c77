from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "apps.console"
    verbose_name = _("Console")

    def ready(self) -> None:
        from apps.console import homes
        from bonus_tracker.admin_site.steps import HOMES

        HOMES.update(homes.HOMES)
