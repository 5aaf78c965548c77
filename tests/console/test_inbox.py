"""What waits for somebody: for whom, with why not, in which order, at what cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from apps.console.inbox.gathering import KINDS, counts, inbox
from apps.console.inbox.viewer import Viewer
from apps.directory.models import Employee, User
from apps.integrity.checks import draw, states
from apps.integrity.decisions import confirm, propose, reject
from apps.integrity.drafts import Draft
from apps.integrity.models import Case, Check, CheckItem, Decision, Objection, Tick
from apps.integrity.progress import progress
from tests.admin.scene import NOW, Scene
from tests.console.growing import add_more
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def somebody(role: str = "HR", employee: Employee | None = None) -> User:
    user = make_user(employee=employee)
    user.groups.add(Group.objects.get(name=role))
    return user


def mine(user: User) -> list[str]:
    return [each.kind.name for each in inbox(Viewer(user), now=NOW).mine]


def others(user: User) -> dict[str, str]:
    """Kind -> why this person may not."""
    return {each.kind.name: str(each.line.why_not) for each in inbox(Viewer(user), now=NOW).others}


def draw_check(scene: Scene) -> Check:
    draw(scene.provisional, now=NOW)
    return Check.objects.get()


def test_everything_open_waits_for_somebody_of_hr(ended: Scene) -> None:
    check = draw_check(ended)
    CheckItem.objects.filter(owner=check).update(matched_at=NOW)
    # The source speaks for the time until now, so there is no gap.
    assert mine(somebody()) == ["decisions", "objections", "checks", "cases", "held", "held"]


def test_who_became_an_approver_since_the_deadline_reads_so(ended: Scene) -> None:
    assert "since the deadline" in others(somebody())["approvals"]


def test_who_has_proposed_reads_that_somebody_else_confirms(ended: Scene) -> None:
    proposer = Decision.objects.get().proposed_by
    proposer.groups.add(Group.objects.get(name="HR"))
    assert "decisions" not in mine(proposer)
    assert "You have proposed it" in others(proposer)["decisions"]


def test_who_stands_at_a_prize_reads_that_somebody_else_decides(ended: Scene) -> None:
    winner = somebody(employee=ended.employee)
    assert mine(winner) == ["held", "held"]
    assert set(others(winner)) == {"decisions", "objections", "checks", "cases", "approvals"}
    assert "You stand where a prize is at stake" in others(winner)["objections"]


def test_who_objected_does_not_answer(ended: Scene) -> None:
    objector = somebody(employee=Objection.objects.get().employee)
    assert "objections" not in mine(objector)
    assert "It concerns you" in others(objector)["objections"]


def test_a_check_waits_for_the_winner_then_for_two_reviewers(ended: Scene) -> None:
    check, reviewer = draw_check(ended), somebody()
    assert "still to name" in others(reviewer)["checks"]
    CheckItem.objects.filter(owner=check).update(matched_at=NOW)
    assert "checks" in mine(reviewer)
    for item in check.items.all():
        Tick.objects.create(item=item, reviewer=reviewer, how=Tick.How.MET, at=NOW)
    assert "somebody else confirms the rest" in others(reviewer)["checks"]
    second = somebody()
    assert "checks" in mine(second)
    for item in check.items.all():
        Tick.objects.create(item=item, reviewer=second, how=Tick.How.CALLED, at=NOW)
    assert "checks" not in mine(somebody())
    assert "checks" not in others(somebody())


def test_progress_is_what_the_review_page_says(ended: Scene) -> None:
    """The same rule in SQL as in apps.integrity.checks: in any version, the latest word, never with a fake."""
    check = draw_check(ended)
    first, second = somebody(), somebody()
    items = list(check.items.all())
    CheckItem.objects.filter(pk=items[0].pk).update(matched_at=NOW)
    for how in (Tick.How.FAKE, Tick.How.MET):  # taken back
        Tick.objects.create(item=items[0], reviewer=first, how=how, at=NOW)
    Tick.objects.create(item=items[0], reviewer=second, how=Tick.How.CALLED, at=NOW)
    for item in items[1:]:
        Tick.objects.create(item=item, reviewer=first, how=Tick.How.FAKE, at=NOW)
    decision = Decision.objects.get()
    version = confirm(
        propose(
            Draft(
                campaign=ended.provisional,
                kind=Decision.Kind.EXCLUSION,
                employee=Employee.objects.get(number="E002"),
                reason="on the board",
                evidence="its minutes",
            ),
            proposer=decision.proposed_by,
            now=NOW,
        ),
        confirmer=first,
        seen_version=1,
        now=NOW,
    )
    assert version is not None
    (later,) = draw(ended.provisional, now=NOW)
    for each in (check, later):
        found, far = states(each), progress([each.pk], reviewer=second.pk)[each.pk]
        assert far == (
            len(found),
            sum(state.is_matched for state in found),
            sum(state.is_confirmed for state in found),
            sum(state.is_fake for state in found),
            0,
        )
    assert (far.confirmed, far.fakes) == (1, len(items) - 1)


def test_the_auditor_sees_all_of_it_and_is_asked_for_none(ended: Scene) -> None:
    auditor = somebody("auditor")
    assert mine(auditor) == []
    assert set(others(auditor)) == {"decisions", "objections", "checks", "cases", "approvals", "held"}
    assert counts(Viewer(auditor), now=NOW) == {}


def test_who_may_do_nothing_is_not_asked_what_they_may_not_decide(
    ended: Scene, django_assert_num_queries: Any
) -> None:
    auditor = Viewer(somebody("auditor", employee=ended.employee))
    auditor.user.get_all_permissions()
    with django_assert_num_queries(0):
        assert counts(auditor, now=NOW) == {}


def test_the_number_in_the_sidebar_is_what_the_inbox_shows(ended: Scene) -> None:
    for user in (somebody(), Decision.objects.get().proposed_by, somebody(employee=ended.employee)):
        assert sum(counts(Viewer(user), now=NOW).values()) == len(mine(user))


def test_an_objection_that_a_decision_would_uphold_waits_no_more(ended: Scene) -> None:
    upholding = Decision.objects.create(
        campaign=ended.provisional,
        number=2,
        kind=Decision.Kind.NO_COLLEAGUE,
        objection=Objection.objects.get(),
        reason="a customer",
        evidence="a contract",
        proposed_by=make_user(),
        proposed_at=NOW,
    )
    assert "objections" not in mine(somebody())
    reject(upholding, by=somebody(), reason="no", now=NOW)
    assert "objections" in mine(somebody())


def test_what_is_due_first_comes_first(ended: Scene) -> None:
    """A running campaign's case can wait for the deadline; the provisional one's cannot."""
    Case.objects.create(
        campaign=ended.running,
        employee=ended.employee,
        reason="early",
        opened_by="hr",
        opened_at=NOW - timedelta(days=5),
    )
    found = [each.line.about for each in inbox(Viewer(somebody()), now=NOW).mine if each.kind.name == "cases"]
    assert [text.split(" · ")[0] for text in found] == [str(ended.provisional), str(ended.running)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_names_permissions_that_exist(kind: Any) -> None:
    superuser = make_user(is_superuser=True)
    assert {kind.permission, kind.act} <= superuser.get_all_permissions()


def test_a_list_goes_on_by_key_and_keeps_its_filter(ended: Scene, client: Client) -> None:
    client.force_login(somebody())
    add_more(ended, 60)
    address = reverse("console:cases")
    first = client.get(address, {"show": "open", "campaign": "provisional"})
    keys = [row[0] for row in first.context["table"].rows]
    assert len(keys) == 50
    second = client.get(address + first.context["next_address"])
    rest = [row[0] for row in second.context["table"].rows]
    assert len(rest) == 11
    assert not set(keys) & set(rest)
    assert second.context["next_address"] == ""
    assert client.get(address, {"campaign": "running"}).context["table"].rows == []


def test_mine_are_those_that_this_person_has_had_to_do_with(ended: Scene, client: Client) -> None:
    user = somebody()
    client.force_login(user)
    address = reverse("console:decisions")
    assert client.get(address, {"show": "mine"}).context["table"].rows == []
    Decision.objects.update(rejected_by=user, rejected_at=NOW, rejection_reason="no")
    assert len(client.get(address, {"show": "mine"}).context["table"].rows) == 1
    assert client.get(address).context["table"].rows == []


def test_one_screen_shows_what_would_change_and_the_buttons_of_the_act(ended: Scene, client: Client) -> None:
    client.force_login(somebody())
    decision = Decision.objects.get()
    html = client.get(reverse("console:decision", args=[decision.pk])).content.decode()
    assert "its minutes" in html
    assert "What would change" in html
    assert reverse("admin:integrity_decision_confirm", args=[decision.pk]) in html
    proposer = decision.proposed_by
    proposer.groups.add(Group.objects.get(name="HR"))
    client.force_login(proposer)
    html = client.get(reverse("console:decision", args=[decision.pk])).content.decode()
    assert "You have proposed it" in html
    assert reverse("admin:integrity_decision_confirm", args=[decision.pk]) not in html
    assert reverse("admin:integrity_decision_reject", args=[decision.pk]) in html


def test_an_act_leads_back_to_the_console(ended: Scene, client: Client) -> None:
    client.force_login(somebody())
    decision = Decision.objects.get()
    answer = client.post(reverse("admin:integrity_decision_reject", args=[decision.pk]), {"reason": "not so"})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("console:decision", args=[decision.pk])
