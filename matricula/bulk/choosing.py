"""What was ticked in a list, read in one place for acts and for files."""

from django.http import QueryDict

from matricula.bulk.acts import MOST_CHOSEN
from matricula.db.paging import parse_id
from matricula.web.values import text_in, texts_in


def ticked_in(values: QueryDict) -> list[int]:
    """The rows that were ticked; none where all that match are meant."""
    if text_in(values, "all"):
        return []
    return [pk for pk in map(parse_id, texts_in(values, "one")[:MOST_CHOSEN]) if pk is not None]
