"""Courses, Specializations, and courses that were uploaded."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field

from matricula.api.schemas.naming import Named, maybe
from matricula.catalog import models as catalog


class Course(BaseModel):
    """A course of the organization."""

    id: str
    title: str
    summary: str
    topic: str
    level: str
    language: str
    minutes: int
    lessons: Annotated[int, Field(description="How many it has.")]
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, row: catalog.Course) -> Self:
        lessons = sum(1 for one in row.lessons.all() if one.withdrawn_at is None)
        return cls(
            id=row.public_id,
            title=row.title,
            summary=row.summary,
            topic=row.topic,
            level=row.level,
            language=row.language,
            minutes=row.minutes,
            lessons=lessons,
            withdrawn_at=row.withdrawn_at,
        )


class Specialization(BaseModel):
    """An ordered series of courses."""

    id: str
    title: str
    summary: str
    courses: Annotated[list[Named], Field(description="In their order.")]
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, row: catalog.Specialization) -> Self:
        courses = [Named.of(one.course) for one in row.steps.all()]
        return cls(
            id=row.public_id,
            title=row.title,
            summary=row.summary,
            courses=courses,
            withdrawn_at=row.withdrawn_at,
        )


class Fault(BaseModel):
    """What is wrong with a course, where, and what to do."""

    file: str
    line: int
    message: str


class LessonChange(BaseModel):
    title: str
    kind: str
    minutes: int
    state: Literal["new", "changed", "moved", "same", "returned"]


class ModuleChange(BaseModel):
    title: str
    lessons: list[LessonChange]


class Change(BaseModel):
    """What taking a course in would change, lesson by lesson."""

    title: str
    course: Annotated[
        str | None, Field(description="The id of the course that would change; null: a new one.")
    ]
    returns: Annotated[bool, Field(description="The course was withdrawn, and would be offered again.")]
    facts: Annotated[list[str], Field(description="What the course would say of itself otherwise.")]
    modules: list[ModuleChange]
    gone: Annotated[list[str], Field(description="Titles of lessons that would be withdrawn.")]
    counts: Annotated[dict[str, int], Field(description="Lessons by their state.")]

    @classmethod
    def of(cls, preview: dict[str, Any]) -> Self:
        return cls(**{**preview, "course": preview["course"] or None})


class Upload(BaseModel):
    """A course that was uploaded: read, looked at, and taken in when somebody says so."""

    id: str
    name: str
    size: Annotated[int, Field(description="In bytes.")]
    state: Annotated[
        Literal["reading", "faulty", "ready", "taking", "taken"],
        Field(description="It waits for you when ready."),
    ]
    problems: list[Fault]
    change: Annotated[Change | None, Field(description="null until it is read, and when it is faulty.")]
    course: Annotated[Named | None, Field(description="Once it is taken in.")]
    uploaded_at: datetime

    @classmethod
    def of(cls, row: catalog.CourseUpload) -> Self:
        return cls(
            id=row.public_id,
            name=row.name,
            size=row.size,
            state=row.state,  # type: ignore[arg-type]
            problems=[Fault(**one) for one in row.problems],
            change=Change.of(row.preview) if row.preview else None,
            course=maybe(row.course),
            uploaded_at=row.uploaded_at,
        )
