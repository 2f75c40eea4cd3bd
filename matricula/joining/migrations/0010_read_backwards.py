from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_squashed_0003_uploads_and_withdrawal"),
        ("joining", "0001_squashed_0009_stopped_files"),
        ("mail", "0001_squashed_0004_mailbox"),
        ("organizations", "0001_squashed_0005_logos_stay"),
        ("programs", "0001_squashed_0007_members_are_vouched_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="invitation",
            name="invitations_of_a_program",
        ),
        migrations.RemoveIndex(
            model_name="invitation",
            name="all_invitations_of_a_program",
        ),
        migrations.RemoveIndex(
            model_name="invitation",
            name="invitations_of_a_company",
        ),
        migrations.RemoveIndex(
            model_name="invitation",
            name="all_invitations_of_a_company",
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["program", "standing", "id"], name="invitations_of_a_program"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["program", "id"], name="all_invitations_of_a_program"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["organization", "standing", "id"], name="invitations_of_a_company"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["organization", "id"], name="all_invitations_of_a_company"),
        ),
    ]
