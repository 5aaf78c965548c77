from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.audit.models import Entry
from apps.directory.domains import add_company_domain, domain_name, remove_company_domain
from apps.directory.models import Account, CompanyDomain
from apps.directory.records import DirectoryError
from tests.directory.helpers import NOW, take_in

pytestmark = pytest.mark.django_db


def run(*options: str) -> list[str]:
    out = StringIO()
    call_command("company_domains", *options, stdout=out)
    return out.getvalue().splitlines()


def marked() -> set[str]:
    return set(Account.objects.filter(is_company=True).values_list("handle", flat=True))


def test_accounts_at_or_below_a_domain_are_marked_while_it_is_the_companys() -> None:
    handles = ["a@x.example", "b@m.x.example", "c@yx.example", "d.x.example", "x.example@y.example"]
    take_in(*(f"E1,,,{handle},2026-01-05,," for handle in handles))
    add_company_domain("x.example", "hana", NOW)
    assert marked() == {"a@x.example", "b@m.x.example"}
    add_company_domain("m.x.example", "hana", NOW)
    remove_company_domain("x.example", "hana", NOW)
    assert marked() == {"b@m.x.example"}
    remove_company_domain("m.x.example", "hana", NOW)
    assert marked() == set()


def test_adding_a_domain_twice_changes_and_audits_nothing() -> None:
    assert add_company_domain("Company.Example", "hana", NOW)
    assert not add_company_domain("company.example.", "hana", NOW)
    assert CompanyDomain.objects.get().domain == "company.example"
    entry = Entry.objects.filter(action="company domain added").get()
    assert (entry.actor, entry.subject) == ("hana", "domain company.example")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        (" Company.Example ", "company.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("公司.中国", "xn--55qx5d.xn--fiqs8s"),
        ("ｃｏｍｐａｎｙ．example", "company.example"),
    ],
)
def test_a_domain_has_one_spelling(written: str, name: str) -> None:
    assert domain_name(written) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example",
        "https://company.example",
        "company.example/path",
        "company.example:443",
        "na@company.example",
        "*.company.example",
        ".company.example",
        "company..example",
        "-company.example",
        "com pany.example",
        "192.0.2.1",
        f"{'a' * 64}.example",
        ".".join(["a" * 60] * 5),
    ],
)
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(DirectoryError, match=r"is not a domain name such as company.example"):
        domain_name(text)


def test_the_command_lists_adds_and_removes() -> None:
    assert run() == []
    assert run("--add", "b.example") == ["b.example"]
    assert run("--add", "A.example") == ["a.example", "b.example"]
    assert run("--remove", "b.example") == ["a.example"]
    assert run() == ["a.example"]


@pytest.mark.parametrize("options", [("--add", "http://a.example"), ("--remove", "other.example")])
def test_a_wrong_domain_is_one_sentence(options: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=r"is not (a domain name|one of the company's).*\.$"):
        run(*options)
