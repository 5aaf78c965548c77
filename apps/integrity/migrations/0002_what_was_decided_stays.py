from django.db import migrations

# Nobody changes what was proposed, decided, objected or reviewed; further acts are further rows. Evidence
# may be emptied when a person in it asks for that: the log has its hash.
REFUSE = """
CREATE FUNCTION integrity_keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'decision % stays', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    IF ROW(NEW.campaign_id, NEW.number, NEW.kind, NEW.employee_id, NEW.corrections, NEW.facts, NEW.source_id,
           NEW.objection_id, NEW.undoes_id, NEW.reason, NEW.proposed_by_id, NEW.proposed_at)
        IS DISTINCT FROM
       ROW(OLD.campaign_id, OLD.number, OLD.kind, OLD.employee_id, OLD.corrections, OLD.facts, OLD.source_id,
           OLD.objection_id, OLD.undoes_id, OLD.reason, OLD.proposed_by_id, OLD.proposed_at)
       OR (NEW.evidence <> OLD.evidence AND NEW.evidence <> '')
       OR (OLD.result_id IS NOT NULL AND NEW.result_id IS DISTINCT FROM OLD.result_id)
       OR ((OLD.confirmed_at IS NOT NULL OR OLD.rejected_at IS NOT NULL)
           AND ROW(NEW.confirmed_by_id, NEW.confirmed_at, NEW.rejected_by_id, NEW.rejected_at, NEW.rejection_reason)
               IS DISTINCT FROM
               ROW(OLD.confirmed_by_id, OLD.confirmed_at, OLD.rejected_by_id, OLD.rejected_at, OLD.rejection_reason))
    THEN
        RAISE EXCEPTION 'decision % stays as it was', OLD.number USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER integrity_decision_stays BEFORE UPDATE OR DELETE ON integrity_decision
    FOR EACH ROW EXECUTE FUNCTION integrity_keep_decision();

CREATE FUNCTION integrity_keep_objection() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER integrity_objection_stays BEFORE UPDATE OR DELETE ON integrity_objection
    FOR EACH ROW EXECUTE FUNCTION integrity_keep_objection();

CREATE TRIGGER integrity_tick_append_only BEFORE UPDATE OR DELETE ON integrity_tick
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER integrity_finalresult_append_only BEFORE UPDATE OR DELETE ON integrity_finalresult
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = """
DROP TRIGGER integrity_finalresult_append_only ON integrity_finalresult;
DROP TRIGGER integrity_tick_append_only ON integrity_tick;
DROP TRIGGER integrity_objection_stays ON integrity_objection;
DROP FUNCTION integrity_keep_objection();
DROP TRIGGER integrity_decision_stays ON integrity_decision;
DROP FUNCTION integrity_keep_decision();
"""


class Migration(migrations.Migration):
    dependencies = [("integrity", "0001_tables"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
