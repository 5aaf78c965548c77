"""What campaigns are called, of which entries tell by their slugs: looked up once for a page of them."""

from collections.abc import Iterable, Iterator

from apps.audit.models import Entry
from apps.campaigns.models import Campaign

OF_A_CAMPAIGN = ("campaign ", "objection ", "evidence ", "rankings of ")  # and the slug follows


def slug_in(subject: str) -> str:
    """ "" where it is about no campaign."""
    for beginning in OF_A_CAMPAIGN:
        if subject.startswith(beginning):
            return subject.removeprefix(beginning).partition(" ")[0]
    return ""


def names_of(entries: Iterable[Entry], *, of_subjects: bool) -> dict[str, str]:
    """Slug -> name in the reader's language, of every campaign that the details tell of and that is kept.

    of_subjects: of those, too, that the entries are about.
    """
    slugs = {slug for entry in entries for slug in _slugs(entry, of_subjects=of_subjects) if slug}
    if not slugs:
        return {}
    return {each.slug: str(each) for each in Campaign.objects.filter(slug__in=slugs)}


def _slugs(entry: Entry, *, of_subjects: bool) -> Iterator[str]:
    about, named = slug_in(entry.subject), entry.details.get("campaign")
    if of_subjects:
        yield about
    if isinstance(named, str) and named != about:
        yield named
