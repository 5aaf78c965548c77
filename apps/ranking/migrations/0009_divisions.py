from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0010_divisions"), ("ranking", "0008_handed_over")]
    operations = [
        migrations.AddField(
            model_name="run",
            name="participants_of",
            field=models.JSONField(default=list, verbose_name="participants by division"),
        ),
        migrations.AddField(
            model_name="fixedemployee",
            name="division",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="standing",
            name="division",
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddIndex(
            model_name="standing",
            index=models.Index(
                condition=models.Q(("division__gt", 0)),
                fields=["run", "division", "rank", "employee"],
                name="standing_by_division",
            ),
        ),
    ]
