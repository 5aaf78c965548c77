from django.db import migrations

import apps.activity.fields

# The days before a tie's newest 63 end with the oldest that is set: a young tie pays for no months before it.
CUT = """
DROP FUNCTION activity_days(bigint, bit), activity_earlier(bit);
CREATE FUNCTION activity_days(recent bigint, earlier varbit) RETURNS bit LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (recent::bit(63) || coalesce(earlier, B''))::bit(384);
CREATE FUNCTION activity_earlier(days bit) RETURNS varbit LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(rtrim(substring(days, 64)::text, '0'), '')::varbit;
ALTER TABLE activity_tie
    ALTER earlier_sent TYPE bit varying(321) USING rtrim(earlier_sent::text, '0')::varbit,
    ALTER earlier_received TYPE bit varying(321) USING rtrim(earlier_received::text, '0')::varbit;
"""
WHOLE = """
ALTER TABLE activity_tie ALTER earlier_sent TYPE bit(321) USING earlier_sent::bit(321),
    ALTER earlier_received TYPE bit(321) USING earlier_received::bit(321);
DROP FUNCTION activity_days(bigint, varbit), activity_earlier(bit);
CREATE FUNCTION activity_days(recent bigint, earlier bit) RETURNS bit LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN recent::bit(63) || coalesce(earlier, repeat('0', 321)::bit(321));
CREATE FUNCTION activity_earlier(days bit) RETURNS bit LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN nullif(substring(days, 64), repeat('0', 321)::bit(321));
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0010_links_by_person")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(CUT, WHOLE)],
            [
                migrations.AlterField(
                    "tie", side, apps.activity.fields.DayBits(days=321, is_cut=True, null=True)
                )
                for side in ("earlier_sent", "earlier_received")
            ],
        )
    ]
