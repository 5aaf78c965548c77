from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_what_was_announced_stays")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="was_voided_as_draft",
            field=models.BooleanField(default=False, editable=False, verbose_name="voided as a draft"),
        ),
    ]
