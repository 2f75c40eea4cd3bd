"""What every page may name."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """What every page may name."""
    return {"DEVELOPMENT": settings.DEVELOPMENT, "site_name": "Matricula"}
