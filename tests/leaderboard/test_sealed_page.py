"""Once the input is fixed, my page reads it and nothing else."""

from datetime import timedelta

import pytest

from apps.activity.models import ContactFact
from apps.awards.due import tick
from apps.campaigns.lifecycle import void_campaign
from apps.directory.handles import account_key
from apps.leaderboard.own_contacts import picture
from tests.awards.stories import befriend, deliver, talk
from tests.factories import DEADLINE, make_campaign, make_employee

pytestmark = pytest.mark.django_db

GRACE_ENDS = DEADLINE + timedelta(hours=72)


def test_a_sealed_score_is_explained_by_the_days_that_were_fixed() -> None:
    me = make_employee(hired_on=DEADLINE.date() - timedelta(days=10))
    own_account, merged = "private@outside.example", "second@outside.example"
    deliver(befriend(me, 2) + talk(me, own_account, days=3) + talk(me, merged, days=1))
    fact = {"reason": "known to HR", "recorded_at": DEADLINE, "recorded_by": "hr"}
    ContactFact.objects.create(
        contact_id=account_key("im", own_account), kind="employee", employee=make_employee(), **fact
    )
    campaign = make_campaign("100.00")
    tick(now=GRACE_ENDS)
    campaign.refresh_from_db()
    sealed = campaign.results.get().run.standings.get(employee=me).active_contacts
    before = picture(campaign, me.pk, now=GRACE_ENDS)
    assert (before.score, before.sure_at_deadline, before.stage) == (sealed, sealed, "sealed")
    assert sealed == 2
    deliver(talk(me, merged, days=5), now=GRACE_ENDS)
    ContactFact.objects.update(revoked_at=GRACE_ENDS)
    assert picture(campaign, me.pk, now=GRACE_ENDS) == before
    void_campaign(campaign, reason="The messenger was down.", now=GRACE_ENDS, actor="hr")
    after = picture(campaign, me.pk, now=GRACE_ENDS)
    assert (after.score, after.stage, after.contacts) == (sealed, "called_off", before.contacts)
