"""The whole story of a campaign, from its announcement to the money; docs/story.md tells it with pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.story import ending, money, running
from tests.browser.story.cast import Story, gather, on, regular_jobs
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def story(transactional_db: None, visit: Callable[..., Visitor], tmp_path: Path) -> Story:
    return gather(visit, tmp_path)


def test_a_campaign_from_its_announcement_to_the_money(story: Story, settings: Any) -> None:
    with on("2026-08-20 10:00"):
        running.announced(story)
    with on("2026-09-01 00:01"):
        regular_jobs()
    with on("2026-09-21 10:00"):
        running.a_wrong_file_is_withdrawn(story)
    with on("2026-09-25 15:00"):
        running.somebody_leaves(story)
    with on("2026-09-30 12:00"):
        running.the_next_in_line_moves_up(story)
    with on("2026-10-01 00:01"):
        regular_jobs()
    ending.late_messages(story)
    with on("2026-10-05 10:00"):
        ending.two_object(story)
        ending.one_is_answered_and_holds_up_nothing(story)
    with on("2026-10-06 10:00"):
        ending.a_cheat_is_found(story)
        ending.what_is_fake_does_not_count(story)
    with on("2026-10-07 10:00"):
        ending.one_is_upheld(story)
    with on("2026-10-08 10:00"):
        ending.the_winners_are_checked(story)
    with on("2026-10-11 10:00"):
        money.two_approve(story)
    with on("2026-10-12 10:00"):
        money.net_to_gross(story)
        money.handed_to_payroll(story)
    with on("2026-10-16 10:00"):
        money.paid(story)
    settings.EVIDENCE_KEY_FILE = str(story.folder / "evidence-key.pem")
    with on("2026-10-17 10:00"):
        money.anybody_can_check_it(story)
