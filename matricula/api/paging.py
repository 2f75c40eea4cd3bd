"""Long lists in pages: by keyset, the newest first, with a cursor nobody needs to understand."""

from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from pydantic import BaseModel, Field

from matricula.api.errors import Invalid
from matricula.db.paging import KeysetPage, keyset_page
from matricula.security.secrets import SealUnreadable, seal, unseal

T = TypeVar("T")
M = TypeVar("M", bound=Model)
LARGEST = 200
PURPOSE = "api-cursor"


class Asked(BaseModel):
    """Which page of a list."""

    limit: Annotated[int, Field(ge=1, le=LARGEST, description="How many items at most.")] = 50
    cursor: Annotated[
        str | None,
        Field(
            max_length=400,
            pattern="^[A-Za-z0-9_=-]*$",
            description="Where to go on, from `next`.",
        ),
    ] = None

    def filters(self) -> dict[str, str]:
        """What else was asked."""
        asked = self.model_dump(exclude={"limit", "cursor"})
        return {name: str(value) for name, value in asked.items() if value}


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: Annotated[str | None, Field(description="The address of the next page; null on the last one.")]
    partial: Annotated[
        bool, Field(description="More fit the search than could be looked at: search for rarer words.")
    ] = False


def page_of(request: HttpRequest, rows: "QuerySet[M]", asked: Asked) -> "tuple[list[M], str | None]":
    """The rows of the page, and the address of the next one. Raises Invalid for a foreign cursor."""
    found: KeysetPage[M] = keyset_page(rows, place_in(asked), size=asked.limit)
    return found.rows, following(request, found)


def place_in(asked: Asked) -> dict[str, str]:
    """For a Stretch: after which row to go on. Raises Invalid for a foreign cursor."""
    return {"before": before(asked.cursor)} if asked.cursor else {}


def following(request: HttpRequest, found: KeysetPage[Any]) -> str | None:
    return next_address(request, found.older) if found.older else None


def before(cursor: str) -> str:
    try:
        return unseal(PURPOSE, cursor)
    except SealUnreadable as unknown:
        detail = "Take the cursor from `next` as it is."
        raise Invalid("query", "cursor", "cursor_unknown", detail) from unknown


def next_address(request: HttpRequest, older: str) -> str:
    """Of this site's own name, whatever Host the request came with. `older` is the query of a Stretch."""
    last = QueryDict(older[1:])["before"]
    kept = {name: value for name, value in request.GET.items() if name != "cursor"}
    return f"{settings.BASE_URL}{request.path}?{urlencode({**kept, 'cursor': seal(PURPOSE, last)})}"
