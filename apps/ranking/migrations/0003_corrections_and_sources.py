import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0002_ledger"),
        ("campaigns", "0003_what_was_announced_stays"),
        ("ranking", "0002_scratch"),
    ]

    operations = [
        migrations.AddField(
            model_name="result",
            name="corrections",
            field=models.JSONField(default=list, verbose_name="corrections"),
        ),
        migrations.CreateModel(
            name="FixedSource",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "campaign", "source", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("complete_until", models.DateTimeField(null=True)),
                ("gaps", models.JSONField(default=list)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fixed_sources",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="activity.source"
                    ),
                ),
            ],
        ),
    ]
