from django.db import migrations

# One ranking while several hands count it. Unlogged: an attempt ends with its coordinator at the latest.
CREATE = """
CREATE UNLOGGED TABLE ranking_attempt (
    key bigint PRIMARY KEY, campaign_id integer NOT NULL, as_of timestamptz NOT NULL, statement text NOT NULL,
    snapshot text);
CREATE UNLOGGED TABLE ranking_shard (
    key bigint NOT NULL, number smallint NOT NULL, low integer, high integer,
    employee_ids integer[], active_contacts integer[], conversation_days integer[],
    PRIMARY KEY (key, number));
"""
DROP = "DROP TABLE ranking_shard; DROP TABLE ranking_attempt;"


class Migration(migrations.Migration):
    dependencies = [("ranking", "0005_unchecked_standings")]
    operations = [migrations.RunSQL(CREATE, DROP)]
