from django.db import migrations, models

# Months go whole, by this function alone: it belongs to the owner of the ledger. It waits only a moment for
# whoever reads the ledger, since everybody who comes meanwhile would wait behind it.
DROP_MONTH = """
CREATE FUNCTION activity_drop_month(first_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    child text := 'activity_interaction_' || to_char(first_day, 'YYYY_MM');
BEGIN
    LOCK TABLE activity_interaction IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('DROP TABLE %I', child);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("activity", "0006_tie_by_contact")]

    operations = [
        migrations.CreateModel(
            name="Cut",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("whole_from", models.DateField(null=True)),
                ("ties_from", models.DateField(null=True)),
                ("made_at", models.DateTimeField()),
                ("contacts_forgotten_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.RunSQL(DROP_MONTH, "DROP FUNCTION activity_drop_month(date)"),
    ]
