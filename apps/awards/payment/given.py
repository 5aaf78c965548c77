"""Before anything goes to payroll: what the sealed result gives, and the audit log says, is what is paid."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from apps.audit.models import Entry
from apps.audit.services import content_of
from apps.awards.evidence import parts
from apps.awards.models import Award
from apps.awards.payment.refusals import PaymentRefused
from apps.awards.prizes.give import Share
from apps.awards.prizes.sources import shares_of
from apps.campaigns.models import Campaign
from apps.integrity.bundle.audit import Log
from apps.integrity.bundle.decided import AWARDS, check_awards
from apps.integrity.bundle.files import Wrong
from apps.integrity.evidence.records import Rows
from apps.ranking.services import latest_result


def require_given(campaign: Campaign, awards: Iterable[Award]) -> None:
    """Whoever edits an award behind the program's back has nobody paid. Raises PaymentRefused."""
    final = latest_result(campaign)  # nothing follows the final version
    assert final is not None
    given = set(shares_of(final))
    for award in awards:
        if award.result_id != final.pk or _share(award) not in given:
            raise PaymentRefused(
                _("%(employee)s: the final result does not give this (%(award)s). Tell the auditor.")
                % {"employee": award.employee, "award": award}
            )
    try:
        check_awards(
            Rows(campaign, {AWARDS: parts.awards}),
            Log(map(content_of, Entry.objects.about(f"campaign {campaign.slug}"))),
        )
    except Wrong as wrong:
        raise PaymentRefused(
            _("The awards are not what the audit log says: %s. Tell the auditor.") % wrong
        ) from wrong


def _share(award: Award) -> Share:
    return Share(*(getattr(award, name) for name in Share._fields))
