from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "apps.awards"
    verbose_name = _("Awards")

    def ready(self) -> None:
        from apps.awards.payment.again import why_not_void
        from apps.campaigns.lifecycle import WHY_NOT_VOID

        WHY_NOT_VOID.append(why_not_void)
