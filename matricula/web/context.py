"""What every page may name."""

from django.conf import settings
from django.http import HttpRequest

from matricula.web.languages import ASKED, query_of


def site(request: HttpRequest) -> dict[str, object]:
    """What every page may name."""
    kept = [(key, value) for key, value in query_of(request) if key != ASKED]
    return {"DEVELOPMENT": settings.DEVELOPMENT, "site_name": "Matricula", "kept_query": kept}
