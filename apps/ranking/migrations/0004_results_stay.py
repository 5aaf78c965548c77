from django.db import migrations

# A version is written once: its hash comes last, then nothing of it changes. None follows the final one.
REFUSE = """
CREATE FUNCTION ranking_keep_results() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (SELECT state FROM campaigns_campaign WHERE id = NEW.campaign_id) NOT IN ('settling', 'provisional') THEN
            RAISE EXCEPTION 'a result is sealed while its campaign settles or is provisional'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    ELSIF TG_OP = 'UPDATE' AND OLD.sha256 = '' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'version % of a result is sealed and stays', OLD.version USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER ranking_result_stays BEFORE INSERT OR UPDATE OR DELETE ON ranking_result
    FOR EACH ROW EXECUTE FUNCTION ranking_keep_results();
"""
ALLOW = """
DROP TRIGGER ranking_result_stays ON ranking_result;
DROP FUNCTION ranking_keep_results();
"""


class Migration(migrations.Migration):
    dependencies = [("ranking", "0003_corrections_and_sources")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
