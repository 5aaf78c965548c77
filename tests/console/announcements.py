"""Announcements with something in every field, for form and file to say the same."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from apps.campaigns.announcement import Announcement, PrizeLine
from apps.campaigns.divisions import Division
from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.presets import NEW_PEOPLE, PRESETS
from apps.campaigns.rule import Rule
from apps.directory.models import Group
from tests.factories import make_department


def everything() -> Announcement:
    """With something in every field."""
    return Announcement(
        slug="everything",
        name={"en": 'A "name" \\ with\ttabs', "zh-hans": "带他们来"},
        starts_at=datetime(2026, 11, 30, 16, tzinfo=UTC),
        deadline=datetime(2027, 3, 1, 3, 59, 59, tzinfo=UTC),
        freeze_at=datetime(2027, 2, 25, 16, tzinfo=UTC),
        grace_hours=24,
        objection_days=3,
        public_places=7,
        contact="The desk, desk@company.example",
        rule=Rule(window_days=None, min_mutual_days=2, new_contacts_only=True, former_colleague_days=0),
        prizes=(PrizeLine(1, Decimal("100.00"), "EUR", 50), PrizeLine(2, Decimal("50.50"), "EUR")),
        further=Further(
            goals=(
                Goal(10, Decimal("5.00"), "EUR", False, ("Board", "Sales")),
                Goal(20, Decimal("9.00"), "EUR"),
            ),
            per_contact=PerContact(Decimal("1.25"), 40, "EUR"),
            departments=(
                DepartmentPrize(1, Decimal("7.00"), "EUR"),
                DepartmentPrize(2, Decimal("3.00"), "EUR"),
            ),
        ),
        awarding=Awarding(
            tie_break="none",
            equals="all",
            per_person="one",
            employed_at="result",
            excluded_groups=("Board",),
            department_level=1,
            department_members=12,
        ),
        departments=("A", "A / B"),
        groups=("Board",),
    )


def known_names() -> None:
    for name in ("Board", "Sales"):
        Group.objects.create(name=name)
    make_department("A")
    make_department("A / B")


USUAL = Announcement(
    slug="usual",
    name={"en": "Usual"},
    starts_at=datetime(2026, 11, 30, 16, tzinfo=UTC),
    deadline=datetime(2027, 2, 28, 16, tzinfo=UTC),
)
VARIANTS = {
    "usual": USUAL,
    "everything": everything(),
    "nameless": replace(USUAL, name={}),
    "presets": replace(USUAL, rule=PRESETS[NEW_PEOPLE]),
    "divided": replace(
        USUAL,
        divisions=(
            Division("sales", {"en": "Sales", "zh-hans": "销售"}, departments=("A",)),
            Division("rest", {"en": "Rest"}),
        ),
        prizes=(
            PrizeLine(1, Decimal("5.00"), "CNY", 0, "rest"),
            PrizeLine(1, Decimal("9.00"), "CNY", 3, "sales"),
        ),
        further=Further(
            goals=(Goal(3, Decimal("1.00")), Goal(3, Decimal("2.00"), division="sales")),
            per_contact=PerContact(Decimal("1.25"), 40, division="rest"),
            departments=(
                DepartmentPrize(1, Decimal("7.00")),
                DepartmentPrize(1, Decimal("8.00"), division="sales"),
            ),
        ),
    ),
    "one goal": replace(USUAL, further=Further(goals=(Goal(3, Decimal("1.00")),))),
    "strange words": replace(USUAL, contact='"""; \\u0041 \x7f é 换行', groups=("Board",)),
}
