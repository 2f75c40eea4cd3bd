"""Certificates issued before looks were kept get the look of today: it is what they showed until now."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Concat

LOOK = ("brand_colour", "logo_ratio", "logo_is_pale")


def take_todays_look(apps, schema_editor):
    organizations = apps.get_model("organizations", "Organization").objects.filter(
        pk=OuterRef("organization")
    )
    shown = apps.get_model("organizations", "Logo").objects.filter(
        organization=OuterRef("organization"), organization__logo=Concat(F("digest"), Value("."), F("kind"))
    )
    issued = apps.get_model("credentials", "Certificate").objects.filter(organization__isnull=False)
    issued.update(
        logo=Subquery(shown.values("pk")[:1]),
        **{name: Subquery(organizations.values(name)[:1]) for name in LOOK},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0002_look_of_the_day"),
    ]

    operations = [migrations.RunPython(take_todays_look, migrations.RunPython.noop, elidable=True)]
