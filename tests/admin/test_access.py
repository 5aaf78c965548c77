"""Every page of the admin as every role."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from apps.directory.models import User
from tests.admin.scene import OTHER_STRANGER, STRANGER, Scene, add_the_end, make_scene, page, sign_in

HR, AUDITOR, ADMINISTRATOR, SUPERUSER = "HR", "auditor", "administrator", "superuser"
WITH_A_ROLE = (HR, AUDITOR, ADMINISTRATOR, SUPERUSER)
READERS = {HR, AUDITOR, SUPERUSER}
EVERY_ROLE = {HR, AUDITOR, ADMINISTRATOR, SUPERUSER}
OPERATORS = {AUDITOR, ADMINISTRATOR, SUPERUSER}

# Pages that show, and who may see them.
LISTS = {
    "audit_entry": EVERY_ROLE,
    "audit_signedhead": EVERY_ROLE,
    "audit_verification": EVERY_ROLE,
    "directory_employee": EVERY_ROLE,
    "directory_department": EVERY_ROLE,
    "directory_legalentity": EVERY_ROLE,
    "directory_group": EVERY_ROLE,
    "directory_companydomain": EVERY_ROLE,
    "directory_user": EVERY_ROLE,
    "activity_source": EVERY_ROLE,
    "activity_delivery": EVERY_ROLE,
    "activity_quarantinedevent": READERS,
    "activity_contactfact": READERS,
    "campaigns_campaign": READERS,
    "campaigns_optout": READERS,
    "ranking_run": READERS,
    "ranking_result": READERS,
    "integrity_decision": READERS,
    "integrity_objection": READERS,
    "integrity_case": READERS,
    "integrity_check": READERS,
    "awards_award": READERS,
    "awards_approval": READERS,
    "awards_payrollexport": READERS,
    "awards_payment": READERS,
    "auth_group": OPERATORS,
    "django_celery_beat_periodictask": OPERATORS,
    "django_celery_beat_intervalschedule": OPERATORS,
    "django_celery_beat_crontabschedule": OPERATORS,
}
WITHOUT_ROWS = {  # in the scene
    "awards_approval",
    "awards_payrollexport",
    "awards_payment",
}
WRITERS = {  # who may change rows by the form, besides nobody
    "activity_source": {ADMINISTRATOR, SUPERUSER},
    "directory_user": {ADMINISTRATOR, SUPERUSER},
    "django_celery_beat_periodictask": {ADMINISTRATOR, SUPERUSER},
    "django_celery_beat_intervalschedule": {ADMINISTRATOR, SUPERUSER},
    "django_celery_beat_crontabschedule": {ADMINISTRATOR, SUPERUSER},
}
ADDERS = {name: roles for name, roles in WRITERS.items() if name != "activity_source"}


@pytest.fixture
def scene(db: None) -> Scene:
    made = make_scene()
    add_the_end(made)
    return made


def steps(scene: Scene) -> dict[str, set[str]]:
    """The addresses of acts and looks, and who may take them."""
    hr, directory = {HR, SUPERUSER}, {ADMINISTRATOR, SUPERUSER}
    employee, contact = scene.employee.pk, scene.contact.pk
    return {
        page("campaigns_campaign_void", scene.running.pk): hr,
        page("campaigns_campaign_later_deadline", scene.running.pk): hr,
        page("campaigns_campaign_rank", scene.running.pk): hr,
        page("campaigns_campaign_approve", scene.provisional.pk): hr,
        page("campaigns_campaign_exclude", scene.provisional.pk): hr,
        page("campaigns_campaign_adjust", scene.provisional.pk): hr,
        page("campaigns_campaign_grant", scene.provisional.pk): hr,
        page("campaigns_campaign_open_case", scene.provisional.pk): hr,
        page("campaigns_campaign_ending", scene.provisional.pk): READERS,
        page("audit_signedhead_name_reader"): hr,
        page("audit_signedhead_forget_reader"): hr,
        page("integrity_decision_confirm", _first("integrity_decision")): hr,
        page("integrity_decision_reject", _first("integrity_decision")): hr,
        page("integrity_objection_refuse", _first("integrity_objection")): hr,
        page("integrity_objection_uphold", _first("integrity_objection")): hr,
        page("integrity_case_close", _first("integrity_case")): hr,
        page("integrity_check_review", _first("integrity_check")): hr,
        page("activity_delivery_withdraw", scene.delivery.pk): hr,
        page("activity_contact_merge", contact): hr,
        page("activity_contact_own_account", contact): hr,
        page("activity_contact_do_not_count", contact): hr,
        page("activity_contact_hand_over", contact): hr,
        page("activity_contactfact_revoke", scene.fact.pk): hr,
        page("activity_contact_find"): READERS,
        page("activity_contact_change", contact): READERS,
        page("activity_delivery_interactions", scene.delivery.pk): READERS,
        page("directory_employee_ties", employee): READERS,
        page("ranking_result_fixed_ties", scene.result.pk): READERS,
        page("ranking_run_standings", scene.run.pk): READERS,
        page("awards_award_estimate", _first("awards_award")): READERS,
        page("directory_user_reset_second_factor", _with_second_factor()): directory,
        page("directory_employee_hire"): directory,
        page("directory_employee_import"): directory,
        page("directory_employee_rename", employee): directory,
        page("directory_employee_move", employee): directory,
        page("directory_employee_leave", employee): directory,
        page("directory_employee_rehire", employee): directory,
        page("directory_employee_give_account", employee): directory,
        page("directory_employee_end_account", employee): directory,
        page("directory_employee_join_group", employee): directory,
        page("directory_employee_leave_group", employee): directory,
        page("directory_department_rename", _first("directory_department")): directory,
        page("directory_department_move", _first("directory_department")): directory,
        page("directory_group_rename", _first("directory_group")): directory,
        page("directory_companydomain_add_domain"): directory,
        page("directory_companydomain_remove", _first("directory_companydomain")): directory,
    }


def _with_second_factor() -> int:
    user, _made = User.objects.get_or_create(username="with a phone")
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    return user.pk


def _model_admin(name: str) -> admin.ModelAdmin:
    by_name = {
        f"{model._meta.app_label}_{model._meta.model_name}": a for model, a in admin.site._registry.items()
    }
    return by_name[name]


def _first(name: str) -> object:
    row = _model_admin(name).model._default_manager.order_by("pk").first()
    return row.pk if row else 1


def test_every_model_of_the_admin_is_tested() -> None:
    registered = {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}
    assert registered == {*LISTS, "activity_contact"}


@pytest.mark.parametrize("role", WITH_A_ROLE)
def test_who_sees_which_page(client: Client, scene: Scene, role: str) -> None:
    sign_in(client, role)
    expected, got = {}, {}
    for name, readers in LISTS.items():
        status = 200 if role in readers else 403
        shown = [page(f"{name}_changelist")]
        if name not in WITHOUT_ROWS:
            shown.append(page(f"{name}_change", _first(name)))
        expected |= dict.fromkeys(shown, status)
    expected |= {address: 200 if role in allowed else 403 for address, allowed in steps(scene).items()}
    for name in LISTS:
        expected[page(f"{name}_add")] = 200 if role in ADDERS.get(name, ()) else 403
    expected[page("index")] = 200
    for address in expected:
        got[address] = client.get(address).status_code
    assert got == expected


def test_who_is_not_signed_in_is_sent_to_the_sign_in(client: Client, scene: Scene) -> None:
    addresses = [page("index"), *steps(scene)]
    for name in LISTS:
        addresses += [page(f"{name}_changelist"), page(f"{name}_add"), page(f"{name}_change", _first(name))]
    for address in addresses:
        answer = client.get(address, follow=True)
        assert answer.redirect_chain[-1][0].startswith(reverse("login")), address


def test_an_employee_without_a_role_gets_no_page_at_all(client: Client, scene: Scene) -> None:
    sign_in(client, "employee")
    for address in [page("index"), *steps(scene), *(page(f"{name}_changelist") for name in LISTS)]:
        assert client.get(address, follow=True).status_code == 403, address


def test_every_page_carries_a_policy(client: Client, scene: Scene) -> None:
    sign_in(client, "HR")
    policy = client.get(page("index")).headers["Content-Security-Policy"]
    assert "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'" in policy


def test_being_staff_is_no_role(client: Client, scene: Scene) -> None:
    user = sign_in(client, "employee")
    assert user is not None
    user.is_staff = True
    user.save()
    assert client.get(page("index"), follow=True).status_code == 403


@pytest.mark.parametrize("role", WITH_A_ROLE)
def test_what_is_read_only_is_so_for_posts_too(client: Client, scene: Scene, role: str) -> None:
    sign_in(client, role)
    for name in LISTS:
        key = _first(name)
        if role not in WRITERS.get(name, ()):
            assert client.post(page(f"{name}_change", key), {"name": "changed"}).status_code == 403, name
        if role not in ADDERS.get(name, ()):
            assert client.post(page(f"{name}_add"), {"name": "added"}).status_code == 403, name
            assert client.post(page(f"{name}_delete", key), {"post": "yes"}).status_code == 403, name


@pytest.mark.parametrize("role", [AUDITOR, ADMINISTRATOR, HR])
def test_an_act_is_refused_to_other_roles_by_post_too(client: Client, scene: Scene, role: str) -> None:
    sign_in(client, role)
    for address, allowed in steps(scene).items():
        if role not in allowed:
            assert client.post(address, {"reason": "because"}).status_code == 403, address


@pytest.mark.parametrize("role", WITH_A_ROLE)
def test_no_page_shows_the_handle_of_an_outsider(client: Client, scene: Scene, role: str) -> None:
    sign_in(client, role)
    addresses = [page("index"), *steps(scene)]
    for name in LISTS:
        addresses += [page(f"{name}_changelist"), page(f"{name}_change", _first(name))]
    looks = {"reason": "a question of the employee", "employee": "E001"}
    for address in addresses:
        for answer in (client.get(address), client.post(address, looks) if "ties" in address else None):
            if answer is not None:
                assert not any(handle.encode() in answer.content for handle in (STRANGER, OTHER_STRANGER))
