import django.contrib.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    """Each mail there is gets a value of its own: the default is computed for every row."""

    dependencies = [("awards", "0008_mail")]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="message",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(),
                editable=False,
                verbose_name="random part of the Message-ID",
            ),
        ),
    ]
