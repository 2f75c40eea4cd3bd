"""The audit log: who did what, and when."""

from collections.abc import Mapping

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.accounts.models import Account
from matricula.audit.models import Entry, record
from matricula.organizations.access import actor_of, administering
from matricula.organizations.models import Organization
from matricula.web.exporting import download
from matricula.web.keyset import stretch

EXPORTED = 50_000
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


@administering
@require_safe
def journal(request: HttpRequest, organization: Organization) -> HttpResponse:
    context = {
        "organization": organization,
        "page": stretch(matching_entries(organization, request.GET), request.GET),
        "verbs": VERBS,
        "people": Account.objects.filter(roles__organization=organization).order_by("full_name"),
        "asked": request.GET,
    }
    return render(request, "reporting/console/journal.html", context)


@administering
@require_safe
def journal_file(request: HttpRequest, organization: Organization) -> HttpResponse:
    """What the filters show, as CSV, the newest EXPORTED lines. Taking it is journalled too."""
    entries = matching_entries(organization, request.GET).order_by("-pk")[:EXPORTED]
    rows: list[list[object]] = [[_("When"), _("Who"), _("What"), _("Subject"), _("Before"), _("After")]]
    for one in entries:
        subject = f"{one.subject_type} {one.subject_id or ''}".strip()
        who = str(one.actor) if one.actor else ""
        rows.append([one.at.isoformat(), who, one.verb, subject, str(one.before), str(one.after)])
    record("audit.exported", actor=actor_of(request), organization=organization)
    return download(rows, f"{organization.slug}-audit", "csv")
