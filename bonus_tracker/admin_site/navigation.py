"""The sidebar: what there is to do, in plain words, for whoever may see it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _

Item = tuple[Any, str, str, str]  # words, symbol, page, permission

GROUPS: list[tuple[Any, list[Item]]] = [
    (
        _("Contest"),
        [
            (_("Campaigns"), "emoji_events", "campaigns_campaign_changelist", "campaigns.view_campaign"),
            (_("Who left a contest"), "person_off", "campaigns_optout_changelist", "campaigns.view_optout"),
            (_("Results"), "verified", "ranking_result_changelist", "ranking.view_result"),
            (_("Objections"), "gavel", "integrity_objection_changelist", "integrity.view_objection"),
            (_("Cases"), "search_insights", "integrity_case_changelist", "integrity.view_case"),
            (_("Decisions"), "balance", "integrity_decision_changelist", "integrity.view_decision"),
            (_("Winners' checks"), "fact_check", "integrity_check_changelist", "integrity.view_check"),
            (_("Awards"), "redeem", "awards_award_changelist", "awards.view_award"),
            (_("Approvals"), "how_to_reg", "awards_approval_changelist", "awards.view_approval"),
            (_("Payroll"), "outbox", "awards_payrollexport_changelist", "awards.view_payrollexport"),
            (_("Payments"), "payments", "awards_payment_changelist", "awards.view_payment"),
            (_("Rankings"), "leaderboard", "ranking_run_changelist", "ranking.view_run"),
        ],
    ),
    (
        _("People"),
        [
            (_("Employees"), "badge", "directory_employee_changelist", "directory.view_employee"),
            (
                _("Departments"),
                "account_tree",
                "directory_department_changelist",
                "directory.view_department",
            ),
            (_("Legal entities"), "domain", "directory_legalentity_changelist", "directory.view_legalentity"),
            (_("Groups of employees"), "groups", "directory_group_changelist", "directory.view_group"),
            (
                _("Company domains"),
                "alternate_email",
                "directory_companydomain_changelist",
                "directory.view_companydomain",
            ),
        ],
    ),
    (
        _("Messages"),
        [
            (_("Sources"), "input", "activity_source_changelist", "activity.view_source"),
            (_("Deliveries"), "inventory_2", "activity_delivery_changelist", "activity.view_delivery"),
            (
                _("Held back"),
                "front_hand",
                "activity_quarantinedevent_changelist",
                "activity.view_quarantinedevent",
            ),
            (_("Find a contact"), "person_search", "activity_contact_find", "activity.view_contact"),
            (
                _("Facts about contacts"),
                "link",
                "activity_contactfact_changelist",
                "activity.view_contactfact",
            ),
        ],
    ),
    (
        _("Running the program"),
        [
            (_("Sign-ins"), "person", "directory_user_changelist", "directory.view_user"),
            (_("Roles"), "key", "auth_group_changelist", "auth.view_group"),
            (
                _("Regular jobs"),
                "schedule",
                "django_celery_beat_periodictask_changelist",
                "django_celery_beat.view_periodictask",
            ),
            (
                _("Intervals"),
                "timer",
                "django_celery_beat_intervalschedule_changelist",
                "django_celery_beat.view_intervalschedule",
            ),
            (
                _("Times of day"),
                "calendar_clock",
                "django_celery_beat_crontabschedule_changelist",
                "django_celery_beat.view_crontabschedule",
            ),
            (_("Audit log"), "history_edu", "audit_entry_changelist", "audit.view_entry"),
            (_("Signed heads of the log"), "draw", "audit_signedhead_changelist", "audit.view_signedhead"),
            (
                _("Checks of the log"),
                "fact_check",
                "audit_verification_changelist",
                "audit.view_verification",
            ),
        ],
    ),
]


CONSOLE = {"title": _("Overview"), "icon": "home", "link": reverse_lazy("console:overview")}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = [{"items": [CONSOLE, _item(_("All records"), "list", "index")]}]
    for words, items in GROUPS:
        allowed = [_item(*item[:3]) for item in items if _may(request, item[3])]
        if allowed:
            groups.append({"title": words, "separator": True, "items": allowed})
    return groups


def _may(request: HttpRequest, view: str) -> bool:
    """Whoever may change something may see it."""
    user: Any = request.user
    return user.has_perm(view) or user.has_perm(view.replace(".view_", ".change_"))


def _item(words: Any, symbol: str, page: str) -> dict[str, Any]:
    return {"title": words, "icon": symbol, "link": reverse(f"admin:{page}")}
