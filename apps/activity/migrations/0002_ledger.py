from django.db import migrations

# No unique index: days are idempotent, so the ledger need not know its duplicates. BRIN, because rows
# arrive in the order of both columns. A month is created apart and then attached, so that making one
# never waits for the writers of the others; SECURITY DEFINER, because the app role owns no table.
CREATE = """
CREATE TABLE activity_interaction (
    occurred_at timestamptz NOT NULL,
    sender bigint NOT NULL,
    recipient bigint NOT NULL,
    event_key bigint NOT NULL,
    delivery_id integer NOT NULL,
    room_size smallint NOT NULL
) PARTITION BY RANGE (occurred_at);
CREATE INDEX activity_interaction_time ON activity_interaction USING brin (occurred_at);
CREATE INDEX activity_interaction_delivery ON activity_interaction USING brin (delivery_id);
CREATE TRIGGER activity_interaction_append_only BEFORE UPDATE OR DELETE ON activity_interaction
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION activity_ensure_month(first_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    child text := 'activity_interaction_' || to_char(first_day, 'YYYY_MM');
    since timestamptz := date_trunc('month', first_day::timestamptz);
    until timestamptz := since + interval '1 month';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('activity_ensure_month'));
    IF to_regclass(child) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE activity_interaction INCLUDING DEFAULTS, '
        'CHECK (occurred_at >= %L AND occurred_at < %L))', child, since, until);
    EXECUTE format('ALTER TABLE activity_interaction ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        child, since, until);
END $$;

ALTER TABLE activity_tie SET (fillfactor = 90);
"""
DROP = """
DROP FUNCTION activity_ensure_month(date);
DROP TABLE activity_interaction;
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_tables"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(CREATE, DROP)]
