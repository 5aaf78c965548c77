"""Every text a person sees exists in Simplified Chinese, with the same placeholders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent
CATALOGUE = polib.pofile(str(ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
ONE_TEXT = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
IN_TEMPLATE = re.compile(r"""\b(n?p?gettext)\(\s*((?:u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')\s*,?\s*)+)""")


def texts_in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        wanted = slice(0, 1) if name in ONE_TEXT else slice(0, 2) if name in PLURAL else slice(1, 2)
        if name in ONE_TEXT | PLURAL | WITH_CONTEXT:
            values = [arg.value for arg in node.args[wanted] if isinstance(arg, ast.Constant)]
            yield from (value for value in values if isinstance(value, str))


def texts_in_template(path: Path) -> Iterator[str]:
    for call, arguments in IN_TEMPLATE.findall(templatize(path.read_text())):
        values = ast.literal_eval(f"[{arguments.strip().rstrip(',')}]")
        yield from values[1:] if call.startswith("p") else values[: 2 if call.startswith("n") else 1]


def all_texts() -> set[str]:
    texts: set[str] = set()
    for folder in ("apps", "bonus_tracker"):
        for path in (ROOT / folder).rglob("*.py"):
            texts.update(texts_in_python(path))
    for path in (ROOT / "templates").rglob("*.*"):
        texts.update(texts_in_template(path))
    return texts - {""}


def test_every_text_is_translated() -> None:
    translated = {
        text
        for entry in CATALOGUE
        if entry.translated() and not entry.obsolete
        for text in (entry.msgid, entry.msgid_plural)
    }
    assert sorted(all_texts() - translated) == []


def test_nothing_is_translated_that_is_not_said() -> None:
    assert sorted({entry.msgid for entry in CATALOGUE if not entry.obsolete} - all_texts()) == []


@pytest.mark.parametrize("entry", [e for e in CATALOGUE if e.translated()], ids=lambda e: e.msgid[:40])
def test_a_translation_has_the_placeholders_of_its_text(entry: polib.POEntry) -> None:
    said = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    for translation in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
        assert set(PLACEHOLDER.findall(translation)) == said
