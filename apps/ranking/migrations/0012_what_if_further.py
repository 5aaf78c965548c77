from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ranking", "0011_standing_statistics")]

    operations = [
        migrations.AddField(
            model_name="whatif",
            name="further",
            field=models.JSONField(default=dict),
        ),
    ]
