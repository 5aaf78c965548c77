from django.db import migrations

# Beside the guard of 0003: what an approved award is for stays, too, and so do the facts prizes are given from.
REFUSE = """
CREATE FUNCTION awards_keep_what_for() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed'
        AND (NEW.form, NEW.contacts, NEW.department) IS DISTINCT FROM (OLD.form, OLD.contacts, OLD.department) THEN
        RAISE EXCEPTION 'award % is %: who gets what stays', OLD.id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER awards_award_keep_what_for BEFORE UPDATE ON awards_award
    FOR EACH ROW EXECUTE FUNCTION awards_keep_what_for();

CREATE FUNCTION awards_keep_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what prizes are given from stays' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER awards_prizefacts_keep BEFORE UPDATE OR DELETE ON awards_prizefacts
    FOR EACH ROW EXECUTE FUNCTION awards_keep_facts();
"""
ALLOW = """
DROP TRIGGER awards_prizefacts_keep ON awards_prizefacts;
DROP FUNCTION awards_keep_facts();
DROP TRIGGER awards_award_keep_what_for ON awards_award;
DROP FUNCTION awards_keep_what_for();
"""


class Migration(migrations.Migration):
    dependencies = [("awards", "0004_forms_of_prizes")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
