"""A step that lacks its act is noticed when it is made, not when somebody presses its button."""

import pytest
from django.test import Client

from apps.directory.admin.employee_steps import Correction
from bonus_tracker.admin_site.looking import LookStep
from bonus_tracker.admin_site.steps import Step
from tests.admin.scene import Scene, page, sign_in


@pytest.mark.parametrize(("kind", "lacks"), [(Step, "take"), (Correction, "correct"), (LookStep, "subject")])
def test_a_step_without_its_act_is_never_made(kind: type[Step], lacks: str) -> None:
    class Unfinished(kind):  # type: ignore[misc, valid-type]
        name = "unfinished"

    with pytest.raises(TypeError, match=f"abstract.*{lacks}"):
        Unfinished()


@pytest.mark.django_db
def test_a_link_fills_in_what_people_type_and_nothing_that_is_hidden(client: Client, scene: Scene) -> None:
    """A preview that nobody has seen is not said to have been seen."""
    sign_in(client, "HR")
    address = page("campaigns_campaign_exclude", scene.provisional.pk)
    form = client.get(address, {"employee": "E002", "seen": "1", "nonsense": "x"}).context["form"]
    assert form.initial == {"employee": "E002"}
