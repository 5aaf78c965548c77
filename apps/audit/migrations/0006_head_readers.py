from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_log_filters")]

    operations = [
        migrations.CreateModel(
            name="HeadReader",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="mail address")),
                ("named_by", models.CharField(max_length=150, verbose_name="named by")),
                ("named_at", models.DateTimeField(verbose_name="named at")),
            ],
            options={
                "verbose_name": "reader of the log's head",
                "verbose_name_plural": "readers of the log's head",
                "ordering": ["email"],
            },
        ),
    ]
