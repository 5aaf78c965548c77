from django.db import migrations, models

# Only the note that it was mailed is added later.
REFUSE = """
CREATE TRIGGER audit_signedhead_append_only
    BEFORE DELETE OR UPDATE OF id, day, at, size, root, head, key, signature ON audit_signedhead
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER audit_signedhead_append_only ON audit_signedhead"


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_verifications"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignedHead",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("size", models.BigIntegerField(verbose_name="entries")),
                ("root", models.CharField(max_length=64, verbose_name="root")),
                ("head", models.CharField(max_length=64, verbose_name="hash of the last entry")),
                ("key", models.CharField(max_length=64, verbose_name="public key")),
                ("signature", models.CharField(max_length=128, verbose_name="signature")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="mailed at")),
            ],
            options={
                "verbose_name": "signed head of the log",
                "verbose_name_plural": "signed heads of the log",
                "ordering": ["-day"],
            },
        ),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
