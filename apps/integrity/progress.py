"""How far winners' checks are, for any number of them in one query."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connection
from django.db.models import F, OuterRef, QuerySet, Subquery

from apps.campaigns.models import Campaign
from apps.integrity.checks import REVIEWERS_NEEDED
from apps.integrity.models import Check
from apps.ranking.models import Result


class Progress(NamedTuple):
    """Contacts of a check: all, named by the winner, confirmed, fakes, and those that a reviewer can confirm."""

    size: int = 0
    named: int = 0
    confirmed: int = 0
    fakes: int = 0
    to_review: int = 0

    @property
    def is_done(self) -> bool:
        return self.confirmed == self.size


# As apps.integrity.checks.states has it: what was found of a contact in any version of the campaign holds, and
# of each reviewer the latest word.
PROGRESS = """
    WITH items AS (
        SELECT item.id, item.owner_id, item.contact_id, owner.employee_id, result.campaign_id
        FROM integrity_checkitem AS item
        JOIN integrity_check AS owner ON owner.id = item.owner_id
        JOIN ranking_result AS result ON result.id = owner.result_id
        WHERE item.owner_id = ANY(%(checks)s)
    ), same AS (
        SELECT items.id, other.id AS other_id, other.matched_at
        FROM items
        JOIN integrity_check AS owner ON owner.employee_id = items.employee_id
        JOIN ranking_result AS result ON result.id = owner.result_id AND result.campaign_id = items.campaign_id
        JOIN integrity_checkitem AS other ON other.owner_id = owner.id AND other.contact_id = items.contact_id
    ), named AS (
        SELECT id, bool_or(matched_at IS NOT NULL) AS is_named FROM same GROUP BY id
    ), latest AS (
        SELECT DISTINCT ON (same.id, tick.reviewer_id) same.id, tick.reviewer_id, tick.how
        FROM same JOIN integrity_tick AS tick ON tick.item_id = same.other_id
        ORDER BY same.id, tick.reviewer_id, tick.id DESC
    ), found AS (
        SELECT id, count(*) AS reviewers, bool_or(how = 'fake') AS is_fake,
            bool_or(reviewer_id = %(reviewer)s) AS is_mine
        FROM latest GROUP BY id
    ), states AS (
        SELECT items.owner_id, is_named, coalesce(is_fake, false) AS is_fake, coalesce(is_mine, false) AS is_mine,
            is_named AND NOT coalesce(is_fake, false) AND coalesce(reviewers, 0) >= %(needed)s AS is_confirmed
        FROM items JOIN named USING (id) LEFT JOIN found USING (id)
    )
    SELECT owner_id, count(*), count(*) FILTER (WHERE is_named), count(*) FILTER (WHERE is_confirmed),
        count(*) FILTER (WHERE is_fake),
        count(*) FILTER (WHERE is_named AND NOT is_confirmed AND NOT is_fake AND NOT is_mine)
    FROM states GROUP BY owner_id
"""


def progress(checks: Iterable[int], *, reviewer: int = 0) -> dict[int, Progress]:
    """Check id -> how far it is; `to_review` is for this reviewer."""
    keys = list(checks)
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"checks": keys, "reviewer": reviewer, "needed": REVIEWERS_NEEDED})
        return {row[0]: Progress(*row[1:]) for row in cursor.fetchall()}


def open_checks() -> QuerySet[Check]:
    """Those of the newest version of provisional results: the others are closed."""
    versions = Result.objects.filter(campaign=OuterRef("result__campaign")).order_by("-version")
    return Check.objects.filter(
        result__campaign__state=Campaign.State.PROVISIONAL, result=Subquery(versions.values("pk")[:1])
    ).order_by(F("drawn_at"), "pk")
