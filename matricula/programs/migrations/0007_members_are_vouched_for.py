"""Accounts that joined on a trusted link, before it was kept that a program vouched for them."""

from django.db import migrations
from django.db.models import Exists, OuterRef
from django.utils import timezone


def vouch(apps, schema_editor):
    Account = apps.get_model("accounts", "Account")
    mine = {"account": OuterRef("pk")}
    proven = apps.get_model("accounts", "EmailAddress").objects.filter(**mine, confirmed_at__isnull=False)
    members = apps.get_model("programs", "Membership").objects.filter(**mine)
    Account.objects.filter(Exists(members), ~Exists(proven)).update(vouched_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_vouched_at"),
        ("programs", "0006_groups_have_public_ids"),
    ]

    operations = [migrations.RunPython(vouch, migrations.RunPython.noop, elidable=True)]
