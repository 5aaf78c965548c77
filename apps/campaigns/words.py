"""The rule in words, for whoever takes part."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import dateformat
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from apps.campaigns.models import Campaign
from apps.campaigns.rule import Rule, deciding_dates, first_date
from bonus_tracker.clock import company_zone
from bonus_tracker.formats import zone_name

USUAL_FORMER_COLLEAGUE_DAYS = Rule().former_colleague_days


def rule_in_words(campaign: Campaign) -> str:
    """One paragraph in the active language."""
    return paragraph(rule_sentences(campaign))


def whom_it_counts(rule: Rule, starts_on: date) -> str:
    """What sets one rule apart from another: who counts, and who does not."""
    return paragraph([who_counts(rule, starts_on), *_who_else_is_left_out(rule, starts_on)])


def paragraph(sentences: list[str]) -> str:
    """As the active language puts sentences beside each other."""
    return ("" if (get_language() or "").startswith("zh") else " ").join(sentences)


def rule_sentences(campaign: Campaign) -> list[str]:
    """What counts, what it earns, what is looked at, and which days decide."""
    rule, zone = Rule.of(campaign), company_zone()
    return [
        who_counts(rule, first_date(campaign.starts_at, zone)),
        *_who_else_is_left_out(rule, first_date(campaign.starts_at, zone)),
        _("One message a day is enough; a hundred earn nothing more."),
        _("%(rooms)s %(days)s Content is never read.") % {"rooms": _rooms(), "days": _calendar(zone)},
        which_days_decide(rule, campaign.starts_at, campaign.deadline, zone),
    ]


def who_counts(rule: Rule, starts_on: date) -> str:
    return _("Someone outside the company counts for you when, %(window)s, %(conditions)s.") % {
        "window": _window(rule, starts_on),
        "conditions": _conditions(rule),
    }


def _window(rule: Rule, starts_on: date) -> str:
    if rule.window_days is None:
        return _("since %(start)s") % {"start": _day(starts_on)}
    return ngettext("in the last day", "in the last %(days)d days", rule.window_days) % {
        "days": rule.window_days
    }


def _conditions(rule: Rule) -> str:
    sent, received, mutual = rule.min_sent_days, rule.min_received_days, rule.min_mutual_days
    clauses = []
    if sent > mutual:
        clauses.append(ngettext("you wrote on at least one day", "you wrote on at least %(days)d days", sent))
        clauses[-1] %= {"days": sent}
    if received > mutual:
        clauses.append(
            ngettext("they wrote on at least one day", "they wrote on at least %(days)d days", received)
            % {"days": received}
        )
    if mutual:
        clauses.append(
            ngettext(
                "both of you wrote on at least one same day",
                "both of you wrote on at least %(days)d same days",
                mutual,
            )
            % {"days": mutual}
        )
    if rule.min_active_days > max(sent, received, mutual):
        clauses.append(_altogether(rule.min_active_days, alone=not clauses))
    return _listed(clauses)


def _altogether(days: int, *, alone: bool) -> str:
    if alone:
        text = ngettext(
            "you or they wrote on at least one day", "you or they wrote on at least %(days)d days", days
        )
    else:
        text = ngettext(
            "that makes at least one different day", "that makes at least %(days)d different days", days
        )
    return text % {"days": days}


def _listed(clauses: list[str]) -> str:
    """ "a", "a, and b", "a, b, and c"."""
    *earlier, last = clauses
    if not earlier:
        return last
    joined = earlier[0]
    for clause in earlier[1:]:
        joined = _("%(earlier)s, %(next)s") % {"earlier": joined, "next": clause}
    return _("%(earlier)s, and %(last)s") % {"earlier": joined, "last": last}


def _who_else_is_left_out(rule: Rule, starts_on: date) -> list[str]:
    sentences = []
    if rule.new_contacts_only:
        sentences.append(
            _("Only people with whom nobody in the company had talked before %(start)s count.")
            % {"start": _day(starts_on)}
        )
    if rule.former_colleague_days == 0:
        sentences.append(_("Former colleagues count from the day after they leave."))
    elif rule.former_colleague_days != USUAL_FORMER_COLLEAGUE_DAYS:
        sentences.append(
            ngettext(
                "Former colleagues do not count on the first day after they leave.",
                "Former colleagues do not count during the first %(days)d days after they leave.",
                rule.former_colleague_days,
            )
            % {"days": rule.former_colleague_days}
        )
    return sentences


def _rooms() -> str:
    if settings.MAX_ROOM_SIZE == 2:
        return _("One-to-one chats only.")
    return _("Chats of up to %(people)d people only.") % {"people": settings.MAX_ROOM_SIZE}


def _calendar(zone: ZoneInfo) -> str:
    if zone.key == "Asia/Shanghai":
        return _("Days are Beijing days.")
    return _("Days are days in %(zone)s.") % {"zone": zone_name()}


def which_days_decide(rule: Rule, starts_at: datetime, deadline: datetime, zone: ZoneInfo) -> str:
    first, last = deciding_dates(rule, starts_at, deadline, zone)
    if first == last:
        return _("Only %(day)s decides; earlier places do not add up.") % {"day": _day(last)}
    span = {"dates": _span(first, last)}
    if first == first_date(starts_at, zone):
        return _("The whole campaign decides, %(dates)s; earlier places do not add up.") % span
    return _("Only %(dates)s decides; earlier places do not add up.") % span


def deciding_span(campaign: Campaign) -> str:
    """The dates that decide, and nothing else: "2 to 31 December"."""
    first, last = deciding_dates(Rule.of(campaign), campaign.starts_at, campaign.deadline, company_zone())
    return _day(last) if first == last else _span(first, last)


def _span(first: date, last: date) -> str:
    """ "2 to 31 December"; month and year are said once when they are the same."""
    if first.year != last.year:
        patterns = (_full_pattern(), _full_pattern())
    elif first.month != last.month:
        patterns = (_pattern(), _pattern())
    else:
        patterns = (
            pgettext("date pattern: the first of two days in one month", "j"),
            pgettext("date pattern: the last of two days in one month", "j F"),
        )
    return _("%(first)s to %(last)s") % {
        "first": dateformat.format(first, patterns[0]),
        "last": dateformat.format(last, patterns[1]),
    }


def _pattern() -> str:
    return pgettext("date pattern: a day of a year that is known", "j F")


def _full_pattern() -> str:
    return pgettext("date pattern: a day with its year", "j F Y")


def _day(day: date) -> str:
    return dateformat.format(day, _full_pattern())
