import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_further_prizes"), ("directory", "0001_tables")]

    operations = [
        migrations.AlterField(
            model_name="optout",
            name="campaign",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="opt_outs",
                to="campaigns.campaign",
                verbose_name="campaign",
            ),
        ),
        migrations.AlterField(
            model_name="optout",
            name="employee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="opt_outs",
                to="directory.employee",
                verbose_name="employee",
            ),
        ),
    ]
