from django.db import migrations, models


class Migration(migrations.Migration):
    """So that a ranking finds the few ties of contacts of whom more is known without reading all."""

    dependencies = [("activity", "0005_forget_accounts")]

    operations = [
        migrations.AddIndex("tie", models.Index(fields=["contact_id"], name="tie_by_contact")),
    ]
