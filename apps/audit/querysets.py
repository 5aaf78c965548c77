from typing import Any, Self

from django.db import models


class EntryQuerySet(models.QuerySet[Any]):
    def about(self, subject: str) -> Self:
        """What happened to one thing, such as "campaign year-end", oldest first."""
        return self.filter(subject=subject).order_by("number")
