"""What a decision changes about the fixed input, in words."""

from django.utils.translation import gettext as _

from apps.ranking.corrections import DAYS_GRANTED, LEFT_OUT, NO_COLLEAGUE, NOT_COUNTED, ONE_PERSON, Correction


def in_words(correction: Correction) -> str:
    """Contacts are named by how many they are; their keys are in the audit log."""
    kind, number = correction["kind"], correction.get("employee")
    facts = {"employee": number, "count": len(correction.get("contacts", ()))}
    if kind == LEFT_OUT:
        return _("%(employee)s is outside the ranking.") % facts
    if kind == DAYS_GRANTED:
        days = sorted({*correction["sent"], *correction["received"]})
        return _("For %(employee)s, one contact counts on %(days)s too.") % (
            facts | {"days": ", ".join(days)}
        )
    if kind == NOT_COUNTED and number is None:
        return _("Contacts that count for nobody: %(count)d.") % facts
    words = {
        NOT_COUNTED: _("Contacts that do not count for %(employee)s: %(count)d."),
        ONE_PERSON: _("Accounts that are one person: %(count)d."),
        NO_COLLEAGUE: _("Contacts that are no colleagues on any day: %(count)d."),
    }
    return words[kind] % facts
