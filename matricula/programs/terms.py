"""What an invitation or a direct link brings along. This is the one place that reads it from rows and writes
it to them: a new term is a field here, a column of the same name on the rows that keep it, and a question in
the forms that ask for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from django.db import models, transaction

from matricula.catalog.models import Course, Specialization
from matricula.organizations.models import Organization
from matricula.programs.models import Group


@dataclass(frozen=True)
class Terms:
    """What somebody is invited to, handed whole from whoever chooses it to the membership."""

    groups: Iterable[Group] = ()
    """To join. Of a row it is a query, asked only by whoever needs the groups."""
    course: Course | None = None
    """To open."""
    specialization: Specialization | None = None
    """To open, instead of a course."""
    language: str = ""
    """Of the letters; none means the organization's."""
    note: Mapping[str, str] = field(default_factory=dict)
    """What else a file said of the person, by its headers."""

    def with_language_of(self, organization: Organization) -> Self:
        """In the organization's language, where none was chosen."""
        return replace(self, language=self.language or organization.language)

    @classmethod
    def of(cls, row: models.Model) -> Self:
        """Whatever terms rows of its kind keep; the others are as if nothing had been said."""
        return cls(**read_terms(row))

    def changed_by(self, row: models.Model) -> Self:
        """What a row of its kind keeps takes the place of what was there before."""
        return replace(self, **read_terms(row))

    @transaction.atomic
    def save_with(self, row: models.Model) -> None:
        """Save a new row with all the terms that rows of its kind keep."""
        kept = kept_terms(type(row))
        for one in kept:
            if not one.many_to_many:
                setattr(row, one.name, getattr(self, one.name))
        row.save(force_insert=True)
        for one in kept:
            if one.many_to_many:
                getattr(row, one.name).set(getattr(self, one.name))


NO_TERMS = Terms()


def read_terms(row: models.Model) -> dict[str, Any]:
    kept = kept_terms(type(row))
    values = {one.name: getattr(row, one.name) for one in kept}
    return values | {one.name: values[one.name].all() for one in kept if one.many_to_many}


def kept_terms(model: type[models.Model]) -> list[Any]:
    """The fields of `model` that hold a term: those of the same name."""
    names = {one.name for one in fields(Terms)}
    return [one for one in model._meta.get_fields() if one.name in names]
