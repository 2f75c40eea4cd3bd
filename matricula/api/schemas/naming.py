"""How an answer names something: by its public id, and by the name people know it by."""

from typing import Any, Protocol, Self

from pydantic import BaseModel


class HasId(Protocol):
    public_id: Any


class Named(BaseModel):
    """Something, by its id and the name people know it by."""

    id: str
    name: str

    @classmethod
    def of(cls, row: HasId) -> Self:
        return cls(id=row.public_id, name=str(row))


def maybe(row: HasId | None) -> Named | None:
    return Named.of(row) if row else None


def named(rows: Any) -> list[Named]:
    return [Named.of(row) for row in rows.all()]
