"""Sentences that were kept in English, or come from where nothing is translated, in the reader's language."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext

PLACE = re.compile(r"%\\?\((\w+)\\?\)s")
WHATEVER = {"number": r"[\d.,]+", "other": r"[\d.,]+", "name": r"\S+", "text": r".+"}


class Told:
    """texts: each marked for translation, with %(number)s, %(other)s, %(name)s and %(text)s where something stands."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._patterns = [(re.compile(PLACE.sub(_group, re.escape(text))), text) for text in texts]

    def __call__(self, said: str) -> str:
        """What is not known stays as it is."""
        for pattern, text in self._patterns:
            if found := pattern.fullmatch(said):
                return gettext(text) % found.groupdict()
        return said


def _group(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>{WHATEVER[found[1]]})"
