"""The guided form of a campaign."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertHTMLEqual

from apps.audit.models import Entry
from apps.campaigns.announcement import PrizeLine
from apps.campaigns.files import parse, values_in
from apps.campaigns.models import Campaign, Prize
from apps.campaigns.presets import NEW_PEOPLE, PRESETS
from apps.campaigns.rule import Rule
from apps.campaigns.writing import as_toml
from apps.console.guide.forms import GuideForm, Subject
from apps.console.guide.lines import Boxes
from apps.console.guide.said import all_warnings
from apps.directory.models import Group
from bonus_tracker import clock
from tests.admin.scene import NOW, last_entry, sign_in
from tests.console.announcements import USUAL, VARIANTS, known_names
from tests.console.forms import NEW, a_new_one, edit, errors_of, sent
from tests.console.growing import cost
from tests.factories import DEADLINE, make_campaign, make_department, make_employee

State = Campaign.State
SHANGHAI = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _present() -> Any:
    with clock.showing(NOW), timezone.override(SHANGHAI):  # as during a request
        yield


@pytest.fixture
def hr(client: Client) -> Client:
    sign_in(client, "HR")
    return client


def test_the_form_makes_a_draft(hr: Client) -> None:
    Group.objects.create(name="Sales force")
    answer = hr.post(NEW, a_new_one(hr, groups=["Sales force"], starts_on="2026-12-01"))
    assert answer.headers["Location"] == "/console/campaigns/year-end/review/"
    campaign = Campaign.objects.get()
    assert (campaign.state, campaign.name) == (State.DRAFT, {"en": "Bring them in", "zh-hans": "带他们来"})
    assert campaign.starts_at == datetime(2026, 11, 30, 16, tzinfo=UTC)  # midnight in Shanghai
    assert campaign.groups == ["Sales force"]
    assert [str(prize) for prize in campaign.prizes.all()] == ["1: 100,000.00 CNY >= 50"]
    entry = last_entry()
    assert (entry.action, entry.actor, entry.subject) == ("campaign created", "the-hr", "campaign year-end")
    assert entry.details["changes"]["prizes"] == ["1: 100000.00 CNY >= 50"]


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        ({"name_en": "Bring them in, 2027!"}, ["bring-them-in-2027"]),
        ({"name_en": "", "name_zh": "带他们来"}, ["campaign-2026-12"]),
        ({"name_en": "", "name_zh": ""}, []),
    ],
)
def test_an_empty_slug_is_made_of_the_english_name_or_the_month(
    hr: Client, names: dict[str, str], slugs: list[str]
) -> None:
    answer = hr.post(NEW, a_new_one(hr, slug="", **names))
    assert [each.slug for each in Campaign.objects.all()] == slugs
    if not slugs:
        assert errors_of(answer) == {
            "slug": ["Give the campaign a name; its short name is made of that, or typed here."]
        }


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("100,000", "100000.00"),
        (" 1，234，567.80", "1234567.80"),
        ("1,00", ""),
        ("100,0000", ""),
        ("10万", ""),
    ],
)
def test_an_amount_may_be_typed_as_it_is_read(hr: Client, typed: str, amount: str) -> None:
    hr.post(NEW, a_new_one(hr, **{"prizes-0-net_amount": typed}))
    assert [str(each.net_amount) for each in Prize.objects.all()] == ([amount] if amount else [])


def test_what_is_called_money_and_is_no_currency_is_refused(hr: Client) -> None:
    assert "such as CNY" in errors_of(hr.post(NEW, a_new_one(hr, currency="RMB")))["currency"][0]


def test_every_problem_of_the_checks_is_at_its_field_and_nothing_is_lost(hr: Client) -> None:
    wrong = a_new_one(
        hr, slug="year--end", grace_hours="9999", min_sent_days="400", currency="yua", deadline_1="12:30:00"
    )
    answer = hr.post(NEW, wrong | {"preset": ""})
    assert {*errors_of(answer)} == {"slug", "grace_hours", "min_sent_days", "currency"}
    kept = sent(answer.context["form"])
    assert {name: kept[name] for name in ("slug", "grace_hours", "currency", "prizes-0-net_amount")} == {
        "slug": "year--end",
        "grace_hours": "9999",
        "currency": "yua",
        "prizes-0-net_amount": "100000.00",
    }
    assert not Campaign.objects.exists()


def test_what_is_wrong_with_a_day_and_hour_leads_to_its_first_box(hr: Client) -> None:
    answer = hr.post(NEW, a_new_one(hr, freeze_at_0="2036-01-01", freeze_at_1="00:00:00"))
    said = "it must be after the start and not after the deadline; move it between them."
    assert answer.context["wrong"] == [("id_freeze_at_0", "The board freezes", said)]
    assert 'id="id_freeze_at_0"' in answer.content.decode()


def test_what_is_wrong_with_a_prize_is_said_at_the_prizes(hr: Client) -> None:
    rows = {"prizes-1-place": "1", "prizes-1-net_amount": "5", "prizes-TOTAL_FORMS": "2"}
    answer = hr.post(NEW, a_new_one(hr, **rows))
    assert answer.context["form"].tables["prizes"].problems == [
        "place 1 has more than one prize; keep one of them."
    ]
    assert not Campaign.objects.exists()


def test_half_a_prize_is_refused_at_the_missing_half(hr: Client) -> None:
    answer = hr.post(NEW, a_new_one(hr, **{"goals-0-contacts": "5"}))
    assert list(answer.context["form"].tables["goals"].forms[0].errors) == ["net_amount"]
    assert ("id_goals-0-net_amount", "Amount after tax") in {each[:2] for each in answer.context["wrong"]}
    assert not Campaign.objects.exists()


def test_a_chosen_preset_sets_the_numbers(hr: Client) -> None:
    hr.post(NEW, a_new_one(hr, preset=NEW_PEOPLE))
    assert Rule.of(Campaign.objects.get()) == PRESETS[NEW_PEOPLE]


def test_a_preset_and_other_numbers_at_once_are_refused(hr: Client) -> None:
    answer = hr.post(NEW, a_new_one(hr, preset=NEW_PEOPLE, min_sent_days="5"))
    assert list(errors_of(answer)) == ["preset"]


def test_numbers_of_ones_own_are_a_rule_of_ones_own(hr: Client) -> None:
    hr.post(NEW, a_new_one(hr, min_sent_days="5", window_days=""))
    campaign = Campaign.objects.get()
    assert (campaign.min_sent_days, campaign.min_active_days, campaign.window_days) == (5, 3, None)


def test_another_line_keeps_what_was_typed_and_saves_nothing(hr: Client) -> None:
    answer = hr.post(NEW, a_new_one(hr, act="another-prizes"))
    table = answer.context["form"].tables["prizes"]
    assert [line["net_amount"].value() for line in table.forms] == ["100000.00", None]
    assert not Campaign.objects.exists()


def test_a_name_that_the_directory_does_not_have_is_kept_and_said_to_be_unknown(hr: Client) -> None:
    Group.objects.create(name="Sales")
    answer = hr.post(NEW, a_new_one(hr, groups=["Sale"], **{"goals-0-exempt_groups": ["Sals"]}))
    assert errors_of(answer)["groups"] == ['"Sale" is not in the directory; did you mean "Sales"?']
    assert sent(answer.context["form"])["groups"] == ["Sale"]


def test_a_slug_that_is_taken_is_refused_and_its_campaign_stays(hr: Client) -> None:
    taken = make_campaign(slug="year-end", state=State.DRAFT)
    answer = hr.post(NEW, a_new_one(hr))
    assert list(errors_of(answer)) == ["slug"]
    assert Campaign.objects.get().name == taken.name
    assert Entry.objects.count() == 0


def test_a_year_that_is_none_is_refused(hr: Client) -> None:
    answer = hr.post(NEW, a_new_one(hr, deadline_0="9999-12-31"))
    assert list(errors_of(answer)) == ["deadline"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_form_announcement_and_file_say_the_same(variant: str) -> None:
    known_names()
    it = VARIANTS[variant]
    shown = GuideForm(Subject(it, slug=it.slug))
    for subject in (Subject(it, slug=it.slug), Subject(USUAL)):  # changed, and new from a file or another one
        form = GuideForm(subject, sent(shown) | {"slug": it.slug})
        assert form.is_valid(), form.what_is_wrong()
        assert form.announcement == it
    again, mistakes = parse(values_in(as_toml(it, SHANGHAI).encode(), "x.toml"), SHANGHAI)
    assert mistakes == []
    assert again == it


def test_a_spoilt_hidden_field_is_refused(hr: Client) -> None:
    for spoilt in ("{", "[5]", "[{}]", "5"):
        assert list(errors_of(hr.post(NEW, a_new_one(hr, divisions=spoilt)))) == ["divisions"]


def test_the_file_of_a_campaign_comes_back_as_the_form(hr: Client) -> None:
    campaign = make_campaign("500.00", slug="filed", state=State.DRAFT)
    content = hr.get(reverse("console:campaign-file", args=["filed"])).content
    Prize.objects.filter(campaign=campaign).update(net_amount=1)
    upload = BytesIO(content)
    upload.name = "filed.toml"
    page = hr.post(reverse("console:campaign-from-file"), {"file": upload})
    shown = sent(page.context["form"]) | {"seen": page.context["seen"], "act": "save"}
    assert page.context["address"] == edit(campaign)
    hr.post(edit(campaign), shown)
    assert campaign.prizes.get().net_amount == 500


def test_the_mistakes_of_a_file_are_all_said(hr: Client) -> None:
    upload = BytesIO(b'slug = "x"\nstarts_at = 5\nwhat = 1\n')
    upload.name = "wrong.toml"
    said = hr.post(reverse("console:campaign-from-file"), {"file": upload}).context["form"].errors["file"]
    assert [text.partition(":")[0] for text in said] == ["starts_at", "deadline", "what"]
    assert not Campaign.objects.exists()


def test_what_is_typed_is_said_at_once_and_nothing_is_kept(hr: Client) -> None:
    make_employee()
    draft = a_new_one(hr, grace_hours="24")
    said = hr.post(NEW, draft, headers={"HX-Request": "true"}).content.decode()
    assert "<form" not in said
    assert "if their data arrives within 24 hours after it" in said
    assert "1 person takes part today." in said
    assert "100,000 CNY at most" in said
    assert not Campaign.objects.exists()
    assert not Prize.objects.exists()


@pytest.mark.parametrize(
    ("weakness", "words"),
    [
        ({"prizes-0-min_score": ""}, "least number of contacts"),
        ({"freeze_at_0": "", "freeze_at_1": ""}, "never freezes"),
        ({"grace_hours": "0"}, "no hours of grace"),
        ({"equals": "all"}, "All equals get the whole prize"),
        ({"min_active_days": "2", "preset": ""}, "rewards mass greetings"),
        ({}, "1 person may approve the result"),
    ],
)
def test_what_is_weak_for_money_is_warned_of(hr: Client, weakness: dict[str, str], words: str) -> None:
    def warnings(**other: str) -> str:
        answer = hr.post(NEW, a_new_one(hr, **other), headers={"HX-Request": "true"})
        return " ".join(answer.context["said"].warnings)

    assert words in warnings(**weakness)
    assert not weakness or words not in warnings()


@pytest.mark.parametrize(
    ("state", "about"),
    [
        (State.DRAFT, ["least number of contacts", "nobody knew the rule", "may approve"]),
        (State.RUNNING, ["may approve"]),  # the prize was announced
        (State.FINAL, []),
    ],
)
def test_only_of_what_can_still_be_done_something_about_is_warned(
    hr: Client, state: State, about: list[str]
) -> None:
    campaign = make_campaign("100.00", state=state, freeze_at=DEADLINE - timedelta(days=2))
    said = all_warnings(campaign, now=NOW)
    assert len(said) == len(about)
    assert all(words in sentence for words, sentence in zip(about, said, strict=True))


def test_what_was_wrong_is_said_before_the_form_too(hr: Client) -> None:
    first = '<section class="card callout callout-danger wrong-first" role="alert">'
    assert first not in hr.get(NEW).content.decode()
    assert first in hr.post(NEW, a_new_one(hr, grace_hours="9999")).content.decode()
    assert first not in hr.post(NEW, a_new_one(hr, act="another-goals")).content.decode()


def test_the_sheet_stands_in_the_readers_language_first(hr: Client) -> None:
    address = reverse("console:campaign-review", args=[make_campaign().slug])
    for language in ("en", "zh-hans"):
        shown = hr.get(address, headers={"Accept-Language": language})
        assert shown.context["languages"][0][0] == language


def test_a_rehearsal_needs_no_approvers(hr: Client) -> None:
    answer = hr.post(NEW, a_new_one(hr, is_rehearsal="yes"), headers={"HX-Request": "true"})
    assert "may approve" not in " ".join(answer.context["said"].warnings)
    hr.post(NEW, a_new_one(hr, is_rehearsal="yes"))
    assert Campaign.objects.get().is_rehearsal


@pytest.mark.parametrize(
    ("starts_at", "deadline", "first", "end"),
    [  # whole months; days, on the same weekday; an end within a day
        (date(2026, 9, 1), datetime(2026, 12, 1), date(2026, 12, 1), datetime(2027, 3, 1)),
        (date(2026, 1, 1), datetime(2026, 2, 1), date(2026, 12, 1), datetime(2027, 1, 1)),
        (date(2026, 11, 2), datetime(2026, 11, 9), date(2026, 11, 23), datetime(2026, 11, 30)),
        (date(2026, 11, 2), datetime(2026, 11, 30, 12), date(2026, 12, 7), datetime(2027, 1, 4, 12)),
    ],
)
def test_a_new_one_from_an_old_one_has_the_next_period(
    hr: Client, starts_at: date, deadline: datetime, first: date, end: datetime
) -> None:
    start = datetime.combine(starts_at, datetime.min.time(), SHANGHAI)
    ends_at = deadline.replace(tzinfo=SHANGHAI)
    make_campaign(
        "7.00", slug="old-2026", starts_at=start, deadline=ends_at, freeze_at=ends_at - timedelta(days=1)
    )
    it = hr.get(f"{NEW}?from=old-2026").context["form"].subject.announcement
    assert it.starts_at.astimezone(SHANGHAI).date() == first
    assert it.deadline.astimezone(SHANGHAI).replace(tzinfo=None) == end
    assert it.deadline - it.freeze_at == timedelta(days=1)
    assert it.slug == f"old-{first:%Y-%m}"
    assert it.prizes == (PrizeLine(1, Decimal("7.00"), "CNY"),)


@pytest.mark.parametrize("size", [1, 40])
def test_the_pages_cost_the_same_queries_at_any_size(hr: Client, size: int) -> None:
    campaign = make_campaign(slug="here", state=State.DRAFT)
    for n in range(size):
        Group.objects.create(name=f"Group {n}")
        make_employee(department=make_department(f"Department {n}"))
        Prize.objects.create(campaign=campaign, place=n + 1, net_amount=5)
    assert (cost(hr, edit(campaign)), cost(hr, reverse("console:campaign-review", args=["here"]))) == (30, 22)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_preset_says_in_words_what_sets_it_apart(hr: Client, language: str) -> None:
    hr.post("/language/", {"language": language})
    said = {card.choice.data["value"]: card.words for card in hr.get(NEW).context["cards"] if card.words}
    assert said.keys() == PRESETS.keys()
    assert len(set(said.values())) == len(PRESETS)
    only_new = {"en": "nobody in the company had talked before", "zh-hans": "没有任何人联系过"}[language]
    assert [name for name, words in said.items() if only_new in words] == [NEW_PEOPLE]


@pytest.mark.parametrize("more", [{}, {"disabled": True, "aria-describedby": "help"}])
def test_boxes_are_as_django_writes_them(more: dict[str, Any]) -> None:
    choices = [("R & D", "R & D"), ("<b>", "<b>"), ("Sales", "Sales")]
    ours, djangos = (
        kind(choices=choices).render("departments", ["Sales"], {"id": "id_departments"} | more)
        for kind in (Boxes, forms.CheckboxSelectMultiple)
    )
    assertHTMLEqual(ours, djangos)
