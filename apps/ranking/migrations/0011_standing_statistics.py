from django.db import migrations

# A run's number is newer than any statistics, which would let PostgreSQL take it for one row. Without them it takes
# every run for a 200th of the table. A change of the type forgets what was collected; to the same one it costs nothing.
FORGET = """
ALTER TABLE ranking_standing ALTER COLUMN run_id SET STATISTICS 0;
ALTER TABLE ranking_standing ALTER COLUMN run_id TYPE bigint;
"""
COLLECT = "ALTER TABLE ranking_standing ALTER COLUMN run_id SET STATISTICS -1;"


class Migration(migrations.Migration):
    dependencies = [("ranking", "0010_what_if_begun")]
    operations = [migrations.RunSQL(FORGET, COLLECT)]
