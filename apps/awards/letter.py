"""The letter that tells a winner of an award, to print and sign: a page in English and Chinese.

Nothing is downloaded: Latin text is in Helvetica, Chinese in STSong-Light; viewers and printers bring both along.
"""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, HRFlowable, KeepInFrame, Paragraph, SimpleDocTemplate, Spacer

from apps.awards.models import Award
from bonus_tracker.formats import day, local, money

CHINESE_FONT = "STSong-Light"
LATIN = re.compile(r"[\x20-\x7e\xa0-\xff–—‘’“”…]+")
ASCII = re.compile(r"[\x20-\x7e]+")  # in a Chinese line, quotation marks are as wide as characters
HIGHEST = 0xFFFF  # the Chinese font's last character; names with rarer ones get a box for them
BOX = "\N{WHITE SQUARE}"
GREEN = HexColor("#0b6a57")
TEXT = ParagraphStyle("text", fontName=CHINESE_FONT, fontSize=11, leading=18, spaceAfter=5)
TITLE = ParagraphStyle("title", TEXT, fontSize=20, leading=28, alignment=TA_CENTER, textColor=GREEN)
SMALL = ParagraphStyle("small", TEXT, fontSize=8, leading=12, textColor=HexColor("#555555"))


class NoLetter(Exception):
    """There is nothing yet that a letter could say; one sentence."""


def letter(award: Award, *, now: datetime) -> bytes:
    """A PDF of one page. The same award on the same day gives the same bytes. Raises NoLetter."""
    if award.state == Award.State.PROPOSED:
        raise NoLetter(_("The result is not final yet; nothing is promised to anybody."))
    if CHINESE_FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(CHINESE_FONT))
    content = io.BytesIO()
    page = SimpleDocTemplate(
        content,
        pagesize=A4,
        leftMargin=25 * mm,
        rightMargin=25 * mm,
        topMargin=18 * mm,
        bottomMargin=12 * mm,
        title=f"{award.campaign.slug} {award.employee.number}",
        invariant=1,
    )
    page.build([KeepInFrame(page.width, page.height, list(_parts(award, now)), mode="shrink")])
    return content.getvalue()


def _parts(award: Award, now: datetime) -> Iterator[Flowable]:
    for number, (language, _name) in enumerate(settings.LANGUAGES):
        if number:
            yield Spacer(1, 6 * mm)
            yield HRFlowable(width="100%", color=GREEN, thickness=0.6)
            yield Spacer(1, 6 * mm)
        with override(language):
            yield _paragraph(_("Award"), TITLE)
            yield Spacer(1, 4 * mm)
            for sentence in _sentences(award, now):
                yield _paragraph(sentence, TEXT)
            yield Spacer(1, 12 * mm)
            yield _paragraph(_("Signature: ______________________"), TEXT)
            yield _paragraph(_seal(award), SMALL)


def _sentences(award: Award, now: datetime) -> Iterator[str]:
    yield day(local(now).date())
    yield _("To %(name)s, employee number %(number)s.") % {
        "name": award.employee.name,
        "number": award.employee.number,
    }
    yield _("Congratulations. In “%(campaign)s” you have won: %(prize)s.") % {
        "campaign": award.campaign.localised_name(),
        "prize": award.title(),
    }
    yield _("Your prize is %s.") % money(award.net_amount, award.currency)
    if award.shared_by > 1:
        yield _("It is your share of what %d people won together.") % award.shared_by
    yield _(
        "The company bears the tax that it withholds when it pays. The settlement of your yearly income in the "
        "following spring remains yours."
    )


def _seal(award: Award) -> str:
    """So that the letter can be checked against the result it is about."""
    return _("Result version %(version)d, SHA-256 %(sha256)s, made final by two people.") % {
        "version": award.result.version,
        "sha256": award.result.sha256,
    }


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """In both fonts, each where it has the characters; Chinese lines break between any two of them."""
    is_chinese = (get_language() or "").startswith("zh")
    latin = ASCII if is_chinese else LATIN
    known = "".join(character if ord(character) <= HIGHEST else BOX for character in text)
    marked = latin.sub(lambda run: f'<font name="Helvetica">{escape(run[0])}</font>', known)
    return Paragraph(marked, ParagraphStyle("", style, wordWrap="CJK" if is_chinese else None))
