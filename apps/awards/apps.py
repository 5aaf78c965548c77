from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "apps.awards"
    verbose_name = _("Awards")

    def ready(self) -> None:
        from apps.awards.approvals import approval_blockers
        from apps.awards.evidence.making import WORKS
        from apps.awards.payment.again import why_not_void
        from apps.awards.prizes.drawn import drawn_recipients
        from apps.awards.prizes.proposing import recipients, winners_of_places
        from apps.awards.prizes.rule_costs import NAME, count_costs
        from apps.campaigns.lifecycle import WHY_NOT_VOID
        from apps.integrity.blockers import FURTHER
        from apps.integrity.prize_ranks import ALSO_CHECKED, ALSO_HOLDING, WINNERS
        from apps.jobs.services import WORK
        from apps.ranking.what_if import ALSO_COUNTED

        FURTHER.append(approval_blockers)
        ALSO_CHECKED.append(drawn_recipients)
        WINNERS.append(winners_of_places)
        WHY_NOT_VOID.append(why_not_void)
        ALSO_HOLDING.append(recipients)
        WORK.update(WORKS)
        ALSO_COUNTED[NAME] = count_costs
