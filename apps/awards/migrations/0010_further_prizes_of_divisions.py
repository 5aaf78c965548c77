from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("awards", "0009_message_of_mail")]

    operations = [
        migrations.RemoveConstraint(model_name="award", name="award_once_per_prize"),
        migrations.AddConstraint(
            model_name="award",
            constraint=models.UniqueConstraint(
                fields=["result", "employee", "form", "contacts", "division"], name="award_once_per_prize"
            ),
        ),
        migrations.AlterField(
            model_name="award",
            name="division",
            field=models.CharField(
                blank=True,
                default="",
                help_text="The key of the one whose prize it is.",
                max_length=40,
                verbose_name="division",
            ),
        ),
    ]
