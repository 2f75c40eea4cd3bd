from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_squashed_0005_found_by_subject"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="entry",
            name="audit_by_organization",
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["organization_id", "id"], name="audit_by_organization"),
        ),
    ]
