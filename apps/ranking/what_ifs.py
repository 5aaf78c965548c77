"""Questions about other rules: asked by HR, answered by a job, watched by a page, stopped by either.

PostgreSQL has them all; Redis only carries the nudge to begin. What nobody is at is found by its state.
"""

from datetime import datetime
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule
from apps.ranking.counting import Unanswerable
from apps.ranking.instant import next_midnight
from apps.ranking.models import WhatIf
from apps.ranking.what_if import ALSO_COUNTED, Cancelled, Figures, as_json, what_if
from bonus_tracker import clock
from bonus_tracker.turns import nudge, only_one

WHAT_IF_LOCK = 0x57484946  # "WHIF": one job a question
KEPT = 20  # answers of a campaign
MOST_BEGINNINGS = 3  # of a question whose jobs are killed again and again

State = WhatIf.State
OPEN = (State.WAITING, State.COUNTING)


@transaction.atomic
def ask(
    campaign: Campaign,
    rule: Rule,
    *,
    actor: str,
    now: datetime,
    as_of: datetime | None = None,
    starts_at: datetime | None = None,
) -> WhatIf:
    """Put a question, which a worker answers; as_of: by default what the live ranking looks at.

    starts_at: as if the campaign began then, not when it says.
    """
    _forget_old(campaign)
    question = WhatIf.objects.create(
        campaign=campaign,
        rule=rule.as_dict(),
        as_of=as_of or min(next_midnight(now), campaign.deadline),
        starts_at=starts_at,
        asked_by=actor,
        asked_at=now,
    )
    transaction.on_commit(partial(_nudge, question.pk))
    return question


def _nudge(pk: int) -> None:
    from apps.ranking.tasks import answer_what_if

    nudge(answer_what_if, pk)


def stop(question: WhatIf, *, now: datetime) -> None:
    """Nobody waits for the answer any more; what has ended stays as it is."""
    of_it = WhatIf.objects.filter(pk=question.pk)
    if not of_it.filter(state=State.WAITING).update(state=State.CANCELLED, ended_at=now):
        of_it.filter(state=State.COUNTING).update(is_to_stop=True)


def unanswered() -> list[int]:
    """Questions that are open, whether somebody is at them or not."""
    return list(WhatIf.objects.filter(state__in=OPEN).order_by("pk").values_list("pk", flat=True))


def answer(pk: int) -> bool:
    """Count what a question asks for and keep the figures; False when another is at it or it is not open.

    Every error ends the question; those that are not its own are raised.
    """
    with only_one(WHAT_IF_LOCK, pk) as is_mine:
        question = WhatIf.objects.select_related("campaign").filter(pk=pk, state__in=OPEN).first()
        if not is_mine or question is None:
            return False
        if question.begun == MOST_BEGINNINGS:
            _end(question, State.FAILED, problem="Its jobs were killed again and again.")
            return False
        of_it = WhatIf.objects.filter(pk=pk, state__in=OPEN)  # it may have been stopped since
        if not of_it.update(state=State.COUNTING, begun=question.begun + 1, steps_done=0):
            return False
        try:
            figures = _figures(question)
        except Cancelled:
            _end(question, State.CANCELLED)
        except Unanswerable as error:
            _end(question, State.FAILED, problem=str(error))
        except SoftTimeLimitExceeded:
            _end(question, State.FAILED, problem="It took too long.")
            raise
        except Exception:
            _end(question, State.FAILED, problem="An error, which the log describes.")
            raise
        else:
            _end(question, State.DONE, figures=figures)
    return True


def _figures(question: WhatIf) -> Figures:
    kept = WhatIf.objects.filter(pk=question.pk)

    def progress(done: int, total: int) -> None:
        kept.update(steps_done=done, steps=total)

    return what_if(
        question.campaign,
        Rule(**question.rule),
        as_of=question.as_of,
        starts_at=question.starts_at,
        progress=progress,
        cancelled=kept.filter(is_to_stop=True).exists,
        also=ALSO_COUNTED,
    )


def _end(question: WhatIf, state: str, *, figures: Figures | None = None, problem: str = "") -> None:
    WhatIf.objects.filter(pk=question.pk).update(
        state=state,
        ended_at=clock.now(),
        figures=figures and as_json(figures),
        further=figures.further if figures else {},
        problem=problem,
    )


def _forget_old(campaign: Campaign) -> None:
    ended = campaign.what_ifs.exclude(state__in=OPEN).order_by("-pk").values_list("pk", flat=True)
    WhatIf.objects.filter(pk__in=list(ended[KEPT - 1 :])).delete()
