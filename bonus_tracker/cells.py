"""Cells that a spreadsheet shows and never runs."""

import unicodedata

RUNS = frozenset("=+-@|\N{MINUS SIGN}")  # what a formula or a command may begin with
SHOWN_AS_TEXT = "'"


def harmless(text: str) -> str:
    """The text as a cell: on one line, and with an apostrophe before it when a spreadsheet could run it.

    Signs in full width, small forms, and signs behind spaces, tabs or invisible characters are found too.
    """
    line = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
    return SHOWN_AS_TEXT + line if _first_seen(line) in RUNS else line


def _first_seen(line: str) -> str:
    for character in line:
        if not character.isspace() and unicodedata.category(character) != "Cf":
            return unicodedata.normalize("NFKC", character)[:1]
    return ""
