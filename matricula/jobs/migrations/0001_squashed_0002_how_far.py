import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("jobs", "0001_initial"), ("jobs", "0002_how_far")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=60)),
                ("reference", models.BigIntegerField(null=True)),
                ("place", models.BigIntegerField(default=0)),
                ("recurs", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("queued_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lease", models.CharField(blank=True, max_length=22)),
                ("leased_until", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")), fields=["due_at", "id"], name="jobs_due"
                    ),
                    models.Index(
                        condition=models.Q(("state", "running")), fields=["leased_until"], name="jobs_leased"
                    ),
                    models.Index(fields=["kind", "reference"], name="jobs_about"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("recurs", True)),
                        fields=("kind",),
                        name="one_recurring_job_a_kind",
                    )
                ],
            },
        ),
    ]
