from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ranking", "0012_what_if_further")]
    operations = [
        migrations.AddField(
            model_name="fixedemployee",
            name="belongs",
            field=ArrayField(models.SmallIntegerField(), null=True),
        ),
    ]
