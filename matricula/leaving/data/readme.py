"""What the zip says of itself, to whoever opens it years from now, in their language.

Its words lie with those of the letters, for they are translated as these are.
"""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from matricula.leaving.models import DataExport


def readme_of(export: DataExport) -> str:
    values = {
        "name": export.account.full_name,
        "site": settings.BASE_URL,
        "asked_at": export.asked_at,
        "companies": settings.BASE_URL + reverse("leaving:companies"),
    }
    return render_to_string("leaving/email/data_readme.txt", values)
