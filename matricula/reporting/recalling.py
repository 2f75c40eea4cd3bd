"""Finding lines of the audit log."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.dateparse import parse_date

from matricula.audit.models import Entry
from matricula.organizations.models import Organization

VERBS = (
    "affiliation",
    "arrival",
    "audit",
    "course",
    "direct_link",
    "group",
    "invitation",
    "membership",
    "organization",
    "program",
    "request",
    "role",
    "specialization",
    "token",
)


def matching_entries(organization: Organization, asked: Mapping[str, str]) -> QuerySet[Entry]:
    """`asked`: verb (its first word), person (public id), since and until (days)."""
    rows = Entry.objects.filter(organization_id=organization.pk).select_related("actor")
    if asked.get("verb") in VERBS:
        rows = rows.filter(verb__startswith=asked["verb"] + ".")
    if asked.get("person"):
        rows = rows.filter(actor__public_id=asked["person"])
    since, until = day(asked.get("since")), day(asked.get("until"))
    rows = rows.filter(at__date__gte=since) if since else rows
    return rows.filter(at__date__lte=until) if until else rows


def day(text: str | None) -> object:
    try:
        return parse_date(text or "")
    except ValueError:
        return None
