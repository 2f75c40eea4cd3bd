"""Reports and the audit log."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field

from matricula.api.shapes.naming import Named, maybe
from matricula.audit.models import Entry as EntryRow
from matricula.reporting.counting import Line as LineRow


class Entry(BaseModel):
    """One line of the audit log."""

    at: datetime
    verb: str
    actor: Named | None
    through: Annotated[str | None, Field(description="What acted in the actor's name: an API token.")]
    assurance: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, row: EntryRow) -> Self:
        return cls(
            at=row.at,
            verb=row.verb,
            actor=maybe(row.actor),
            through=row.through,
            assurance=row.assurance,
            subject=row.subject_type,
            before=row.before,
            after=row.after,
        )


class Funnel(BaseModel):
    """How many came how far."""

    invited: int
    opened: int
    joined: int
    started: int
    completed: int


class Week(BaseModel):
    """What happened in the week that began on this Monday (UTC)."""

    monday: date
    invited: int
    joined: int
    completed: int


class ReportLine(BaseModel):
    """The numbers of one group or course."""

    name: str
    program: str | None
    invited: int | None
    joined: int | None
    started: int
    completed: int

    @classmethod
    def of(cls, line: LineRow) -> Self:
        return cls(
            name=line.name,
            program=line.program or None,
            invited=line.invited,
            joined=line.joined,
            started=line.started,
            completed=line.completed,
        )


class Report(BaseModel):
    """Lines of a report. For large organizations the numbers are up to five minutes old."""

    items: list[ReportLine]

    @classmethod
    def of(cls, lines: list[LineRow]) -> Self:
        return cls(items=[ReportLine.of(one) for one in lines])
