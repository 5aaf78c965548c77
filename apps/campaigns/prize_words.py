"""What a campaign gives and how, in words; nothing for a campaign that gives prizes for places as usual."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.campaigns.divisions import name_of
from apps.campaigns.further import Awarding, DepartmentPrize, Further, Goal, PerContact
from apps.campaigns.models import Campaign
from bonus_tracker.formats import money


def prize_sentences(campaign: Campaign) -> list[str]:
    """In the active language, as everybody who takes part reads them."""
    further, awarding = Further.of(campaign.further), Awarding.of(campaign.awarding)
    return [
        *(sentence for goal in further.goals for sentence in _within(campaign, goal, _of_goal(goal))),
        *(
            sentence
            for prize in further.each_contact
            for sentence in _within(campaign, prize, _of_contacts(prize))
        ),
        *(
            sentence
            for prize in further.departments
            for sentence in _within(campaign, prize, _of_department(prize))
        ),
        *_how_departments(further.departments, awarding),
        *_how(awarding),
    ]


def _within(
    campaign: Campaign, line: Goal | PerContact | DepartmentPrize, said: Iterator[str]
) -> Iterator[str]:
    """Of a division's prize, the first sentence says whose it is."""
    if line.division:
        yield _("Only for the division %(division)s: %(sentence)s") % {
            "division": name_of(campaign, line.division),
            "sentence": next(said),
        }
    yield from said


def _of_goal(goal: Goal) -> Iterator[str]:
    yield _("Everybody with at least %(contacts)d active contacts at the deadline gets %(money)s.") % {
        "contacts": goal.contacts,
        "money": money(goal.net_amount, goal.currency),
    }
    if goal.pro_rata:
        yield _(
            "Who joined the company during the campaign needs the share that belongs to their days, rounded up."
        )
    if goal.exempt_groups:
        yield _("Exempt from that goal: %s.") % ", ".join(goal.exempt_groups)


def _of_contacts(prize: PerContact) -> Iterator[str]:
    yield _("Each active contact at the deadline earns %(money)s, for up to %(most)d contacts.") % {
        "money": money(prize.net_amount, prize.currency),
        "most": prize.most,
    }


def _of_department(prize: DepartmentPrize) -> Iterator[str]:
    yield _("The department in place %(place)d gets %(money)s.") % {
        "place": prize.place,
        "money": money(prize.net_amount, prize.currency),
    }


def _how_departments(prizes: tuple[DepartmentPrize, ...], awarding: Awarding) -> Iterator[str]:
    if prizes:
        yield (
            _(
                "Departments are compared by the different people their members have as active contacts, divided by "
                "the members who take part at the deadline; with fewer than %d of them a department does not "
                "compete. They share the prize equally."
            )
            % awarding.department_members
        )
    if any(prize.division for prize in prizes):
        yield _(
            "For a prize of a division only its own members of a department are compared, with their contacts, and "
            "share it."
        )


def _how(awarding: Awarding) -> Iterator[str]:
    if awarding.tie_break == "none":
        yield _("Nothing tells people with the same number of active contacts apart.")
    if awarding.equals == "all":
        yield _("Equals at a place all get its prize, and the places after it stay empty.")
    if awarding.per_person == "one":
        yield _(
            "Nobody gets more than one prize: whoever wins a place has that, everybody else the largest they reached."
        )
    if awarding.employed_at == "result":
        yield _("Who has left the company before the result is sealed gets no prize; the next in line does.")
    if awarding.excluded_groups:
        yield _("These take part and win nothing, so that the next in line does: %s.") % ", ".join(
            awarding.excluded_groups
        )
