"""Files of interactions, and the command that takes them in, as a person runs it."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from apps.activity.models import Delivery, Source
from apps.audit.models import Entry

NOW = datetime(2026, 9, 10, 12, tzinfo=UTC)
HEADER = "message_id,sent_at,from,to,room_size\n"


def line(sender: str, recipient: str, at: str = "2026-09-01T08:00:00Z", room_size: object = "") -> str:
    return f"m,{at},{sender},{recipient},{room_size}"


def run(path: Path, *options: str) -> tuple[str, str]:
    """Standard output and standard error; an option that is given again replaces the default."""
    out, err = StringIO(), StringIO()
    call_command("import_interactions", str(path), "--source", "chat", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def nothing_there() -> bool:
    return not (Source.objects.exists() or Delivery.objects.exists() or Entry.objects.exists())
