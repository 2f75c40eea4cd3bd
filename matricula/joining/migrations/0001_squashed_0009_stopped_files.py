import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import matricula.joining.models.arrivals
import matricula.joining.models.invitations
import matricula.web.ids


class Migration(migrations.Migration):
    replaces = [
        ("joining", "0001_initial"),
        ("joining", "0002_what_a_link_opens"),
        ("joining", "0003_requests_and_lists"),
        ("joining", "0004_lists_of_a_million"),
        ("joining", "0005_imports"),
        ("joining", "0006_reminders_and_rounds"),
        ("joining", "0007_fewer_indexes"),
        ("joining", "0008_links_of_letters"),
        ("joining", "0009_stopped_files"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("catalog", "0001_squashed_0003_uploads_and_withdrawal"),
        ("mail", "0001_squashed_0004_mailbox"),
        ("organizations", "0001_squashed_0005_logos_stay"),
        ("programs", "0001_squashed_0007_members_are_vouched_for"),
    ]

    operations = [
        migrations.CreateModel(
            name="DirectLink",
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
                ("label", models.CharField(blank=True, max_length=120)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("uses", models.PositiveIntegerField(default=0)),
                ("max_uses", models.PositiveIntegerField(null=True)),
                ("allowed_domains", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expires_at", models.DateTimeField(null=True)),
                ("turned_off_at", models.DateTimeField(null=True)),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.course",
                    ),
                ),
                ("groups", models.ManyToManyField(blank=True, to="programs.group")),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="direct_links",
                        to="programs.program",
                    ),
                ),
                (
                    "specialization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.specialization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_uses__isnull", True), ("uses__lte", models.F("max_uses")), _connector="OR"
                        ),
                        name="a_link_is_not_used_beyond_its_limit",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedFile",
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
                ("name", models.CharField(max_length=200)),
                ("language", models.CharField(default="en", max_length=10)),
                ("stored_as", models.CharField(blank=True, max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                            ("cancelled", "Cancelled"),
                            ("refused", "Refused"),
                        ],
                        default="checking",
                        max_length=9,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40)),
                ("line", models.PositiveIntegerField(default=0)),
                ("read_to", models.PositiveIntegerField(default=0)),
                ("lines", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("left_out", models.JSONField(default=dict)),
                ("run_to", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("invited", models.PositiveIntegerField(default=0)),
                ("owes_letters", models.BooleanField(default=False)),
                ("written_to", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "handed_in_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="imported_files",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("owes_letters", True)),
                        fields=["owes_letters"],
                        name="files_owing_letters",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.CharField(default=matricula.web.ids.new_public_id, editable=False, max_length=22),
                ),
                ("address", models.CharField(max_length=254)),
                ("canonical", models.CharField(max_length=254)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="en", max_length=10)),
                ("note", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("joined", "Joined"),
                            ("declined", "Declined"),
                            ("revoked", "Revoked"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "expires_at",
                    models.DateTimeField(default=matricula.joining.models.invitations.invitation_expiry),
                ),
                ("lapsed_at", models.DateTimeField(null=True)),
                ("reminders_sent", models.PositiveSmallIntegerField(db_default=0)),
                ("remind_at", models.DateTimeField(null=True)),
                (
                    "standing",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(("state", "revoked"), ("superseded_by__isnull", False)),
                                then=models.Value("corrected"),
                            ),
                            models.When(state__in=["joined", "declined", "revoked"], then=models.F("state")),
                            models.When(lapsed_at=models.F("expires_at"), then=models.Value("expired")),
                            models.When(
                                models.Q(
                                    ("opened_at__isnull", False), models.Q(("state", "failed"), _negated=True)
                                ),
                                then=models.Value("opened"),
                            ),
                            default=models.F("state"),
                        ),
                        output_field=models.CharField(max_length=9),
                    ),
                ),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Concat(
                                models.Value(" "), "name", models.Value(" "), "canonical"
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "accepted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accepted_invitations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.course",
                    ),
                ),
                (
                    "from_file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="invitations",
                        to="joining.importedfile",
                    ),
                ),
                ("groups", models.ManyToManyField(blank=True, to="programs.group")),
                (
                    "invited_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="mail.letter",
                    ),
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
                        related_name="invitations",
                        to="programs.program",
                    ),
                ),
                (
                    "specialization",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.specialization",
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="joining.invitation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["program", "standing", "-id"], name="invitations_of_a_program"),
                    models.Index(fields=["program", "-id"], name="all_invitations_of_a_program"),
                    models.Index(fields=["organization", "standing", "-id"], name="invitations_of_a_company"),
                    models.Index(fields=["organization", "-id"], name="all_invitations_of_a_company"),
                    models.Index(fields=["canonical"], name="invitations_of_a_person"),
                    models.Index(
                        condition=models.Q(("standing__in", ("queued", "sent", "opened", "failed"))),
                        fields=["expires_at"],
                        name="invitations_running_out",
                    ),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False), ("state", "sent")),
                        fields=["program", "remind_at"],
                        name="invitations_to_remind",
                    ),
                    models.Index(
                        condition=models.Q(("course__isnull", False)),
                        fields=["course"],
                        name="invitations_by_course",
                    ),
                    models.Index(
                        condition=models.Q(("specialization__isnull", False)),
                        fields=["specialization"],
                        name="invitations_by_specialization",
                    ),
                    models.Index(
                        condition=models.Q(("accepted_by__isnull", False)),
                        fields=["accepted_by"],
                        name="invitations_by_accepted_by",
                    ),
                    models.Index(
                        condition=models.Q(("superseded_by__isnull", False)),
                        fields=["superseded_by"],
                        name="invitations_by_superseded_by",
                    ),
                    models.Index(
                        condition=models.Q(("letter__isnull", False)),
                        fields=["letter"],
                        name="invitations_by_letter",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("public_id",), name="an_invitation_has_a_name_of_its_own"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "sent", "failed"])),
                        fields=("program", "canonical"),
                        name="one_live_invitation_a_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_by__isnull", False), ("state", "joined")),
                            models.Q(
                                models.Q(("state", "joined"), _negated=True), ("accepted_by__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="accepted_exactly_when_joined",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reminders_sent__lte", 2)), name="two_reminders_and_no_more"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportedLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "file_id", "line", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line", models.PositiveIntegerField()),
                ("public_id", models.CharField(max_length=22)),
                ("address", models.CharField(max_length=254)),
                ("canonical", models.CharField(max_length=254)),
                ("name", models.CharField(max_length=200)),
                ("groups", models.JSONField()),
                ("course", models.BigIntegerField(null=True)),
                ("specialization", models.BigIntegerField(null=True)),
                ("left_out", models.JSONField()),
                ("note", models.JSONField()),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("invited", "Invited"),
                            ("expired", "Expired"),
                            ("member", "Member"),
                            ("declined", "Declined"),
                            ("twice", "Twice"),
                            ("invalid", "Invalid"),
                            ("stopped", "Stopped"),
                        ],
                        max_length=8,
                    ),
                ),
                ("fault", models.CharField(max_length=40)),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="kept_lines",
                        to="joining.importedfile",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("verdict", "new"), _negated=True),
                        fields=["file", "verdict", "line"],
                        name="lines_that_are_not_invited",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchLine",
            fields=[
                (
                    "invitation",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="line",
                        serialize=False,
                        to="joining.invitation",
                    ),
                ),
                ("search", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Arrival",
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
                ("channel", models.CharField(choices=[("mail", "Mail"), ("shown", "Shown")], max_length=5)),
                ("work_email", models.CharField(blank=True, max_length=254)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "expires_at",
                    models.DateTimeField(default=matricula.joining.models.arrivals.arrival_expiry),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="arrivals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.course",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="arrivals",
                        to="programs.program",
                    ),
                ),
                (
                    "specialization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="catalog.specialization",
                    ),
                ),
                (
                    "direct_link",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="arrivals",
                        to="joining.directlink",
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="arrivals",
                        to="joining.invitation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("direct_link__isnull", True), ("invitation__isnull", False)),
                            models.Q(("direct_link__isnull", False), ("invitation__isnull", True)),
                            _connector="OR",
                        ),
                        name="one_thing_brought_an_arrival",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvitationToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[("mail", "Mail"), ("shown", "Shown")], default="mail", max_length=5
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to="joining.invitation",
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="mail.letter",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Request",
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
                ("reason", models.CharField(max_length=40)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("invited", "Invited"), ("dismissed", "Dismissed")],
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invitation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="requests",
                        to="joining.invitation",
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answer", "")),
                        fields=("program", "canonical"),
                        name="one_waiting_request_a_person",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("expected", models.PositiveIntegerField()),
                ("last", models.BigIntegerField()),
                ("reached", models.BigIntegerField(default=0)),
                ("written", models.PositiveIntegerField(default=0)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rounds",
                        to="programs.program",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("program",),
                        name="one_round_at_a_time",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="searchline",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="organizations.organization",
            ),
        ),
    ]
