"""What somebody asked for on a page and a worker does: how far it is, what came of it, and the file it is about."""

from django.db import models
from django.db.models import Q

LONGEST_NAME = 255  # characters of a file's


class KeptFile(models.Model):
    """A file that is on its way: with the database, since web and worker may be two machines. Its content is sealed."""

    name = models.CharField(max_length=LONGEST_NAME)
    size = models.BigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    kept_until = models.DateTimeField()  # then it goes, unless a job is at it

    def __str__(self) -> str:
        return self.name


class Piece(models.Model):
    """Of a file, in order, from 0."""

    pk = models.CompositePrimaryKey("file", "number")
    file = models.ForeignKey(KeptFile, models.CASCADE, related_name="pieces", db_index=False)
    number = models.IntegerField()
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.file_id}/{self.number}"


class JobState(models.TextChoices):
    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


OPEN = [JobState.WAITING, JobState.WORKING]


class Job(models.Model):
    """asked: what its kind needs to know; found: what came of it, once done. JSON both.

    about: of one kind, one job at a time is open about a thing. language: of whoever asked, in which `problem` is told.
    saying: the latest of what it says, with `steps` as far as these are known.
    """

    State = JobState

    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=200)
    asked = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    language = models.CharField(max_length=10)
    file = models.ForeignKey(KeptFile, models.SET_NULL, null=True, related_name="jobs")
    after = models.ForeignKey("self", models.SET_NULL, null=True, related_name="followers")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    begun = models.PositiveSmallIntegerField(default=0)  # how often: a killed one is begun again
    steps_done = models.BigIntegerField(default=0)
    steps = models.BigIntegerField(default=0)
    saying = models.TextField(blank=True)
    found = models.JSONField(null=True)
    problem = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"],
                condition=Q(state__in=OPEN),
                name="one_open_job_about_a_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
