import hmac
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from apps.directory import handles

TEXT = st.text(st.characters(codec="utf-8"), max_size=100)  # a key may be longer than a block of the hash
LOCAL_PARTS = st.text("abcxyz019._-李", min_size=1, max_size=30)
DOMAINS = st.sampled_from(["a.example", "mail.company.example", "host", "x." + "y" * 63, "公司.cn"])


@pytest.mark.parametrize(
    ("written", "handle"),
    [
        (" Li.Na@Company.Example ", "li.na@company.example"),
        ("ＬＩ．ＮＡ", "li.na"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("na@Bücher.Example", "na@xn--bcher-kva.example"),
        ("李娜@公司.cn", "李娜@xn--55qx5d.cn"),
        ("@company.example", "@company.example"),
    ],
)
def test_a_handle_has_one_spelling(written: str, handle: str) -> None:
    assert handles.normalise(written) == handle


@given(st.text())
def test_normalising_again_changes_nothing(text: str) -> None:
    try:
        handle = handles.normalise(text)
    except ValueError:
        return
    assert handles.normalise(handle) == handle


@pytest.mark.parametrize("handle", ["", "  ", "\u3000", "a" * 321, "a\0b", "a\ud800"])
def test_an_unusable_handle_is_refused(handle: str) -> None:
    with pytest.raises(ValueError, match="the handle "):
        handles.normalise(handle)


@given(LOCAL_PARTS, DOMAINS)
def test_the_hint_never_holds_the_whole_local_part(local: str, domain: str) -> None:
    hint = handles.masked_hint(f"{local}@{domain}")
    assert local not in hint.rpartition("@")[0]
    assert len(hint) <= 40


@given(LOCAL_PARTS)
def test_the_hint_never_holds_a_whole_handle_without_domain(handle: str) -> None:
    hint = handles.masked_hint(handle)
    assert handle not in hint
    assert len(hint) <= 40


def test_domain_keys_are_of_the_domain_and_each_parent_of_two_labels() -> None:
    keys = handles.domain_keys("na@a.b.company.example")
    assert keys == [
        handles.domain_key(d) for d in ("a.b.company.example", "b.company.example", "company.example")
    ]
    assert handles.domain_keys("na@host") == [handles.domain_key("host")]
    assert handles.domain_keys("na") == []


@pytest.mark.parametrize(
    ("domain", "under"),
    [
        ("company.example", True),
        ("mail.company.example", True),
        ("mycompany.example", False),
        ("example", False),
        ("", False),
    ],
)
def test_a_domain_is_under_itself_and_its_parents(domain: str, under: bool) -> None:
    assert handles.is_under(domain, frozenset({"company.example"})) is under


@pytest.mark.parametrize("seed", ["1", "2"])
def test_a_key_is_the_same_in_every_process(seed: str) -> None:
    code = (
        "from apps.directory.handles import account_key, domain_key;"
        "print(account_key('im', 'li.na'), domain_key('company.example'))"
    )
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert process.stdout.split() == [
        str(handles.account_key("im", "li.na")),
        str(handles.domain_key("company.example")),
    ]


def test_the_same_handle_on_two_platforms_has_two_keys() -> None:
    assert handles.account_key("im", "li.na") != handles.account_key("mail", "li.na")


def test_a_pseudonym_holds_no_handle() -> None:
    pseudonym = handles.pseudonym("im", "li.na.wang@outside.example")
    assert "li.na.wang" not in repr(pseudonym)
    assert pseudonym.key == handles.key_of(pseudonym.digest)


@given(TEXT, TEXT, TEXT)
def test_a_digest_is_the_hmac_of_platform_and_handle(key: str, platform: str, handle: str) -> None:
    with override_settings(PSEUDONYM_KEY=key):
        expected = hmac.digest(key.encode(), f"{platform}\0{handle}".encode(), "sha256")
        assert handles.digest(platform, handle) == expected
