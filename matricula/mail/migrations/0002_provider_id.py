from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial")]
    operations = [
        migrations.RemoveField("letter", "message_id"),
        migrations.AddField("letter", "provider_id", models.CharField(max_length=200, blank=True)),
        migrations.AddIndex(
            "letter",
            models.Index(fields=["provider_id"], condition=~Q(provider_id=""), name="letters_at_provider"),
        ),
    ]
