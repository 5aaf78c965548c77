"""Acts, things and actors of the log in the reader's language; the log itself is never translated.

Entries are hashed as they were written, in English; what is shown of them is looked up here.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.console.log.names import slug_in

LAST_DIGITS = 6  # of nineteen, and a sign
ACTS = {
    "account ended": _("account ended"),
    "account given": _("account given"),
    "appearance changed": _("appearance changed"),
    "award dropped": _("award dropped"),
    "award proposed": _("award proposed"),
    "award to be paid again": _("award to be paid again"),
    "awards approved": _("awards approved"),
    "awards dropped": _("awards dropped"),
    "awards exported": _("awards exported"),
    "awards paid": _("awards paid"),
    "awards proposed": _("awards proposed"),
    "awards returned": _("awards returned"),
    "board frozen": _("board frozen"),
    "campaign changed": _("campaign changed"),
    "campaign created": _("campaign created"),
    "campaign final": _("campaign final"),
    "campaign paid": _("campaign paid"),
    "campaign provisional": _("campaign provisional"),
    "campaign ranked by hand": _("campaign ranked by hand"),
    "campaign removed": _("campaign removed"),
    "campaign running": _("campaign running"),
    "campaign scheduled": _("campaign scheduled"),
    "campaign settling": _("campaign settling"),
    "campaign void": _("campaign void"),
    "case closed": _("case closed"),
    "case opened": _("case opened"),
    "company domain added": _("company domain added"),
    "company domain removed": _("company domain removed"),
    "contact fact recorded": _("contact fact recorded"),
    "contact fact revoked": _("contact fact revoked"),
    "contact named": _("contact named"),
    "contact reviewed": _("contact reviewed"),
    "contacts forgotten": _("contacts forgotten"),
    "contacts viewed": _("contacts viewed"),
    "contest left": _("contest left"),
    "contest rejoined": _("contest rejoined"),
    "crontab added": _("crontab added"),
    "crontab changed": _("crontab changed"),
    "crontab removed": _("crontab removed"),
    "deadline moved": _("deadline moved"),
    "decision confirmed": _("decision confirmed"),
    "decision proposed": _("decision proposed"),
    "decision rejected": _("decision rejected"),
    "delivery applied": _("delivery applied"),
    "delivery covers more": _("delivery covers more"),
    "delivery withdrawn": _("delivery withdrawn"),
    "department moved": _("department moved"),
    "department renamed": _("department renamed"),
    "directory imported": _("directory imported"),
    "employee hired": _("employee hired"),
    "employee left": _("employee left"),
    "employee moved": _("employee moved"),
    "employee rehired": _("employee rehired"),
    "employee renamed": _("employee renamed"),
    "evidence downloaded": _("evidence downloaded"),
    "evidence exported": _("evidence exported"),
    "evidence verified": _("evidence verified"),
    "goal outcomes taken": _("goal outcomes taken"),
    "group joined": _("group joined"),
    "group left": _("group left"),
    "group renamed": _("group renamed"),
    "interval added": _("interval added"),
    "interval changed": _("interval changed"),
    "interval removed": _("interval removed"),
    "later deadline proposed": _("later deadline proposed"),
    "later deadline rejected": _("later deadline rejected"),
    "ledger month dropped": _("ledger month dropped"),
    "log exported": _("log exported"),
    "log reader named": _("log reader named"),
    "log reader removed": _("log reader removed"),
    "messages confirmed": _("messages confirmed"),
    "messages uploaded": _("messages uploaded"),
    "objection made": _("objection made"),
    "objection refused": _("objection refused"),
    "objection withdrawn": _("objection withdrawn"),
    "payroll figures noted": _("payroll figures noted"),
    "payroll file taken": _("payroll file taken"),
    "periodic task added": _("periodic task added"),
    "periodic task changed": _("periodic task changed"),
    "periodic task removed": _("periodic task removed"),
    "prize facts fixed": _("prize facts fixed"),
    "quarantine rejected": _("quarantine rejected"),
    "quarantine released": _("quarantine released"),
    "rankings dropped": _("rankings dropped"),
    "recovery code used": _("recovery code used"),
    "recovery codes made anew": _("recovery codes made anew"),
    "result approved": _("result approved"),
    "result final": _("result final"),
    "result recounted": _("result recounted"),
    "result sealed": _("result sealed"),
    "rule previewed": _("rule previewed"),
    "second factor added": _("second factor added"),
    "second factor removed": _("second factor removed"),
    "second factor reset": _("second factor reset"),
    "sign-in failed": _("sign-in failed"),
    "signed in": _("signed in"),
    "source changed": _("source changed"),
    "subject blocked": _("subject blocked"),
    "subject erased": _("subject erased"),
    "ties derived": _("ties derived"),
    "ties forgotten": _("ties forgotten"),
    "ties repaired": _("ties repaired"),
    "upload discarded": _("upload discarded"),
    "user added": _("user added"),
    "user changed": _("user changed"),
    "user password changed": _("user password changed"),
    "user password set": _("user password set"),
    "winner's check drawn": _("winner's check drawn"),
    "winner's check made full": _("winner's check made full"),
}
# What a subject begins with; the rest of it names the one.
THINGS = {
    "audit log": _("audit log"),
    "rankings of": _("rankings of"),
    "campaign": _("campaign"),
    "case": _("case"),
    "contact": _("contact"),
    "contacts": _("contacts"),
    "delivery": _("delivery"),
    "department": _("department"),
    "directory": _("directory"),
    "domain": _("domain"),
    "employee": _("employee"),
    "evidence": _("evidence"),
    "group": _("group"),
    "ledger": _("ledger"),
    "objection": _("objection"),
    "quarantine": _("quarantine"),
    "repair": _("repair"),
    "source": _("source"),
    "ties": _("ties"),
    "upload": _("upload"),
    "user": _("user"),
}
ACTORS = {"system": _("system"), "webhook": _("webhook"), "company sign-in": _("company sign-in")}


def act_words(action: str) -> str:
    """As it was written, where nobody knows the act any more."""
    return str(ACTS.get(action, action))


def actor_words(actor: str) -> str:
    return str(ACTORS.get(actor, actor))


def subject_words(subject: str) -> str:
    """ "campaign year-end" with its first words in the reader's language."""
    thing, rest = _apart(subject, {name: name for name in THINGS})
    return " ".join(filter(None, (gettext(thing), rest))) if thing else subject


def short_subject(subject: str, names: dict[str, str]) -> str:
    """For a list: by the name of the campaign, and the last digits of a contact, which has no name.

    names: of campaigns, by slug.
    """
    thing, rest = _apart(subject, {name: name for name in THINGS})
    if thing == "contact" and len(rest) > LAST_DIGITS:
        return f"{gettext(thing)} …{rest[-LAST_DIGITS:]}"
    slug = slug_in(subject)
    if slug not in names:
        return subject_words(subject)
    words = gettext(thing) + rest.removeprefix(slug)
    return gettext("%(thing)s “%(name)s”") % {"thing": words, "name": names[slug]}


def written_subject(typed: str) -> str:
    """As the log has it, of what somebody typed in the language in which it is shown."""
    shown = {str(words): name for name, words in reversed(THINGS.items())}
    thing, rest = _apart(typed, shown)
    return " ".join(filter(None, (shown[thing], rest))) if thing else typed


def written_actor(typed: str) -> str:
    return next((name for name, words in ACTORS.items() if str(words) == typed), typed)


def _apart(text: str, names: dict[str, str]) -> tuple[str, str]:
    """The name that the text begins with, or "", and what follows."""
    for name in names:
        if text == name:
            return name, ""
        if text.startswith(f"{name} "):
            return name, text[len(name) + 1 :]
    return "", text
