"""How many of a winner's contacts to confirm, and which: arithmetic that anybody can repeat."""

import hashlib
from collections.abc import Iterable

RISK = 20  # one in so many: at most 5 % of wrong results escape


def sample_size(population: int, margin: int) -> int:
    """The fewest contacts to draw so that a wrong result escapes with a chance of at most 5 %.

    population: contacts counted, 1 or more. margin: how many of them would have to be fake for the result to
    be wrong, 1 or more; with more than there are, none could be, and one is drawn all the same.
    Source: the hypergeometric distribution; the chance that n draws meet none of `margin` fakes is
    C(population - margin, n) / C(population, n).
    """
    fakes = min(margin, population)
    missed, drawn = 1, 1
    for n in range(1, population + 1):
        missed *= population - fakes - n + 1
        drawn *= population - n + 1
        if RISK * missed <= drawn:
            return n
    return population


def drawing_order(sealed_sha256: str, number: str, contacts: Iterable[int]) -> list[int]:
    """All contacts in the order in which they are drawn: known to nobody before the result was sealed."""

    def lot(contact: int) -> str:
        return hashlib.sha256(f"{sealed_sha256}\n{number}\n{contact}".encode()).hexdigest()

    return sorted(contacts, key=lot)
