from django.db import migrations

# The services say no first and kindly; this holds against everything else that reaches the tables.
REFUSE = """
CREATE FUNCTION awards_keep_award() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'proposed' THEN
            RAISE EXCEPTION 'award % is % and stays', OLD.id, OLD.state USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'proposed' AND ROW(
        NEW.campaign_id, NEW.result_id, NEW.employee_id, NEW.place, NEW.shared_by, NEW.net_amount, NEW.currency
    ) IS DISTINCT FROM ROW(
        OLD.campaign_id, OLD.result_id, OLD.employee_id, OLD.place, OLD.shared_by, OLD.net_amount, OLD.currency
    ) THEN
        RAISE EXCEPTION 'award % is %: who gets what stays', OLD.id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('proposed', 'approved'), ('approved', 'exported'), ('exported', 'paid'), ('exported', 'returned'),
        ('paid', 'returned'), ('returned', 'approved')
    ) THEN
        RAISE EXCEPTION 'award % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'proposed' AND NEW.state = 'approved'
        AND (SELECT count(*) FROM awards_approval WHERE result_id = NEW.result_id) < 2 THEN
        RAISE EXCEPTION 'award % needs the approval of two people', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER awards_award_keep BEFORE UPDATE OR DELETE ON awards_award
    FOR EACH ROW EXECUTE FUNCTION awards_keep_award();

CREATE FUNCTION awards_keep_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'payment % stays', OLD.reference USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.export_id, NEW.award_id, NEW.reference) IS DISTINCT FROM (OLD.export_id, OLD.award_id, OLD.reference)
        OR (OLD.paid_on IS NOT NULL AND NEW.paid_on IS DISTINCT FROM OLD.paid_on)
        OR (NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('open', 'paid'), ('open', 'returned'), ('paid', 'returned')
        )) THEN
        RAISE EXCEPTION 'payment % is %: what was said of it stays', OLD.reference, OLD.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER awards_payment_keep BEFORE UPDATE OR DELETE ON awards_payment
    FOR EACH ROW EXECUTE FUNCTION awards_keep_payment();
"""
ALLOW = """
DROP TRIGGER awards_payment_keep ON awards_payment;
DROP FUNCTION awards_keep_payment();
DROP TRIGGER awards_award_keep ON awards_award;
DROP FUNCTION awards_keep_award();
"""


class Migration(migrations.Migration):
    dependencies = [("awards", "0002_payment")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
