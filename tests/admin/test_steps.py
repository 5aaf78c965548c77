"""A step that lacks its act is noticed when it is made, not when somebody presses its button."""

import pytest

from apps.directory.admin.employee_steps import Correction
from bonus_tracker.admin_site.looking import LookStep
from bonus_tracker.admin_site.steps import Step


@pytest.mark.parametrize(("kind", "lacks"), [(Step, "take"), (Correction, "correct"), (LookStep, "subject")])
def test_a_step_without_its_act_is_never_made(kind: type[Step], lacks: str) -> None:
    class Unfinished(kind):  # type: ignore[misc, valid-type]
        name = "unfinished"

    with pytest.raises(TypeError, match=f"abstract.*{lacks}"):
        Unfinished()
