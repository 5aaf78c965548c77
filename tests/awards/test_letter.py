"""The printed letter: one page, both languages, only what is promised."""

import base64
import re
import zlib
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from apps.awards.due import tick
from apps.awards.letter import NoLetter, letter
from apps.awards.models import Award
from tests.admin.scene import sign_in
from tests.awards.payment.world import FINAL, SETTLED, final_campaign
from tests.awards.stories import befriend, deliver
from tests.factories import make_campaign, make_employee

pytestmark = pytest.mark.django_db
HELVETICA = b"F1"
NAMES = {"en": "Bring them in", "zh-hans": "带他们来"}


def read(pdf: bytes) -> str:
    """The text of its pages, without breaks between lines and paragraphs."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    drawn = b"\n".join(zlib.decompress(base64.a85decode(each.strip(), adobe=True)) for each in streams)
    said, font = "", b""
    for chosen, shown in re.findall(rb"/(F\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", drawn, re.DOTALL):
        font = chosen or font
        raw = re.sub(rb"\\([0-7]{3}|.)", _byte, shown, flags=re.DOTALL)
        said += raw.decode("cp1252" if font == HELVETICA else "utf-16-be")
    return said


def _byte(escaped: re.Match[bytes]) -> bytes:
    code = escaped[1]
    return bytes([int(code, 8)]) if len(code) == 3 else {b"n": b"\n", b"r": b"\r"}.get(code, code)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


@pytest.fixture
def award() -> Award:
    return final_campaign("100000.00", "50000.00", name=NAMES).awards.get(place=1)


def test_it_says_who_won_what_in_both_languages(award: Award) -> None:
    award.employee.name = "陈佳怡"
    said = read(letter(award, now=FINAL))
    for sentence in (
        f"To 陈佳怡, employee number {award.employee.number}.",
        "In “Bring them in” you have won: place 1.",
        "Your prize is 100,000 CNY after tax.",
        "恭喜您在“带他们来”中获得：第 1 名。",
        "您的奖励为 100,000 元（税后）。",
        award.result.sha256,
    ):
        assert sentence in said


def test_a_shared_prize_says_so(award: Award) -> None:
    alone = read(letter(award, now=FINAL))
    award.shared_by = 2
    shared = read(letter(award, now=FINAL))
    assert ("2 people won together" in alone, "2 people won together" in shared) == (False, True)


def test_the_same_award_on_the_same_day_gives_the_same_bytes(award: Award) -> None:
    assert letter(award, now=FINAL) == letter(award, now=FINAL + timedelta(hours=1))


@pytest.mark.parametrize("name", ["𠮷田", "<b>&amp;", "Chén Wěi " * 22, "陈" * 200])
def test_any_name_fits_the_page(award: Award, name: str) -> None:
    award.employee.name = name
    award.campaign.name = {"en": "W" * 100, "zh-hans": "年" * 100}
    assert pages(letter(award, now=FINAL)) == 1


def test_a_name_is_text_and_a_character_without_a_shape_is_a_box(award: Award) -> None:
    award.employee.name = "𠮷<i>"
    assert "To □<i>, employee" in read(letter(award, now=FINAL))


def test_nothing_is_promised_before_the_result_is_final() -> None:
    deliver(befriend(make_employee(), 2))
    made = make_campaign("100.00")
    tick(now=SETTLED)
    with pytest.raises(NoLetter, match="not final yet; nothing is promised"):
        letter(made.awards.get(), now=SETTLED)


@pytest.mark.parametrize(("role", "status"), [("HR", 200), ("auditor", 200), ("administrator", 403)])
def test_it_is_downloaded_from_the_awards_page(client: Client, award: Award, role: str, status: int) -> None:
    sign_in(client, role)
    answer = client.post(reverse("admin:awards_award_letter", args=[award.pk]))
    assert answer.status_code == status
    assert answer.content.startswith(b"%PDF") == (status == 200)


def test_the_list_and_the_estimate_show_amounts_to_be_read(client: Client, award: Award) -> None:
    sign_in(client, "HR")
    listed = client.get(reverse("admin:awards_award_changelist")).content.decode()
    asked = client.get(reverse("admin:awards_award_estimate", args=[award.pk])).content.decode()
    assert '<span class="block text-right">100,000.00</span>' in listed
    assert "100,000.00 CNY after tax is promised." in asked
    assert "place 1: 100,000.00 CNY" in asked
