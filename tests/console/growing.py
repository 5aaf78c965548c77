"""More of what the console's pages show, for tests of what they cost."""

from dataclasses import asdict
from datetime import timedelta
from itertools import count as numbers_from

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.activity.models import Delivery, QuarantinedEvent, Source
from apps.awards.models import Award
from apps.console import navigation
from apps.console.monitor import results
from apps.integrity.models import Case, Check, CheckItem, Decision, Objection
from apps.jobs.models import Job, KeptFile
from apps.ranking.services import latest_result
from apps.sources import uploads
from apps.sources.forecast import Forecast
from tests.admin.scene import NOW, Scene
from tests.factories import make_campaign, make_contact, make_department, make_employee, make_user
from tests.leaderboard.scene import make_contest

FOUND = asdict(
    Forecast(
        9,
        "0" * 64,
        counted=4,
        held={"unreadable": 1, "unknown_staff": 2},
        problems=[(7, "not a line of CSV")],
        unknown=[("n…@firm.example", 2, 3)],
        unknown_handles=1,
    )
)
NUMBERS = numbers_from(1000)  # no two of them alike, however often more is added


def cost(client: Client, page: str) -> int:
    """Queries of a page when nothing is kept of earlier ones."""
    navigation._waiting.clear()
    results._moved.clear()
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def add_more(scene: Scene, count: int) -> None:
    """Of each kind that can be many."""
    user = make_user()
    for _n in range(count):
        employee = make_employee()
        Case.objects.create(
            campaign=scene.provisional, employee=employee, reason="late", opened_by="hr", opened_at=NOW
        )
        Objection.objects.create(
            campaign=scene.provisional,
            number=next(NUMBERS),
            employee=employee,
            about=Objection.About.PLACE,
            place_of=scene.employee,
            text="too many",
            made_at=NOW,
        )
        Decision.objects.create(
            campaign=scene.provisional,
            number=next(NUMBERS),
            kind=Decision.Kind.EXCLUSION,
            employee=employee,
            reason="on the board",
            evidence="its minutes",
            proposed_by=user,
            proposed_at=NOW,
        )
        result = latest_result(scene.provisional)
        assert result is not None
        Check.objects.create(result=result, employee=employee, population=9, margin=1, size=9, drawn_at=NOW)


def add_everything(scene: Scene, count: int) -> None:
    """Of each kind that a page of the console shows, and of what one thing consists of."""
    add_more(scene, count)
    add_messages(scene, count)
    add_uploads(count)
    add_contacts_to_check(count)
    for _n in range(count):
        make_employee(department=make_department(f"Department {next(NUMBERS)}"))
        make_contest([3, 2, 1])
        make_campaign(state="draft")
        make_campaign(state="void", void_reason="It rained.")
    add_awards(scene, count)


def add_messages(scene: Scene, count: int) -> None:
    for _n in range(count):
        source = Source.objects.create(
            name=f"chat {next(NUMBERS)}", platform="im", created_at=NOW, complete_until=NOW
        )
        delivery = Delivery.objects.create(
            source=source, actor="test", received_at=NOW - timedelta(hours=2), name="messages.csv"
        )
        for each in (delivery, scene.delivery):
            QuarantinedEvent.objects.create(
                delivery=each, line=next(NUMBERS), reason=QuarantinedEvent.Reason.UNREADABLE
            )


def add_contacts_to_check(count: int) -> None:
    """To every check."""
    for check in Check.objects.all():
        for _n in range(count):
            CheckItem.objects.create(owner=check, position=next(NUMBERS), contact_id=make_contact().pk)


def add_awards(scene: Scene, count: int) -> None:
    Award.objects.bulk_create(
        Award(
            campaign=scene.provisional,
            result=scene.result,
            employee=make_employee(),
            form=Award.Form.GOAL,
            place=0,
            contacts=5,
            net_amount="10.00",
            currency="CNY",
            created_at=NOW,
        )
        for _n in range(count)
    )


def add_uploads(count: int) -> None:
    """Each checked, and tried twice."""
    for _n in range(count):
        number = next(NUMBERS)
        file = KeptFile.objects.create(name="chat.csv", size=0, sha256="", kept_until=NOW)
        asked = {"source": "chat", "platform": None, "covers": None, "file_name": f"chat {number}.csv"}
        values = {"asked": asked, "asked_by": "olga", "asked_at": NOW, "language": "en", "file": file}
        checked = Job.objects.create(
            kind=uploads.CHECK, about=f"upload {number}", state="done", found=FOUND, **values
        )
        for _m in range(2):
            Job.objects.create(
                kind=uploads.IMPORT, about=f"upload {number}", state="failed", after=checked, **values
            )
