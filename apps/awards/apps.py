from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "apps.awards"
    verbose_name = _("Awards")

    def ready(self) -> None:
        from apps.awards.payment.again import why_not_void
        from apps.awards.prizes.proposing import recipients
        from apps.campaigns.lifecycle import WHY_NOT_VOID
        from apps.integrity.prize_ranks import ALSO_HOLDING

        WHY_NOT_VOID.append(why_not_void)
        ALSO_HOLDING.append(recipients)
