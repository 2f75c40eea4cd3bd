"""Reports and the audit log."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query
from pydantic import BaseModel, Field

from matricula.api import schemas
from matricula.api.access import token_of
from matricula.api.operations import Operations
from matricula.api.paging import Asked, Page, page_of
from matricula.api.readings import note_list_read
from matricula.api.values import Day, PublicId
from matricula.reporting.audit_log import matching_entries
from matricula.reporting.audit_words import ABOUT
from matricula.reporting.models import ListReading
from matricula.reporting.numbers import by_course, by_group, funnel, over_time

operations = Operations(tags=["Reports"])
audit_log_operations = Operations(tags=["Audit log"])


class Weeks(BaseModel):
    items: list[schemas.Week]


class EntriesAsked(Asked):
    verb: Annotated[
        str | None, Field(pattern=f"^({'|'.join(ABOUT)})$", description="The first word of the verb.")
    ] = None
    person: Annotated[PublicId | None, Field(description="Who did it.")] = None
    since: Day | None = None
    until: Day | None = None


@operations.reads("reports/funnel/", scope="reports:read", response=schemas.Funnel)
def report_funnel(request: HttpRequest) -> schemas.Funnel:
    """How many were invited, opened, joined, started and completed."""
    return schemas.Funnel(**funnel(token_of(request).organization))


@operations.reads("reports/weeks/", scope="reports:read", response=Weeks)
def report_weeks(request: HttpRequest) -> Weeks:
    """The last twelve weeks, the oldest first."""
    found = over_time(token_of(request).organization)
    weeks = [
        schemas.Week(monday=monday, invited=invited, joined=joined, completed=completed)
        for monday, (invited, joined, completed) in found
    ]
    return Weeks(items=weeks)


@operations.reads("reports/courses/", scope="reports:read", response=schemas.Report)
def report_courses(request: HttpRequest) -> schemas.Report:
    """How many started and completed each course."""
    return schemas.Report.of(by_course(token_of(request).organization))


@operations.reads("reports/groups/", scope="reports:read", response=schemas.Report)
def report_groups(request: HttpRequest) -> schemas.Report:
    """How many of each group were invited, joined, started and completed."""
    return schemas.Report.of(by_group(token_of(request).organization))


@audit_log_operations.reads("audit/", scope="audit:read", response=Page[schemas.Entry])
def list_entries(request: HttpRequest, asked: Query[EntriesAsked]) -> Page[schemas.Entry]:
    """What was done, by whom, and through what; the newest first."""
    wanted = asked.filters()
    rows = matching_entries(token_of(request).organization, wanted)
    found, following = page_of(request, rows, asked)
    note_list_read(request, ListReading.What.AUDIT, None, is_part=bool(wanted))
    return Page(items=[schemas.Entry.of(row) for row in found], next=following)
