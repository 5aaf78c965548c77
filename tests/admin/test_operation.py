"""Jobs, the way out, and what the sidebar offers to whom."""

from typing import Any

import pytest
from django.test import Client
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tests.admin.scene import Scene, last_entry, page, sign_in

pytestmark = pytest.mark.django_db


def typed(job: PeriodicTask, **other: Any) -> dict[str, Any]:
    return {
        "name": job.name,
        "task": job.task,
        "enabled": "on",
        "interval": str(job.interval_id),
        "args": "[]",
        "kwargs": "{}",
        "priority": "",
    } | other


def test_a_job_is_changed_with_before_and_after(client: Client, scene: Scene) -> None:
    sign_in(client, "administrator")
    task = PeriodicTask.objects.get(name="tick")
    slower = IntervalSchedule.objects.create(every=5, period="minutes")
    client.post(page("django_celery_beat_periodictask_change", task.pk), typed(task, interval=str(slower.pk)))
    task.refresh_from_db()
    assert task.interval == slower
    assert (last_entry().subject, last_entry().details) == (
        "job tick",
        {"interval": [["every minute"], ["every 5 minutes"]]},
    )


def test_a_job_runs_a_task_of_this_program_and_nothing_else(client: Client, scene: Scene) -> None:
    sign_in(client, "administrator")
    task = PeriodicTask.objects.get(name="tick")
    address = page("django_celery_beat_periodictask_change", task.pk)
    answer = client.post(address, typed(task, task="os.system"))
    assert list(answer.context["adminform"].form.errors) == ["task"]


def test_signing_out_leads_to_the_sign_in(client: Client) -> None:
    sign_in(client, "HR")
    assert client.post(page("logout"), follow=True).redirect_chain[-1][0].startswith("/sign-in/")
    assert client.get(page("index")).status_code == 302


@pytest.mark.parametrize("role", ["HR", "auditor", "administrator", "superuser"])
def test_the_sidebar_leads_only_where_one_may_go(client: Client, scene: Scene, role: str) -> None:
    sign_in(client, role)
    groups = client.get(page("index")).context["sidebar_navigation"]
    links = [item["link"] for group in groups for item in group["items"]]
    assert len(links) > 5
    assert {link: client.get(link).status_code for link in links} == dict.fromkeys(links, 200)
