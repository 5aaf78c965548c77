from django.db import migrations

# As evidence of decisions: words of an objection and of its answer may be emptied at somebody's wish, never changed.
KEEP = """
CREATE OR REPLACE FUNCTION integrity_keep_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR ROW(NEW.campaign_id, NEW.number, NEW.employee_id, NEW.about, NEW.contacts_claimed, NEW.place_of_id,
               NEW.made_at)
           IS DISTINCT FROM
           ROW(OLD.campaign_id, OLD.number, OLD.employee_id, OLD.about, OLD.contacts_claimed, OLD.place_of_id,
               OLD.made_at)
        OR (NEW.text <> OLD.text AND NEW.text <> '')
        OR (OLD.state <> 'open'
            AND (ROW(NEW.state, NEW.answered_by_id, NEW.answered_at)
                    IS DISTINCT FROM ROW(OLD.state, OLD.answered_by_id, OLD.answered_at)
                OR (NEW.answer <> OLD.answer AND NEW.answer <> '')))
    THEN
        RAISE EXCEPTION 'objection % stays as it was', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
KEEP_EVERY_WORD = """
CREATE OR REPLACE FUNCTION integrity_keep_objection() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'open'
        OR ROW(NEW.campaign_id, NEW.number, NEW.employee_id, NEW.about, NEW.contacts_claimed, NEW.place_of_id,
               NEW.text, NEW.made_at)
           IS DISTINCT FROM
           ROW(OLD.campaign_id, OLD.number, OLD.employee_id, OLD.about, OLD.contacts_claimed, OLD.place_of_id,
               OLD.text, OLD.made_at)
    THEN
        RAISE EXCEPTION 'objection % stays as it was', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("integrity", "0002_what_was_decided_stays")]
    operations = [migrations.RunSQL(KEEP, KEEP_EVERY_WORD)]
