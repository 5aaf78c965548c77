from django.db import migrations

# The services say no first and kindly; this holds against everything else that reaches the tables.
# A rehearsal decides nothing, so it may change until it is sealed. Nothing returns to before its start,
# or the rule could be changed in two steps.
REFUSE = """
CREATE FUNCTION campaigns_is_fixed(state text, is_rehearsal boolean) RETURNS boolean IMMUTABLE LANGUAGE sql AS $$
    SELECT state NOT IN ('draft', 'scheduled') AND NOT (is_rehearsal AND state IN ('running', 'settling'))
$$;

CREATE FUNCTION campaigns_keep_announced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF campaigns_is_fixed(OLD.state, OLD.is_rehearsal) THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'campaign % is % and stays', OLD.slug, OLD.state USING ERRCODE = 'check_violation';
        ELSIF NEW.state IN ('draft', 'scheduled') OR ROW(
            NEW.slug, NEW.starts_at, NEW.freeze_at, NEW.deadline, NEW.grace_hours, NEW.objection_days,
            NEW.window_days, NEW.min_sent_days, NEW.min_received_days, NEW.min_active_days,
            NEW.min_mutual_days, NEW.new_contacts_only, NEW.former_colleague_days,
            NEW.entities, NEW.departments, NEW.groups
        ) IS DISTINCT FROM ROW(
            OLD.slug, OLD.starts_at, OLD.freeze_at, OLD.deadline, OLD.grace_hours, OLD.objection_days,
            OLD.window_days, OLD.min_sent_days, OLD.min_received_days, OLD.min_active_days,
            OLD.min_mutual_days, OLD.new_contacts_only, OLD.former_colleague_days,
            OLD.entities, OLD.departments, OLD.groups
        ) THEN
            RAISE EXCEPTION 'campaign % is %: rule, dates and participants stay', OLD.slug, OLD.state
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state <> 'draft' AND NEW.is_rehearsal <> OLD.is_rehearsal THEN
        RAISE EXCEPTION 'campaign % is announced: a rehearsal stays one, and nothing else becomes one', OLD.slug
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER campaigns_campaign_keep_announced BEFORE UPDATE OR DELETE ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION campaigns_keep_announced();

CREATE FUNCTION campaigns_keep_prizes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM campaigns_campaign c
        WHERE c.id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.campaign_id END,
                       CASE WHEN TG_OP <> 'DELETE' THEN NEW.campaign_id END)
        AND campaigns_is_fixed(c.state, c.is_rehearsal)
    ) THEN
        RAISE EXCEPTION 'the prizes of a campaign that has begun stay' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER campaigns_prize_keep_announced BEFORE INSERT OR UPDATE OR DELETE ON campaigns_prize
    FOR EACH ROW EXECUTE FUNCTION campaigns_keep_prizes();
"""
ALLOW = """
DROP TRIGGER campaigns_prize_keep_announced ON campaigns_prize;
DROP FUNCTION campaigns_keep_prizes();
DROP TRIGGER campaigns_campaign_keep_announced ON campaigns_campaign;
DROP FUNCTION campaigns_keep_announced();
DROP FUNCTION campaigns_is_fixed(text, boolean);
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_remember_when_provisional")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
