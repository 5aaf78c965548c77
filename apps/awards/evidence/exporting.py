"""One campaign's evidence, as a file that somebody outside can check without trusting this program."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

import apps.integrity.bundle
from apps.audit.merkle import Tree
from apps.audit.services import canonical, record
from apps.audit.signing import Signer
from apps.awards.evidence import parts as of_awards
from apps.awards.tax.schedules import content_of
from apps.campaigns.models import Campaign
from apps.integrity.bundle import audit, content, decided
from apps.integrity.bundle.door import check
from apps.integrity.bundle.files import FORMAT, Wrong
from apps.integrity.evidence import parts
from apps.integrity.evidence.archive import Archive
from apps.integrity.evidence.log import BrokenLog, Log, log_about
from apps.integrity.evidence.records import check_confidential

CODE = Path(apps.integrity.bundle.__file__).parent
OUTSIDE = ("README.md", "verify.py")  # the rest of the code lies in the folder `checking`
EVERY = 1000  # participants between two words of progress
Say = Callable[[str], None]


class EvidenceRefused(Exception):
    """No bundle can be made, or it would not hold; the sentence says why."""


def export_evidence(
    campaign: Campaign, path: Path, *, signer: Signer, actor: str, now: datetime, say: Say
) -> str:
    """Write the bundle to a new file; answers its SHA-256. Nothing is left behind when it would not hold.

    The same state gives the same bytes. Ties stream through; kept are everybody's lines, 64 bytes an entry of the
    audit log, and where departments win their contacts; a minute or two a million ties. Raises EvidenceRefused.
    """
    fresh = path.with_name(f"{path.name}.{os.getpid()}.part")

    def wrote(participants: int, ties: int) -> None:
        say(f"{participants} participants with {ties} ties are written.")

    try:
        with refusing_what_does_not_hold():
            write_evidence(campaign, fresh, signer=signer, wrote=wrote)
            check(fresh, key=signer.public, say=say)
        with fresh.open("rb") as written:
            digest = file_digest(written, "sha256").hexdigest()
        with transaction.atomic():
            details = {"sha256": digest, "key": signer.public}
            record(
                "evidence exported", actor=actor, subject=f"evidence {campaign.slug}", at=now, details=details
            )
            os.link(fresh, path)
    except OSError as error:
        raise EvidenceRefused(
            _("%(file)s cannot be written: %(why)s.") % {"file": path, "why": error.strerror}
        ) from error
    finally:
        fresh.unlink(missing_ok=True)
    return digest


@contextmanager
def refusing_what_does_not_hold() -> Iterator[None]:
    try:
        yield
    except (Wrong, BrokenLog) as error:
        raise EvidenceRefused(_("The evidence does not hold: %s.") % str(error).rstrip(".")) from error


@transaction.atomic
def write_evidence(
    campaign: Campaign, place: Path | IO[bytes], *, signer: Signer, wrote: Callable[[int, int], None]
) -> None:
    """To where nothing is yet; whether it holds is for `check` to say. wrote: called with participants and ties.

    Raises EvidenceRefused, BrokenLog.
    """
    _see_one_state()
    campaign.refresh_from_db()
    if not campaign.results.exists():
        raise EvidenceRefused(
            _("Campaign %(slug)s is %(state)s; there is evidence once its result is sealed.")
            % {"slug": campaign.slug, "state": campaign.get_state_display()}
        )
    log = log_about(f"campaign {campaign.slug}")
    check_confidential(campaign)
    with Archive(place) as archive:
        _write_code(archive)
        archive.rows(decided.RULE, [parts.announced(campaign)])
        archive.rows(decided.SHEETS, parts.rules_sheets(campaign))
        archive.rows(content.INPUT, _with_progress(parts.employees(campaign), wrote))
        archive.rows(content.CONTACTS, parts.contacts(campaign))
        archive.rows(content.SOURCES, parts.sources(campaign))
        archive.rows(content.RESULTS, list(_write_versions(archive, campaign)))
        _write_decided(archive, campaign)
        archive.rows(audit.ENTRIES, log.entries())
        archive.rows(audit.HEADS, log.heads())
        archive.seal(_manifest(campaign, log), signer)


def _see_one_state() -> None:
    """Whatever is decided meanwhile; unless somebody else's transaction has begun already."""
    if len(connection.savepoint_ids) == 0:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _write_code(archive: Archive) -> None:
    for source in sorted(CODE.iterdir()):
        if source.name in OUTSIDE:
            archive.text(source.name, source.read_bytes())
        elif source.suffix == ".py":
            archive.text(f"checking/{source.name}", source.read_bytes())


def _write_versions(archive: Archive, campaign: Campaign) -> Iterator[Any]:
    for result in parts.versions(campaign):
        lines = [canonical(place).encode() for place in parts.places(result)]
        archive.lines(content.ranking_name(result.version), (line + b"\n" for line in lines))
        yield parts.said_of_version(result, Tree.over(lines).root.hex())


def _write_decided(archive: Archive, campaign: Campaign) -> None:
    archive.rows(decided.DECISIONS, parts.decisions(campaign))
    archive.rows("objections.ndjson", parts.objections(campaign))
    archive.rows("checks.ndjson", parts.checks(campaign))
    archive.rows(decided.APPROVALS, of_awards.approvals(campaign))
    archive.rows(decided.AWARDS, of_awards.awards(campaign))
    archive.rows(content.PROMISED, [of_awards.promised(campaign)])
    archive.rows(content.FACTS, of_awards.prize_facts(campaign))
    archive.rows(decided.TAX, of_awards.tax(campaign))
    archive.text(f"tax/{of_awards.SCHEDULE}.json", content_of(of_awards.SCHEDULE))


def _manifest(campaign: Campaign, log: Log) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "campaign": campaign.slug,
        "state": campaign.state,
        "rehearsal": campaign.is_rehearsal,
        "final": parts.final_version(campaign),
        "audit": {"size": log.tree.size, "root": log.root},
    }


def _with_progress(rows: Iterable[Any], wrote: Callable[[int, int], None]) -> Iterator[Any]:
    ties = 0
    for number, row in enumerate(rows, start=1):
        ties += len(row[2])
        yield row
        if number % EVERY == 0:
            wrote(number, ties)
