import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0007_cuts"),
        ("directory", "0001_tables"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="contactfact",
            name="contact_fact_once",
        ),
        migrations.RemoveConstraint(
            model_name="contactfact",
            name="contact_fact_points_at_one_thing",
        ),
        migrations.AddField(
            model_name="contactfact",
            name="from_employee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.employee",
                verbose_name="handed over by",
            ),
        ),
        migrations.AddField(
            model_name="contactfact",
            name="since",
            field=models.DateField(blank=True, null=True, verbose_name="handed over on"),
        ),
        migrations.AlterField(
            model_name="contactfact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("same_person", "the same person as another contact"),
                    ("employee", "an employee's own account"),
                    ("not_counted", "not to be counted"),
                    ("handed_over", "handed over by a colleague"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactfact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None), models.Q(("kind", "handed_over"), _negated=True)),
                fields=("contact_id", "kind"),
                name="contact_fact_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactfact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "handed_over"), ("revoked_at", None)),
                fields=("contact_id", "employee"),
                name="contact_handed_over_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("employee", None), ("kind", "same_person"), ("person_id__isnull", False)),
                    models.Q(("employee__isnull", False), ("kind", "employee"), ("person_id", None)),
                    models.Q(("employee", None), ("kind", "not_counted"), ("person_id", None)),
                    models.Q(("employee__isnull", False), ("kind", "handed_over"), ("person_id", None)),
                    _connector="OR",
                ),
                name="contact_fact_points_at_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("from_employee__isnull", False),
                        ("kind", "handed_over"),
                        ("since__isnull", False),
                        models.Q(("from_employee", models.F("employee")), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind", "handed_over"), _negated=True),
                        ("from_employee", None),
                        ("since", None),
                    ),
                    _connector="OR",
                ),
                name="contact_fact_handed_from_one_to_another",
            ),
        ),
    ]
