"""HR's pages read how far a question about another rule is, and what came of it."""

import pytest

from apps.campaigns.rule import Rule
from apps.ranking import what_if, what_ifs
from apps.ranking.models import WhatIf
from tests.leaderboard.scene import NOW, give_active, make_contest, make_member

pytestmark = pytest.mark.django_db
FIGURES = what_if.Figures(3, 1, 4, [(0, 2), (1, 0), (3, 1)], [(1, "E1", 4)])


def test_a_page_reads_how_far_it_is_and_the_figures(browse):
    contest = make_contest([9, 3])
    give_active(contest.employees[0], 1)
    rule = Rule(window_days=None, min_sent_days=1)
    question = what_ifs.ask(contest.campaign, rule, actor="hr", now=NOW)
    client = browse(make_member("HR"))
    url = f"/api/v1/campaigns/{contest.campaign.slug}/what-ifs/"
    [waiting] = client.get(url).json()
    assert (waiting["id"], waiting["state"], waiting["steps"], waiting["figures"]) == (
        question.pk,
        "waiting",
        0,
        None,
    )
    assert waiting["rule"] == rule.as_dict()
    WhatIf.objects.update(state="counting", steps_done=2, steps=8)
    [counting] = client.get(url).json()
    assert (counting["state"], counting["steps_done"], counting["steps"]) == ("counting", 2, 8)
    WhatIf.objects.update(state="done", ended_at=NOW, figures=what_if.as_json(FIGURES))
    response = client.get(url)
    assert response.json()[0]["figures"] == {
        "participants": 3,
        "counted": 1,
        "active_contacts": 4,
        "histogram": [[0, 2], [1, 0], [3, 1]],
        "top": [[1, "E1", 4]],
    }
    assert "no-store" in response.headers["Cache-Control"]
