"""What a result has to stand before it is final, as a list of what is done and what is missing."""

from datetime import timedelta

import pytest

from apps.campaigns.models import Campaign
from apps.integrity.admin.checklist import TITLES, checklist
from tests.admin.scene import NOW, Scene, add_the_end, make_scene
from tests.factories import make_campaign
from tests.integrity.ready import make_ready

pytestmark = pytest.mark.django_db
State = Campaign.State


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def missing(campaign: Campaign) -> list[str]:
    return [str(item.title) for item in checklist(campaign, now=NOW).items if not item.is_done]


def test_everything_is_listed_whether_it_is_done_or_not(scene: Scene) -> None:
    found = checklist(scene.provisional, now=NOW)
    assert {item.title for item in found.items} == set(TITLES[State.PROVISIONAL].values())
    assert len(found.items) == len(TITLES[State.PROVISIONAL])
    done = [item.is_done for item in found.items]
    assert done == sorted(done)  # what is missing comes first
    assert found.done == len(found.items) - len(missing(scene.provisional))


def test_what_is_missing_says_what_removes_it(scene: Scene) -> None:
    add_the_end(scene)
    waiting = next(
        item for item in checklist(scene.provisional, now=NOW).items if "Every decision" in str(item.title)
    )
    [(text, remedy)] = waiting.missing
    assert "waits for a second person" in text
    assert "href=" in str(remedy)


@pytest.mark.parametrize("is_ready", [True, False])
def test_a_link_leads_to_approving_once_the_rest_is_done(scene: Scene, *, is_ready: bool) -> None:
    if is_ready:
        make_ready(scene.provisional, now=NOW)
    else:
        add_the_end(scene)
    items = {str(item.title): item for item in checklist(scene.provisional, now=NOW).items}
    [(_text, remedy)] = items["Two people have approved"].missing
    assert ("href=" in str(remedy)) == is_ready


def test_of_a_ready_result_the_approvals_alone_are_missing(scene: Scene) -> None:
    make_ready(scene.provisional, now=NOW)
    assert missing(scene.provisional) == ["Two people have approved"]
    assert not checklist(scene.provisional, now=NOW).is_complete


def test_while_late_data_is_waited_for_grace_and_sources_are_listed() -> None:
    campaign = make_campaign(state=State.SETTLING, deadline=NOW - timedelta(hours=1))
    found = checklist(campaign, now=NOW)
    assert [item.is_done for item in found.items] == [False, True]


@pytest.mark.parametrize("state", [State.FINAL, State.PAID])
def test_of_what_is_final_nothing_is_missing(state: str) -> None:
    campaign = make_campaign(state=state)
    assert checklist(campaign, now=NOW).is_complete


def test_a_rehearsal_says_that_it_decides_nothing() -> None:
    campaign = make_campaign(state=State.PROVISIONAL, is_rehearsal=True)
    [item] = checklist(campaign, now=NOW).items
    assert [text for text, _remedy in item.missing] == ["A rehearsal stays provisional; it decides nothing."]


def test_no_reason_that_blocks_goes_without_being_said(scene: Scene) -> None:
    Campaign.objects.filter(pk=scene.provisional.pk).update(state=State.VOID)
    [item] = checklist(Campaign.objects.get(pk=scene.provisional.pk), now=NOW).items
    assert [text for text, _remedy in item.missing] == ["The campaign is void."]
