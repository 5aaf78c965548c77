from django.db import migrations

# The ledger loses rows in one way alone: all of an account's, by this function, when a person asks for it. It
# belongs to the owner of the table; the app role has no right to delete and so cannot do it any other way.
FORGET = """
CREATE FUNCTION activity_keep_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        AND nullif(current_setting('bonus.forgotten', true), '')::bigint[] && ARRAY[OLD.sender, OLD.recipient]
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER activity_interaction_append_only ON activity_interaction;
CREATE TRIGGER activity_interaction_append_only BEFORE UPDATE OR DELETE ON activity_interaction
    FOR EACH ROW EXECUTE FUNCTION activity_keep_ledger();

CREATE FUNCTION activity_forget(accounts bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    PERFORM set_config('bonus.forgotten', accounts::text, true);
    DELETE FROM activity_interaction WHERE sender = ANY(accounts) OR recipient = ANY(accounts);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('bonus.forgotten', '{}', true);
    RETURN gone;
END $$;
"""
KEEP = """
DROP FUNCTION activity_forget(bigint[]);
DROP TRIGGER activity_interaction_append_only ON activity_interaction;
CREATE TRIGGER activity_interaction_append_only BEFORE UPDATE OR DELETE ON activity_interaction
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION activity_keep_ledger();
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0004_derivations")]
    operations = [migrations.RunSQL(FORGET, KEEP)]
