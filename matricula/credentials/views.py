"""A certificate for everybody to verify, and as PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from matricula.credentials.certificates import address_of
from matricula.credentials.models import Certificate
from matricula.credentials.pdf import pdf_of, verification_qr
from matricula.credentials.withdrawal import refuse_withdrawn
from matricula.files.responses import FOR_EVER, answer_with_picture
from matricula.web.access import public, signed_in
from matricula.web.colour import brand_stylesheet


def certificate_of(public_id: str) -> Certificate:
    """Raises CertificateWithdrawn, for every page of it."""
    refuse_withdrawn(public_id)
    rows = Certificate.objects.select_related("logo").defer("logo__content", "logo__for_letters")
    return get_object_or_404(rows, public_id=public_id)


@public
@require_safe
def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    found = certificate_of(public_id)
    address = address_of(found.public_id)
    context = {"certificate": found, "address": address, "qr": mark_safe(verification_qr(address))}
    return render(request, "credentials/pages/certificate.html", context)


@public
@require_safe
def pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    found = certificate_of(public_id)
    content, digest = pdf_of(found, address_of(found.public_id))
    headers = {"Content-Disposition": 'attachment; filename="certificate.pdf"', "ETag": f'"{digest}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@public
@require_safe
def brand(request: HttpRequest, public_id: str) -> HttpResponse:
    """The colours of the day it was issued, as a stylesheet."""
    sheet = brand_stylesheet(certificate_of(public_id).brand_colour)
    return HttpResponse(sheet, content_type="text/css", headers={"Cache-Control": FOR_EVER})


@public
@require_safe
def logo(request: HttpRequest, public_id: str) -> HttpResponse:
    """The logo of the day it was issued."""
    shown = certificate_of(public_id).logo
    if shown is None:
        raise Http404
    return answer_with_picture(bytes(shown.content))


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    rows = Certificate.objects.filter(account=request.user.pk).order_by("-issued_at")
    return render(request, "credentials/pages/mine.html", {"certificates": rows})
