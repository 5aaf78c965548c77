"""What verify.py says, in the reader's language: it is a program of its own, and English."""

import re

from django.utils.translation import gettext_lazy, gettext_noop

from bonus_tracker.told import Told

said_in_words = Told(
    [
        gettext_noop("Signature: holds, by the key %(name)s."),
        gettext_noop("Files: all %(number)s are what was signed."),
        gettext_noop(
            "Audit log: %(number)s entries are unchanged, and among the %(other)s of the signed log."
        ),
        gettext_noop("Heads: %(number)s that were signed earlier are beginnings of the log."),
        gettext_noop("Result version %(number)s: the sealed hash %(name)s is that of its content."),
        gettext_noop("Result version %(number)s: ranked again, all %(other)s lines agree."),
        gettext_noop("Rule: is what was announced, and what the result was counted by."),
        gettext_noop("Participants: %(number)s, each by what they belong to."),
        gettext_noop(
            "Decisions: %(number)s, each as it was proposed; the versions have made those that stand."
        ),
        gettext_noop("Rules sheets: %(number)s, word for word what the log has the hashes of."),
        gettext_noop(
            "Winners' checks: %(number)s, each drawn again by the sealed hash, each review in the log."
        ),
        gettext_noop(
            "Winners' checks: two people confirmed every contact drawn of the %(number)s to be checked."
        ),
        gettext_noop("Approvals: %(number)s, each in the log."),
        gettext_noop("Awards: %(number)s, each as it was proposed."),
        gettext_noop("Prizes of version %(number)s: all %(other)s awards are given again, to the cent."),
        gettext_noop("Tax: %(number)s amounts computed again from the schedule."),
        gettext_noop("Place %(number)s: %(name)s, %(other)s contacts, %(text)s."),
    ]
)

_WRONG = [
    (r"the file: no bundle, .+", gettext_lazy("The file is damaged: it cannot be opened as a bundle.")),
    (r"(?P<name>\S+): is missing", gettext_lazy("%(name)s is missing from the bundle.")),
    (r"(?P<name>\S+): cannot be read, .+", gettext_lazy("%(name)s is damaged and cannot be read.")),
    (
        r"(?P<name>\S+): does not belong to the bundle",
        gettext_lazy("%(name)s does not belong to the bundle."),
    ),
    (r"(?P<name>\S+): is not what was signed.*", gettext_lazy("%(name)s is not what was signed.")),
    (r"(?P<name>[^:]+): .+", gettext_lazy("%(name)s does not agree with the rest of the evidence.")),
]


def wrong_in_words(wrong: str) -> str:
    """What verify.py found wrong first, "place: what", for who does not read its English; of most kinds the place."""
    for pattern, sentence in _WRONG:
        if found := re.fullmatch(pattern, wrong, re.DOTALL):
            return sentence % found.groupdict()
    return wrong
