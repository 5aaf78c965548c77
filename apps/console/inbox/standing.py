"""How somebody stands in a campaign, and what was said and decided about them: the evidence beside a decision."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.campaigns.divisions import UNDIVIDED, keys_by_number, name_of
from apps.campaigns.models import Campaign
from apps.console import cells
from apps.console.details import Section
from apps.console.inbox.listings import IS_UNDONE, OBJECTION_TONES, decision_state
from apps.directory.models import Employee
from apps.integrity.models import Case, Decision, Objection
from apps.ranking.models import Board, Standing
from apps.ranking.services import latest_result


def at_employee(campaign: Campaign, employee: Employee) -> Section:
    return Section(_("How %s stands") % employee, sentences=place_facts(campaign, employee))


def place_facts(campaign: Campaign, employee: Employee) -> list[str]:
    """In the newest version of the result; before there is one, in the newest ranking."""
    result = latest_result(campaign)
    board = Board.objects.filter(campaign=campaign).first()
    run = result.run_id if result else board.live_run_id if board else None
    where = _("in version %d of the result") % result.version if result else _("in the newest ranking")
    own = Standing.objects.filter(run=run, employee=employee).first() if run else None
    if own is None:
        return [_("No place %s.") % where]
    division = name_of(campaign, keys_by_number(campaign).get(own.division, UNDIVIDED))
    return [
        (f"{division} · " if division else "")
        + _("Place %(place)d %(where)s; active contacts: %(count)d.")
        % {"place": own.rank, "count": own.active_contacts, "where": where},
        _("Days of conversation, which decide among equals: %d.") % own.conversation_days,
    ]


def contacts_page(campaign: Campaign, employee: Employee) -> tuple[str, Any]:
    """The page with every contact and why it counts or not; it asks for a reason, which the log keeps."""
    address = reverse("employee-contacts", args=[campaign.slug, employee.number])
    return address, _("Contacts of %s") % employee


def decided_about(campaign: Campaign, employees: Sequence[Employee], *, besides: Model) -> Section:
    """Objections, decisions and cases of a campaign that name one of them; besides: whose page it stands on."""
    rows: list[list[Any]] = [
        [
            cells.link(reverse("console:objection", args=[each.pk]), _("Objection %d") % each.number),
            str(each.place_of or each.employee),
            cells.state(each.get_state_display(), OBJECTION_TONES[each.state]),
        ]
        for each in Objection.objects.filter(campaign=campaign, employee__in=employees).select_related(
            "employee", "place_of"
        )
        if each != besides
    ]
    decisions: Any = Decision.objects.filter(campaign=campaign, employee__in=employees)
    rows += [
        [
            cells.link(reverse("console:decision", args=[each.pk]), _("Decision %s") % each),
            str(each.employee),
            cells.state(*decision_state(each)),
        ]
        for each in decisions.select_related("employee").annotate(is_undone=IS_UNDONE)
    ]
    rows += [
        [
            cells.link(reverse("console:case", args=[each.pk]), _("Case %d") % each.pk),
            str(each.employee),
            cells.state(_("closed"), cells.QUIET) if each.closed_at else cells.state(_("open"), cells.WAITS),
        ]
        for each in Case.objects.filter(campaign=campaign, employee__in=employees).select_related("employee")
        if each != besides
    ]
    title = _("Said and decided about them in this campaign")
    if not rows:
        return Section(title, [_("Nothing else so far.")])
    return Section(title, table={"headers": [_("Item"), _("Employee"), _("State")], "rows": rows})
