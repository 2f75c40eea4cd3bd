"""The audit log: who did what, and when."""

from collections.abc import Iterable, Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.accounts.models import Account
from matricula.audit.models import Entry, record
from matricula.db.paging import keyset_page
from matricula.files.tables import streamed_table_response
from matricula.organizations.access import acting_role, administering
from matricula.organizations.models import Organization
from matricula.reporting.audit_log import READ_AT_ONCE, in_words, matching_entries, newest_entries
from matricula.reporting.audit_words import ABOUT
from matricula.reporting.models import How, ListReading
from matricula.reporting.readings import note_list_reading
from matricula.web.heavy_work import heavy

EXPORTED = 50_000


@administering
@require_safe
def show_audit_log(request: HttpRequest, organization: Organization) -> HttpResponse:
    page = keyset_page(matching_entries(organization, request.GET), request.GET)
    context = {
        "organization": organization,
        "page": page,
        "lines": in_words(page.rows),
        "verbs": sorted(((key, str(words)) for key, words in ABOUT.items()), key=lambda one: one[1]),
        "people": Account.objects.filter(roles__organization=organization).order_by("full_name"),
        "asked": request.GET,
    }
    return render(request, "reporting/console/audit_log.html", context)


@administering
@require_safe
@heavy
def audit_log_file(request: HttpRequest, organization: Organization) -> HttpResponseBase:
    """What the filters show, as CSV, the newest EXPORTED lines. Taking it is recorded too."""
    entries = newest_entries(organization, request.GET, EXPORTED)
    if request.method != "HEAD":
        note_audit_log_taken(request, organization)
    return streamed_table_response(
        audit_table(entries, ZoneInfo(organization.time_zone)), f"{organization.slug}-audit"
    )


def note_audit_log_taken(request: HttpRequest, organization: Organization) -> None:
    role = acting_role(request)
    with transaction.atomic():
        record("audit.exported", actor=role.account, organization=organization)
        note_list_reading(what=ListReading.What.AUDIT, reader=role.account, role=role, how=How.FILE)


def audit_table(entries: Iterable[Entry], zone: ZoneInfo) -> Iterator[list[object]]:
    """In words, as the page has them; times where the organization is."""
    yield [_("When"), _("Who"), _("What"), _("About"), _("Details")]
    entries = iter(entries)
    while some := list(islice(entries, READ_AT_ONCE)):
        for one in in_words(some):
            when = localtime(one.entry.at, zone).isoformat(sep=" ", timespec="seconds")
            yield [when, one.entry.who, one.what, one.about, one.details]
