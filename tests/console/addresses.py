"""Where each page of the console is, by the name of its address."""

from typing import Any

from django.urls import reverse

from apps.activity.models import Delivery
from apps.audit.models import Entry
from apps.console import urls
from apps.directory.models import Employee
from apps.integrity.models import Case, Check, Decision, Objection
from apps.jobs.models import Job

NAMES = [pattern.name for pattern in urls.urlpatterns]
CHANGEABLE = {
    "campaign-edit",
    "preview",
    "costs",
}  # of a campaign that runs; the others of one that has ended
THINGS: dict[str, Any] = {
    "objection": Objection,
    "decision": Decision,
    "case": Case,
    "check": Check,
    "delivery": Delivery,
    "upload": Job,
}


def console_page(name: str, *, running: str, ended: str, employee: Employee) -> str:
    """About the first of what it shows; running, ended: slugs."""
    model = THINGS.get(name)
    values = {
        "slug": running if name in CHANGEABLE else ended,
        "number": Entry.objects.order_by("number").values_list("number", flat=True)[0],
        "key": model.objects.order_by("pk").values_list("pk", flat=True)[0] if model else employee.pk,
    }
    pattern = next(pattern for pattern in urls.urlpatterns if pattern.name == name)
    return reverse(f"console:{name}", kwargs={key: values[key] for key in pattern.pattern.converters})
