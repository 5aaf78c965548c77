from django.db import migrations

# Facts of one ranking while it counts. Unlogged: nobody else ever reads them, a crash may lose them.
CREATE = """
CREATE UNLOGGED TABLE ranking_scratchcontact (
    key bigint NOT NULL, contact_id bigint NOT NULL, person_id bigint, outside_days bit(384) NOT NULL);
CREATE INDEX ranking_scratchcontact_key ON ranking_scratchcontact (key);
CREATE UNLOGGED TABLE ranking_scratchemployee (
    key bigint NOT NULL, employee_id integer NOT NULL, employed_days bit(384) NOT NULL);
CREATE INDEX ranking_scratchemployee_key ON ranking_scratchemployee (key);
"""
DROP = "DROP TABLE ranking_scratchemployee; DROP TABLE ranking_scratchcontact;"


class Migration(migrations.Migration):
    dependencies = [("ranking", "0001_tables")]
    operations = [migrations.RunSQL(CREATE, DROP)]
