"""The words of the framework around our pages, too, are Chinese for whoever reads Chinese."""

import pytest
from django.test import Client

from bonus_tracker.admin_site.framework_texts import TEXTS
from tests.admin.scene import Scene, page, sign_in


@pytest.mark.django_db
def test_no_text_of_the_framework_is_left_in_english(client: Client, scene: Scene) -> None:
    sign_in(client, "superuser")
    for name in (
        "campaigns_campaign_changelist",
        "directory_user_add",
        "activity_quarantinedevent_changelist",
    ):
        html = client.get(page(name), headers={"accept-language": "zh-hans"}).content.decode()
        assert [text for text in TEXTS if f'"{text}"' in html or f">{text}<" in html] == []
