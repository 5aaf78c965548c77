"""What mails say: that there is something to read, and where; no contact, no amount, nobody else."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from apps.awards.mails.due import Due
from apps.awards.models import Mail
from apps.integrity.models import Notice

Kind = Mail.Kind


def written(due: Due) -> tuple[str, str]:
    """Subject and text, in every language, the installation's first: nobody's language is kept."""
    codes = sorted(
        (code for code, _name in settings.LANGUAGES), key=lambda code: code != settings.LANGUAGE_CODE
    )
    texts = []
    for code in codes:
        with translation.override(code):
            texts.append((_subject(due), _text(due)))
    return " · ".join(subject for subject, _said in texts), "\n\n---\n\n".join(
        said for _subject, said in texts
    )


def _subject(due: Due) -> str:
    name = " ".join(due.campaign.localised_name().split())  # a header is one line
    if due.kind == Kind.WON:
        return _("%(campaign)s: the provisional result gives you a prize") % {"campaign": name}
    if due.kind == Kind.FINAL:
        return _("%(campaign)s: your prize is final") % {"campaign": name}
    if due.kind == Kind.SECOND:
        return _("%(campaign)s: a second person is needed") % {"campaign": name}
    if due.what == Notice.Kind.ANSWERED:
        return _("%(campaign)s: your objection is answered") % {"campaign": name}
    if due.what == Notice.Kind.CHECK:
        return _("%(campaign)s: please name contacts") % {"campaign": name}
    return _("%(campaign)s: a decision about you") % {"campaign": name}


def _text(due: Due) -> str:
    if due.kind == Kind.WON:
        said = _(
            "By the provisional result you win a prize. It may still change: contacts drawn by lot are confirmed, and "
            "colleagues may object. You will hear when it is final."
        )
    elif due.kind == Kind.FINAL:
        said = _(
            "The result is final and your prize is approved. Your award letter is on the page “My result”."
        )
    elif due.kind == Kind.SECOND:
        said = _(
            "Somebody proposed or approved something that needs a second person, and you may be that person."
        )
    elif due.what == Notice.Kind.ANSWERED:
        said = _("Your objection was answered. Read the answer on the page “My result”.")
    elif due.what == Notice.Kind.CHECK:
        said = _("Some of your contacts were drawn by lot. Please name them on the page “My result”.")
    else:
        said = _(
            "Something was decided about you in this campaign. Read it, with its reason, on the page “My result”."
        )
    return f"{said}\n\n{_('Sign in to Bonus Tracker as usual. This mail asks for nothing else, and carries no link.')}"
