"""Numbers, money and dates in the reader's language, dates on the company's calendar."""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from babel.core import Locale
from babel.dates import format_date, format_time, format_timedelta, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal, get_currency_name
from django.utils.translation import get_language, gettext, pgettext, to_locale

from bonus_tracker import clock

Unit = Literal["day", "hour", "minute"]


def locale() -> Locale:
    return _parsed(get_language() or "en")


@cache
def _parsed(language: str) -> Locale:
    return Locale.parse(to_locale(language))


def number(value: int | Decimal) -> str:
    return _number(value, get_language() or "en")


@lru_cache(10_000)
def _number(value: int | Decimal, language: str) -> str:
    return format_decimal(value, locale=_parsed(language))


def money(amount: Decimal, currency: str) -> str:
    """ "100,000 CNY after tax"; cents only when there are any."""
    shown, unit = _amount(amount), _unit(currency)
    return gettext("%(amount)s %(currency)s after tax") % {"amount": shown, "currency": unit}


def plain_money(amount: Decimal, currency: str) -> str:
    """ "100,000 CNY", wherever what is promised of tax is said elsewhere."""
    return f"{_amount(amount)} {_unit(currency)}"


def _amount(amount: Decimal) -> str:
    return str(format_decimal(amount, format="#,##0.00" if amount % 1 else "#,##0", locale=locale()))


def _unit(currency: str) -> str:
    if currency == "CNY":
        return pgettext("the unit of an amount", "CNY")
    return currency if locale().language == "en" else get_currency_name(currency, locale=locale())


def day(value: date) -> str:
    return format_date(value, "medium", locale=locale())


def short_day(value: date) -> str:
    """Day and month alone, for days of the last weeks."""
    return _short_day(value, get_language() or "en")


@lru_cache(10_000)
def _short_day(value: date, language: str) -> str:
    known = _parsed(language)
    return format_date(value, "M月d日" if known.language == "zh" else "MMM d", locale=known)


def weekday(value: date) -> str:
    return format_date(value, "EEEE", locale=locale())


def local(value: datetime) -> datetime:
    return value.astimezone(clock.company_zone())


def duration(*, days: int = 0, hours: int = 0, minutes: int = 0) -> str:
    """ "2 days, 1 hour"; what is 0 is not said, "" when all are."""
    parts: list[tuple[Unit, timedelta]] = [
        ("day", timedelta(days=days)),
        ("hour", timedelta(hours=hours)),
        ("minute", timedelta(minutes=minutes)),
    ]
    return format_list(
        [
            format_timedelta(length, granularity=unit, threshold=math.inf, locale=locale())
            for unit, length in parts
            if length
        ],
        style="unit",
        locale=locale(),
    )


def zone_name() -> str:
    """The company's time zone as people call it."""
    zone = clock.company_zone()
    if zone.key == "Asia/Shanghai":
        return gettext("Beijing time")
    return get_timezone_name(zone, width="long", zone_variant="generic", locale=locale())


def instant(value: datetime) -> str:
    """Date and time on the company's calendar."""
    here = local(value)
    return gettext("%(day)s, %(time)s") % {
        "day": day(here.date()),
        "time": format_time(here.timetz(), "short", tzinfo=here.tzinfo, locale=locale()),
    }


def limit(value: datetime) -> str:
    """An instant that no longer counts: a midnight is said as the end of the day before."""
    here = local(value)
    if (here.hour, here.minute, here.second, here.microsecond) == (0, 0, 0, 0):
        return gettext("the end of %(day)s") % {"day": day((here - timedelta(days=1)).date())}
    return instant(value)
