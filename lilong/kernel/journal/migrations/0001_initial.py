from django.db import migrations, models

import lilong.kernel.journal.models
from lilong.kernel.journal import guard


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_id", models.BigIntegerField()),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("path", models.CharField(max_length=255)),
                ("data", models.TextField()),
                ("digest", models.BinaryField()),
                ("xact", models.BigIntegerField(db_default=lilong.kernel.journal.models.WritersTransaction())),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_id", "id"], name="journal_fact_subject"),
                    models.Index(condition=models.Q(("xact__gt", 0)), fields=["xact"], name="journal_fact_xact"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "fact",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=models.deletion.DO_NOTHING,
                        related_name="seal",
                        to="journal.fact",
                    ),
                ),
                ("chain", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="ReadEntry",
            fields=[
                (
                    "fact",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="read_entry",
                        serialize=False,
                        to="journal.fact",
                    ),
                ),
                ("by", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("subject_kind", models.CharField(max_length=30)),
                ("subject_id", models.BigIntegerField()),
                ("fields", models.CharField(max_length=255)),
                ("purpose", models.CharField(max_length=60)),
                ("path", models.CharField(max_length=255)),
                ("route", models.CharField(max_length=120)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["subject_kind", "subject_id", "fact"], name="journal_read_subject"),
                ],
            },
        ),
        migrations.RunPython(
            lambda apps, editor: guard.install(editor.connection),
            lambda apps, editor: guard.remove(editor.connection),
        ),
    ]
