import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0007_pulse"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("won", "a prize by the provisional result"),
                            ("final", "a prize by the final result"),
                            ("told", "something was decided or answered"),
                            ("second", "a second person is needed"),
                        ],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=80, verbose_name="key")),
                ("due_at", models.DateTimeField(verbose_name="due since")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="claimed at")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries that failed")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail",
                "verbose_name_plural": "mails",
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("user", "kind", "key"), name="mail_once")],
            },
        ),
    ]
