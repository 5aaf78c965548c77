"""The head of the log, signed once a day: published and mailed, so that history cannot be rewritten in between."""

import logging
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from apps.audit import mails
from apps.audit.checking import verify_whole
from apps.audit.merkle import HASH_BYTES, Tree
from apps.audit.models import Entry, SignedHead, Verification
from apps.audit.services import canonical
from apps.audit.signing import KeyRefused, Signer, signer
from bonus_tracker.clock import company_zone

logger = logging.getLogger(__name__)

FORMAT = "bonus-tracker audit head 1"
HEAD_LOCK = 0x48454144  # "HEAD": one signer at a time


def look_after_log(*, now: datetime) -> SignedHead | None:
    """Check the whole log and sign its head, once a day; whatever is wrong is an alarm by log and mail.

    As often as wanted: when the day's head is there, only what was not mailed yet is mailed. None while the
    log does not hold, is empty, or there is no key.
    """
    day = now.astimezone(company_zone()).date()
    head = SignedHead.objects.filter(day=day).first()
    if head is None and not _failed_today(now):
        head = _check_and_sign(now)
    if head is not None:
        _mail_once(head, now)
    return head


@transaction.atomic
def _mail_once(head: SignedHead, now: datetime) -> None:
    """While nobody gets it, the next time tries again."""
    waiting = SignedHead.objects.filter(pk=head.pk, mailed_at=None).select_for_update(skip_locked=True)
    if waiting.exists() and mails.send_head(head):
        SignedHead.objects.filter(pk=head.pk).update(mailed_at=now)


def _failed_today(now: datetime) -> bool:
    """One alarm a day."""
    last = Verification.objects.order_by("-id").first()
    zone = company_zone()
    same_day = last is not None and last.at.astimezone(zone).date() == now.astimezone(zone).date()
    return bool(last and same_day and last.problem)


def _check_and_sign(now: datetime) -> SignedHead | None:
    verification = verify_whole(now=now)
    problem = verification.problem or _rewritten(verification.count)
    if problem:
        if not verification.problem:
            logger.critical("The audit log does not hold: %s.", problem)
            Verification.objects.filter(pk=verification.pk).update(problem=problem)
        mails.send_alarm(problem)
        return None
    if not verification.count:
        return None
    try:
        return sign_head(verification.count, signer(), now=now)
    except KeyRefused as error:
        logger.warning("The audit log holds, but its head is not signed: %s", error)
        return None


@transaction.atomic
def sign_head(size: int, by: Signer, *, now: datetime) -> SignedHead:
    """Of the first `size` entries; the day's one when somebody else was faster."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HEAD_LOCK])
    day = now.astimezone(company_zone()).date()
    if known := SignedHead.objects.filter(day=day).first():
        return known
    last = Entry.objects.get(number=size)
    head = SignedHead(
        day=day, at=now, size=size, root=tree_of_log(size).root.hex(), head=last.hash, key=by.public
    )
    head.signature = by.sign(canonical(signed_content(head)).encode())
    head.save()
    return head


def signed_content(head: SignedHead) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "at": head.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "size": head.size,
        "root": head.root,
        "head": head.head,
    }


def _rewritten(size: int) -> str:
    """Whether the log still begins as the heads say that were signed before; every one of them."""
    leaves = tree_of_log(size).levels[0]
    for head in SignedHead.objects.order_by("day"):
        if head.size > size:
            return f"it has {size} entries, but {head.size} when its head was signed on {head.day}"
        if Tree(leaves[: head.size * HASH_BYTES]).root.hex() != head.root:
            return f"it does not begin with the {head.size} entries whose head was signed on {head.day}"
    return ""


def tree_of_log(size: int) -> Tree:
    """Over the hashes of the first `size` entries; 64 bytes of memory an entry."""
    hashes = Entry.objects.filter(number__lte=size).order_by("number").values_list("hash", flat=True)
    return Tree.over(bytes.fromhex(each) for each in hashes.iterator())


def newest_head() -> SignedHead | None:
    """What pages show."""
    return SignedHead.objects.order_by("-day").first()
