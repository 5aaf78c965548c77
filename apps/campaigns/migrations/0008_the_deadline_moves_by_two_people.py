from django.db import migrations

# The one way for a deadline to move while the campaign runs: later, as two people confirmed before it passed.
# `amendments`, which the board shows, changes with it and never without.
ALLOW_THE_MOVE = """
CREATE FUNCTION campaigns_deadline_moves(before campaigns_campaign, after campaigns_campaign) RETURNS boolean
STABLE LANGUAGE sql AS $$
    SELECT before.state = 'running' AND after.state = 'running' AND after.deadline > before.deadline
        AND jsonb_array_length(after.amendments) = jsonb_array_length(before.amendments) + 1
        AND after.amendments @> before.amendments
        AND EXISTS (
            SELECT FROM campaigns_laterdeadline l
            WHERE l.campaign_id = before.id AND l.deadline_before = before.deadline AND l.deadline = after.deadline
            AND l.confirmed_at < before.deadline AND l.confirmed_by_id <> l.proposed_by_id
        )
$$;

CREATE OR REPLACE FUNCTION campaigns_keep_announced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moves boolean := TG_OP = 'UPDATE' AND OLD.deadline <> NEW.deadline AND campaigns_deadline_moves(OLD, NEW);
BEGIN
    IF campaigns_is_fixed(OLD.state, OLD.is_rehearsal) THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'campaign % is % and stays', OLD.slug, OLD.state USING ERRCODE = 'check_violation';
        ELSIF NEW.state IN ('draft', 'scheduled') OR ROW(
            NEW.slug, NEW.starts_at, NEW.freeze_at, CASE WHEN moves THEN OLD.deadline ELSE NEW.deadline END,
            CASE WHEN moves THEN OLD.amendments ELSE NEW.amendments END, NEW.grace_hours, NEW.objection_days,
            NEW.window_days, NEW.min_sent_days, NEW.min_received_days, NEW.min_active_days,
            NEW.min_mutual_days, NEW.new_contacts_only, NEW.former_colleague_days,
            NEW.entities, NEW.departments, NEW.groups
        ) IS DISTINCT FROM ROW(
            OLD.slug, OLD.starts_at, OLD.freeze_at, OLD.deadline,
            OLD.amendments, OLD.grace_hours, OLD.objection_days,
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

CREATE FUNCTION campaigns_keep_later_deadlines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.confirmed_at IS NOT NULL OR OLD.rejected_at IS NOT NULL OR ROW(
        NEW.campaign_id, NEW.deadline_before, NEW.deadline, NEW.reason, NEW.proposed_by_id, NEW.proposed_at
    ) IS DISTINCT FROM ROW(
        OLD.campaign_id, OLD.deadline_before, OLD.deadline, OLD.reason, OLD.proposed_by_id, OLD.proposed_at
    ) THEN
        RAISE EXCEPTION 'what was proposed and decided about a deadline stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaigns_laterdeadline_stays BEFORE UPDATE OR DELETE ON campaigns_laterdeadline
    FOR EACH ROW EXECUTE FUNCTION campaigns_keep_later_deadlines();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_later_deadlines")]
    operations = [migrations.RunSQL(ALLOW_THE_MOVE, migrations.RunSQL.noop)]
