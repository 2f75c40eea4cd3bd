"""Finding lines of the audit log."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_date

from matricula.audit.models import Entry
from matricula.organizations.models import Organization
from matricula.web.planning import planned_for_these_values

SHOWN = 20
"""Lines on a person's page."""

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


def newest_entries(organization: Organization, asked: Mapping[str, str], most: int) -> list[Entry]:
    """The newest that fit `asked` as `matching_entries` takes it."""
    with planned_for_these_values():
        return list(matching_entries(organization, asked).order_by("-pk")[:most])


def newest_about(organization: Organization, subjects: Iterable[Model]) -> list[Entry]:
    """The newest lines about these rows."""
    with planned_for_these_values():
        return list(entries_about(organization, subjects).select_related("actor").order_by("-pk")[:SHOWN])


def entries_about(organization: Organization, subjects: Iterable[Model]) -> QuerySet[Entry]:
    kinds: dict[str, list[int]] = defaultdict(list)
    for one in subjects:
        kinds[one._meta.label_lower].append(one.pk)
    about = Q(pk__in=[])
    for kind, ids in kinds.items():
        about |= Q(subject_type=kind, subject_id__in=ids)
    return Entry.objects.filter(about, organization_id=organization.pk)


def day(text: str | None) -> object:
    try:
        return parse_date(text or "")
    except ValueError:
        return None
