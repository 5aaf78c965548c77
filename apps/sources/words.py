"""What is wrong with a line, in the reader's language: kept in English, as it was found."""

from django.utils.translation import gettext_noop

from bonus_tracker.told import Told

problem_in_words = Told(
    [
        gettext_noop("not a JSON object"),
        gettext_noop("not a line of CSV"),
        gettext_noop("%(number)s columns instead of %(other)s"),
        gettext_noop("%(name)s is missing"),
        gettext_noop("%(name)s is not a text"),
        gettext_noop("sent_at is not an ISO 8601 time such as 2026-12-31T15:59:59Z"),
        gettext_noop("sent_at has no offset from UTC, such as Z or +08:00"),
        gettext_noop("sent_at is not between %(number)s and %(other)s"),
        gettext_noop("message_id is empty"),
        gettext_noop("room_size is not a number of people"),
    ]
)
