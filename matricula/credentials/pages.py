"""A certificate for everybody to verify, and as PDF."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from matricula.credentials.models import Certificate
from matricula.credentials.printing import print_certificate, verification_qr
from matricula.web.access import public, signed_in


def address_of(certificate: Certificate) -> str:
    """Where anybody can verify it."""
    return f"{settings.BASE_URL}/certificates/{certificate.public_id}/"


@public
@require_safe
def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Certificate.objects.select_related("organization"), public_id=public_id)
    address = address_of(found)
    context = {"certificate": found, "address": address, "qr": mark_safe(verification_qr(address))}
    return render(request, "credentials/pages/certificate.html", context)


@public
@require_safe
def pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Certificate.objects.select_related("organization"), public_id=public_id)
    content = print_certificate(found, address_of(found))
    disposition = 'attachment; filename="certificate.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    rows = Certificate.objects.filter(account=request.user.pk).order_by("-issued_at")
    return render(request, "credentials/pages/mine.html", {"certificates": rows})
