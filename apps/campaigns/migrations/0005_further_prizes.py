from django.db import migrations, models

# Beside the guard of 0003, so that each may change without the other.
REFUSE = """
CREATE FUNCTION campaigns_keep_promises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF campaigns_is_fixed(OLD.state, OLD.is_rehearsal)
        AND (NEW.further, NEW.awarding) IS DISTINCT FROM (OLD.further, OLD.awarding) THEN
        RAISE EXCEPTION 'campaign % is %: rule, dates and prizes stay', OLD.slug, OLD.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaigns_campaign_keep_promises BEFORE UPDATE ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION campaigns_keep_promises();
"""
ALLOW = """
DROP TRIGGER campaigns_campaign_keep_promises ON campaigns_campaign;
DROP FUNCTION campaigns_keep_promises();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_remember_drafts_called_off")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="further",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="further prizes"),
        ),
        migrations.AddField(
            model_name="campaign",
            name="awarding",
            field=models.JSONField(
                blank=True, default=dict, editable=False, verbose_name="how prizes are given"
            ),
        ),
        migrations.AddField(
            model_name="prize",
            name="min_score",
            field=models.PositiveIntegerField(
                blank=True,
                default=0,
                help_text="With fewer, the prize is not given.",
                verbose_name="at least so many contacts",
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
