"""`manage.py check --deploy` says what about the PostgreSQL server would hurt."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register  # noqa: A004

from bonus_tracker.postgresql.advice import complaints


@register("postgresql", deploy=True)
def server_settings(**_: Any) -> list[CheckMessage]:
    return [Warning(sentence, id="bonus_tracker.W001") for sentence in complaints()]
