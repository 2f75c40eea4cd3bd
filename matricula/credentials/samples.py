"""A certificate of nobody, for whoever decides how certificates look."""

from django.utils.translation import gettext as _

from matricula.credentials.certificates import look_of
from matricula.credentials.models import Certificate
from matricula.organizations.models import Organization

NO_NUMBER = "0" * 22


def sample_certificate(organization: Organization) -> Certificate:
    """It is never saved, and its number verifies nothing."""
    return Certificate(
        public_id=NO_NUMBER,
        recipient_name=_("Sample Name"),
        title=_("The title of a course"),
        minutes=90,
        **look_of(organization),
    )
