from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "apps.campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from apps.campaigns.names import keep_names
        from apps.directory import corrections

        corrections.before_renaming(keep_names)
