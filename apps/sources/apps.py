from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SourcesConfig(AppConfig):
    name = "apps.sources"
    verbose_name = _("Sources")

    def ready(self) -> None:
        from apps.jobs.services import WORK
        from apps.sources.uploads import WORKS

        WORK.update(WORKS)
