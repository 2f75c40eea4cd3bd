"""Who read what of people, for those people to read: one row a day, however often it was."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.organizations.models import Organization, Role


class How(models.TextChoices):
    PAGE = "page", _("in the console")
    FILE = "file", _("as a file")
    API = "api", _("by the API")


class Read(models.Model):
    """By whom, in which role, how and when. `through`: what acted in their name, as the audit log names it.

    `day` is one where the organization is.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", db_index=False)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """None of a token that nobody made in person."""
    role = models.CharField(max_length=24, choices=Role.Kind, blank=True)
    how = models.CharField(max_length=4, choices=How)
    through = models.CharField(max_length=160, blank=True)
    day = models.DateField(db_index=True)
    first_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


def once_a_day(*what: str, name: str) -> list[models.BaseConstraint]:
    """Two, for a reader who is nobody is never the same as another."""
    fields = [*what, "organization", "day", "how", "through"]
    return [
        models.UniqueConstraint(fields=[*fields, "reader"], name=name),
        models.UniqueConstraint(fields=fields, condition=Q(reader=None), name=f"{name}_by_nobody"),
    ]


class Reading(Read):
    """One person's page was opened, or read by a program."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="readings", db_index=False
    )

    class Meta:
        constraints = once_a_day("person", name="one_reading_of_a_person_a_day")


class ListReading(Read):
    """A list with people in it was taken: it says which, and nobody is written down for being in it.

    `about`: the id of the program or the file, 0 for the whole organization; `name`: what that was called.
    """

    class What(models.TextChoices):
        PEOPLE = "people", _("people")
        INVITATIONS = "invitations", _("invitations")
        FILE = "file", _("a file of people")
        AUDIT = "audit", _("audit log")

    what = models.CharField(max_length=12, choices=What)
    about = models.BigIntegerField(default=0)
    name = models.CharField(max_length=255, blank=True)
    is_part = models.BooleanField(default=False)
    """Whether it was narrowed by more than the program, such as words that were searched."""
    people = models.PositiveIntegerField(null=True)
    """How many were in it, where that is known."""

    class Meta:
        constraints = once_a_day("what", "about", "is_part", name="one_reading_of_a_list_a_day")
