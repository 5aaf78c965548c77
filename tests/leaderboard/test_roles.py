"""Three groups with their permissions, made by migrating."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.core.management.sql import emit_post_migrate_signal

from apps.campaigns.models import Campaign
from apps.directory.roles import is_auditor, is_hr
from apps.leaderboard.sight import may_see
from tests.factories import make_campaign
from tests.leaderboard.scene import make_member

pytestmark = pytest.mark.django_db


def permissions(name):
    rows = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
    return set(rows)


def test_migrating_again_changes_nothing_and_takes_nothing_away():
    Group.objects.get(name="HR").permissions.add(Permission.objects.get(codename="view_session"))
    before = {name: permissions(name) for name in ("HR", "auditor", "administrator")}
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert {name: permissions(name) for name in before} == before


def test_hr_runs_campaigns_and_changes_no_people():
    may = permissions("HR")
    assert ("campaigns", "change_campaign") in may
    assert ("awards", "add_approval") in may
    assert {
        codename for app, codename in may if app == "directory" and not codename.startswith("view_")
    } == set()


def test_the_auditor_sees_everything_of_the_contest_and_changes_nothing():
    may = permissions("auditor")
    assert {codename for _app, codename in may if not codename.startswith("view_")} == set()
    assert {app for app, _codename in may} >= {
        "audit",
        "directory",
        "activity",
        "campaigns",
        "ranking",
        "awards",
    }


def test_the_administrator_keeps_people_and_has_no_say_in_campaigns():
    may = permissions("administrator")
    assert ("directory", "add_user") in may
    assert {app for app, _codename in may}.isdisjoint({"campaigns", "awards", "ranking"})


def test_who_is_who():
    hr, auditor, nobody = make_member("HR"), make_member("auditor"), AnonymousUser()
    assert [is_hr(user) for user in (hr, auditor, nobody)] == [True, False, False]
    assert [is_auditor(user) for user in (hr, auditor, nobody)] == [False, True, False]


def test_who_may_see_what():
    announced, draft = make_campaign(), make_campaign(state=Campaign.State.DRAFT)
    rehearsal = make_campaign(is_rehearsal=True)
    people = [
        AnonymousUser(),
        make_member(),
        make_member("administrator"),
        make_member("HR"),
        make_member("auditor"),
    ]
    seen = [[may_see(user, campaign) for campaign in (announced, draft, rehearsal)] for user in people]
    assert seen == [[False] * 3, [True, False, False], [True, False, False], [True] * 3, [True] * 3]


@pytest.mark.parametrize(("groups", "shown"), [((), False), (("HR",), True), (("auditor",), True)])
def test_the_way_into_the_administration_is_shown_to_people_with_a_role(browse, groups, shown):
    html = browse(make_member(*groups)).get("/?all").content.decode()
    assert ('href="/console/"' in html) is shown
