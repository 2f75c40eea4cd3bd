import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import matricula.web.ids


class Migration(migrations.Migration):
    replaces = [
        ("credentials", "0001_initial"),
        ("credentials", "0002_look_of_the_day"),
        ("credentials", "0003_look_of_those_issued"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("catalog", "0001_squashed_0003_uploads_and_withdrawal"),
        ("learning", "0001_initial"),
        ("organizations", "0001_squashed_0005_logos_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(
                        default=matricula.web.ids.new_public_id, editable=False, max_length=22, unique=True
                    ),
                ),
                ("recipient_name", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=200)),
                ("organization_name", models.CharField(max_length=200)),
                ("brand_colour", models.CharField(default="#12544e", max_length=7)),
                ("logo_ratio", models.FloatField(default=1)),
                ("logo_is_pale", models.BooleanField(default=False)),
                ("minutes", models.PositiveIntegerField(default=0)),
                ("issued_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certificates",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="certificates",
                        to="catalog.course",
                    ),
                ),
                (
                    "enrolment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certificate",
                        to="learning.enrolment",
                    ),
                ),
                (
                    "logo",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organizations.logo",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="certificates",
                        to="organizations.organization",
                    ),
                ),
                (
                    "specialization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="certificates",
                        to="catalog.specialization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("specialization__isnull", False)),
                        fields=("account", "specialization"),
                        name="one_certificate_a_specialization",
                    )
                ],
            },
        ),
    ]
