import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import matricula.programs.models
import matricula.web.ids


class Migration(migrations.Migration):
    replaces = [
        ("programs", "0001_initial"),
        ("programs", "0002_open_groups_and_seat_notices"),
        ("programs", "0003_dates_and_policies"),
        ("programs", "0004_appointments"),
        ("programs", "0005_lists_of_a_million"),
        ("programs", "0006_groups_have_public_ids"),
        ("programs", "0007_members_are_vouched_for"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("catalog", "0001_squashed_0003_uploads_and_withdrawal"),
        ("organizations", "0001_squashed_0005_logos_stay"),
    ]

    operations = [
        migrations.CreateModel(
            name="Group",
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
                ("name", models.CharField(max_length=120)),
                ("is_open", models.BooleanField(default=False)),
                (
                    "managers",
                    models.ManyToManyField(
                        blank=True, related_name="managed_groups", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Program",
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
                ("slug", models.SlugField(max_length=60)),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True)),
                ("seats", models.PositiveIntegerField(null=True)),
                ("seats_used", models.PositiveIntegerField(default=0)),
                ("seats_noticed", models.PositiveSmallIntegerField(default=0)),
                ("trusts_the_link", models.BooleanField(default=False)),
                ("reminds", models.BooleanField(default=False)),
                ("invitation_days", models.PositiveSmallIntegerField(default=30)),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("courses", models.ManyToManyField(blank=True, related_name="programs", to="catalog.course")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="programs",
                        to="organizations.organization",
                    ),
                ),
                (
                    "specializations",
                    models.ManyToManyField(blank=True, related_name="programs", to="catalog.specialization"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "slug"), name="a_program_address_once_in_a_company"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seats__isnull", True), ("seats_used__lte", models.F("seats")), _connector="OR"
                        ),
                        name="no_seat_is_given_twice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on__isnull", True),
                            ("ends_on__isnull", True),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="a_program_begins_before_it_ends",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "active"), ("left", "left"), ("removed", "removed")],
                        default="active",
                        max_length=8,
                    ),
                ),
                ("joined_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("left_at", models.DateTimeField(null=True)),
                ("search", models.TextField(db_default="", editable=False)),
                ("courses_started", models.PositiveIntegerField(db_default=0, editable=False)),
                ("courses_completed", models.PositiveIntegerField(db_default=0, editable=False)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(blank=True, related_name="memberships", to="programs.group"),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["program", "state", "-id"], name="members_of_a_program"),
                    models.Index(fields=["program", "-id"], name="all_members_of_a_program"),
                    models.Index(fields=["organization", "-id"], name="all_members_of_a_company"),
                    models.Index(fields=["organization", "state", "-id"], name="members_of_a_company"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("program", "account"), name="a_person_once_in_a_program"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left_at__isnull", True), ("state", "active")),
                            models.Q(
                                models.Q(("state", "active"), _negated=True), ("left_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="left_at_tells_who_left",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="group",
            name="program",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="groups", to="programs.program"
            ),
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=20)),
                ("n", models.BigIntegerField()),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("program", "what", "subject"), name="one_tally_of_each")
                ],
            },
        ),
        migrations.CreateModel(
            name="TallyChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=20)),
                ("subject", models.CharField(max_length=20)),
                ("n", models.BigIntegerField()),
                (
                    "program",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programs.program",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appointment",
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
                ("address", models.CharField(max_length=254)),
                ("canonical", models.CharField(max_length=254)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("owner", "Owner"),
                            ("program_administrator", "Program administrator"),
                            ("group_manager", "Group manager"),
                            ("viewer", "Viewer"),
                        ],
                        max_length=24,
                    ),
                ),
                ("link_digest", models.CharField(max_length=64, null=True, unique=True)),
                ("offered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(default=matricula.programs.models.offer_expiry)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="appointments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "offered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appointments",
                        to="organizations.organization",
                    ),
                ),
                ("groups", models.ManyToManyField(blank=True, related_name="+", to="programs.group")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("organization", "canonical"),
                        name="one_waiting_appointment_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_by__isnull", True), ("ended_at__isnull", False), _connector="OR"
                        ),
                        name="an_accepted_appointment_has_ended",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.UniqueConstraint(
                fields=("program", "name"), name="a_group_name_once_in_a_program"
            ),
        ),
    ]
