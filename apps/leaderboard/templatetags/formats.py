"""apps.leaderboard.formats, for templates."""

from django import template

from bonus_tracker import formats

register = template.Library()
for function in (
    formats.number,
    formats.day,
    formats.short_day,
    formats.weekday,
    formats.instant,
    formats.limit,
    formats.plain_money,
):
    register.filter(function.__name__, function)
register.simple_tag(formats.money)
