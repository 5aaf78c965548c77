from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ranking", "0009_divisions")]

    operations = [
        migrations.AddField("whatif", "starts_at", models.DateTimeField(null=True)),
    ]
