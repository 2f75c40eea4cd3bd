from django.conf import settings
from django.urls import reverse

from matricula.joining.models import Request
from matricula.joining.requests import REQUEST
from matricula.mail.addresses import LONGEST_ADDRESS
from matricula.mail.composition import LetterContent, composes, plain_words
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead


@composes(REQUEST)
def compose_request_letter(letter: Letter) -> LetterContent | None:
    rows = Request.objects.waiting().select_related("program__organization")
    request = rows.filter(pk=letter.reference or 0).first()
    if request is None:
        return None
    organization = request.program.organization
    values = {
        "address": plain_words(request.address, longest=2 * LONGEST_ADDRESS),
        "program": plain_words(request.program.name),
        "link": settings.BASE_URL + reverse("requests:requests", args=[organization.slug]),
    }
    return LetterContent("joining/email/request", values | letterhead(organization))
