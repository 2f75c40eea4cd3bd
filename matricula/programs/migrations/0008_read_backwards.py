from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0001_squashed_0005_logos_stay"),
        ("programs", "0001_squashed_0007_members_are_vouched_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="membership",
            name="members_of_a_program",
        ),
        migrations.RemoveIndex(
            model_name="membership",
            name="all_members_of_a_program",
        ),
        migrations.RemoveIndex(
            model_name="membership",
            name="all_members_of_a_company",
        ),
        migrations.RemoveIndex(
            model_name="membership",
            name="members_of_a_company",
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["program", "state", "id"], name="members_of_a_program"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["program", "id"], name="all_members_of_a_program"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["organization", "id"], name="all_members_of_a_company"),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["organization", "state", "id"], name="members_of_a_company"),
        ),
    ]
