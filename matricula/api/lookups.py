"""Rows by their public ids, always through the organization of the token."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from pydantic import Field

from matricula.api.errors import UnknownReference
from matricula.api.values import Given, PublicId
from matricula.programs.models import Program
from matricula.programs.offer import offered_courses, offered_specializations
from matricula.programs.terms import Terms

M = TypeVar("M", bound=Model)


def rows_by_ids(rows: "QuerySet[M]", ids: list[str], pointer: str) -> list[M]:
    """The rows that `ids` name, in one query. Raises UnknownReference for those that are not among `rows`."""
    if not ids:
        return []
    found: Mapping[str, Any] = {one.public_id: one for one in rows.filter(public_id__in=ids)}  # type: ignore[attr-defined]
    unknown = [f"{pointer}/{place}" for place, one in enumerate(ids) if one not in found]
    if unknown:
        raise UnknownReference(unknown)
    return [found[one] for one in dict.fromkeys(ids)]


def row_by_id(rows: "QuerySet[M]", public_id: str, pointer: str) -> M:
    """The row that `public_id` names. Raises UnknownReference."""
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise UnknownReference([pointer])
    return row


class TermsGiven(Given):
    """What a body says of the terms of an invitation or a direct link."""

    groups: Annotated[list[PublicId], Field(max_length=50, description="To join.")] = []
    course: Annotated[PublicId | None, Field(description="To open when they join.")] = None
    specialization: Annotated[PublicId | None, Field(description="To open, instead of a course.")] = None


def terms_by_ids(program: Program, given: TermsGiven, language: str = "") -> Terms:
    """The terms that ids name, among what `program` has and offers. Raises UnknownReference."""
    courses, series = offered_courses(program), offered_specializations(program)
    return Terms(
        groups=rows_by_ids(program.groups.all(), given.groups, "#/groups"),
        course=row_by_id(courses, given.course, "#/course") if given.course else None,
        specialization=row_by_id(series, given.specialization, "#/specialization")
        if given.specialization
        else None,
        language=language,
    )
