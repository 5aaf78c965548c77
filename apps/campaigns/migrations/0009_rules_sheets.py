import django.db.models.deletion
from django.db import migrations, models

REFUSE = """
CREATE TRIGGER campaigns_rulessheet_append_only BEFORE UPDATE OR DELETE ON campaigns_rulessheet
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER campaigns_rulessheet_append_only ON campaigns_rulessheet"


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only"), ("campaigns", "0008_the_deadline_moves_by_two_people")]
    operations = [
        migrations.AddField(
            model_name="campaign",
            name="contact",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Whom employees ask about this campaign; it is on the rules sheet.",
                max_length=200,
                verbose_name="contact person",
            ),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="RulesSheet",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("content", models.JSONField(verbose_name="content")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("made_at", models.DateTimeField(verbose_name="in force since")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules_sheets",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules sheet",
                "verbose_name_plural": "rules sheets",
                "ordering": ["campaign_id", "-version"],
                "constraints": [
                    models.UniqueConstraint(fields=["campaign", "version"], name="rules_sheet_once")
                ],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
