from django.db import migrations, models

SCRATCH = """
CREATE UNLOGGED TABLE ranking_scratchhandover (
    key bigint NOT NULL, employee_id integer NOT NULL, contact_id bigint NOT NULL, handed_on date NOT NULL);
CREATE INDEX ranking_scratchhandover_key ON ranking_scratchhandover (key);
"""


class Migration(migrations.Migration):
    """Contacts that were handed over: which pairs, while a ranking counts and in the fixed input."""

    dependencies = [("ranking", "0007_what_ifs")]

    operations = [
        migrations.AddField("fixedtie", "handed_on", models.DateField(null=True)),
        migrations.RunSQL(SCRATCH, "DROP TABLE ranking_scratchhandover"),
    ]
