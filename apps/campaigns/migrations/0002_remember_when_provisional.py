from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_tables")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="provisional_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="provisional since"
            ),
        ),
    ]
