"""Generated names: an adjective and an animal, and a number once the pair is taken.

Kept as a key of positions, such as "3-17" or "3-17-2", so that everybody reads it in their own language.
"""

import secrets
from collections.abc import Collection
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

ADJECTIVES, ANIMALS = 30, 42  # words in each list below, in every language; new ones only at the end


def new_alias(taken: Collection[str]) -> str:
    """One that nobody has, drawn by lot: nothing about the person can be read from it."""
    number = 1
    while True:
        pairs = (f"{adjective}-{animal}" for adjective in range(ADJECTIVES) for animal in range(ANIMALS))
        aliases = (f"{pair}-{number}" if number > 1 else pair for pair in pairs)
        if free := [alias for alias in aliases if alias not in taken]:
            return secrets.choice(free)
        number += 1


def spoken(alias: str) -> str:
    """In the active language: "Quiet Otter", "Quiet Otter 2"."""
    return _spoken(alias, get_language() or "en")


@lru_cache(10_000)
def _spoken(alias: str, _language: str) -> str:
    adjective, animal, *number = map(int, alias.split("-"))
    words = {"adjective": adjectives()[adjective], "animal": animals()[animal]}
    name = _("%(adjective)s %(animal)s") % words
    return f"{name} {number[0]}" if number else name


def adjectives() -> list[str]:
    return _(
        "Agile Brave Bright Calm Cheerful Clever Curious Eager Friendly Gentle Happy Honest Humble Keen Kind Lively "
        "Lucky Merry Neat Nimble Patient Polite Quick Quiet Smart Steady Sunny Swift Tidy Witty"
    ).split()


def animals() -> list[str]:
    return _(
        "Badger Bear Beaver Camel Cat Crane Deer Dolphin Dove Duck Eagle Egret Elephant Falcon Fox Giraffe Goose Hare "
        "Hedgehog Heron Horse Kingfisher Koala Lark Leopard Lynx Magpie Otter Owl Panda Parrot Peacock Penguin Robin "
        "Seal Squirrel Swallow Swan Tiger Turtle Whale Wolf"
    ).split()
