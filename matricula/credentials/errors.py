"""What credentials refuse."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class CredentialsError(Refusal):
    """Something about a certificate could not be done."""

    code = "credentials"


class CertificateWithdrawn(CredentialsError):
    """There was one at this address, and its holder deleted their account on that `day`."""

    code = "certificate_withdrawn"
    sentence = _("This certificate was withdrawn by its holder.")
    status = 410
    page = "credentials/pages/withdrawn.html"

    def __init__(self, day: datetime) -> None:
        super().__init__(day)
        self.day = day
