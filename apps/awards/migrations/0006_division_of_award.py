from django.db import migrations, models

# With what else an approved award is for (0005).
KEEP = """
CREATE OR REPLACE FUNCTION awards_keep_what_for() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' AND (NEW.form, NEW.contacts, NEW.department, NEW.division)
        IS DISTINCT FROM (OLD.form, OLD.contacts, OLD.department, OLD.division) THEN
        RAISE EXCEPTION 'award % is %: who gets what stays', OLD.id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
AS_BEFORE = """
CREATE OR REPLACE FUNCTION awards_keep_what_for() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed'
        AND (NEW.form, NEW.contacts, NEW.department) IS DISTINCT FROM (OLD.form, OLD.contacts, OLD.department) THEN
        RAISE EXCEPTION 'award % is %: who gets what stays', OLD.id, OLD.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("awards", "0005_what_for_stays")]
    operations = [
        migrations.AddField(
            model_name="award",
            name="division",
            field=models.CharField(
                blank=True,
                default="",
                help_text="The key; of a place's prize.",
                max_length=40,
                verbose_name="division",
            ),
        ),
        migrations.RunSQL(KEEP, AS_BEFORE),
    ]
