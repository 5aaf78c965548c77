from django.db import migrations, models

# Beside the guard of 0003: divisions decide who competes with whom, so they stay with the rest.
REFUSE = """
CREATE FUNCTION campaigns_keep_divisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF campaigns_is_fixed(OLD.state, OLD.is_rehearsal) AND NEW.divisions IS DISTINCT FROM OLD.divisions THEN
        RAISE EXCEPTION 'campaign % is %: rule, dates and divisions stay', OLD.slug, OLD.state
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaigns_campaign_keep_divisions BEFORE UPDATE ON campaigns_campaign
    FOR EACH ROW EXECUTE FUNCTION campaigns_keep_divisions();
"""
ALLOW = """
DROP TRIGGER campaigns_campaign_keep_divisions ON campaigns_campaign;
DROP FUNCTION campaigns_keep_divisions();
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0009_rules_sheets")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="divisions",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="divisions"),
        ),
        migrations.AddField(
            model_name="prize",
            name="division",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Its key; empty in a campaign without divisions.",
                max_length=40,
                verbose_name="division",
            ),
        ),
        migrations.AlterModelOptions(
            name="prize",
            options={
                "ordering": ["place", "pk"],
                "verbose_name": "prize",
                "verbose_name_plural": "prizes",
            },
        ),
        migrations.RemoveConstraint(model_name="prize", name="prize_once_per_place"),
        migrations.AddConstraint(
            model_name="prize",
            constraint=models.UniqueConstraint(
                fields=("campaign", "division", "place"), name="prize_once_per_place"
            ),
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
