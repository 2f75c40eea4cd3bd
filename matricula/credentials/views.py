"""A certificate for everybody to verify, as a page, as PDF and as the card of a link; and a person's own."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from matricula.credentials.certificates import address_of
from matricula.credentials.drawing import kind_words, print_certificate, verification_qr
from matricula.credentials.file_names import disposition_of
from matricula.credentials.models import Certificate
from matricula.credentials.pdf import card_of, pdf_of
from matricula.credentials.samples import sample_certificate
from matricula.credentials.sharing import linkedin_address
from matricula.credentials.withdrawal import refuse_withdrawn
from matricula.files.responses import FOR_EVER, answer_with_picture
from matricula.organizations.access import owning
from matricula.organizations.models import Logo, Organization
from matricula.web.access import public, signed_in
from matricula.web.colour import brand_stylesheet
from matricula.web.heavy_work import heavy

A_DAY = "public, max-age=86400"


def certificate_of(public_id: str) -> Certificate:
    """Raises CertificateWithdrawn, for every page of it."""
    refuse_withdrawn(public_id)
    rows = Certificate.objects.select_related("logo", "signature").defer(
        "logo__content", "logo__for_letters", "signature__content", "signature__for_letters"
    )
    return get_object_or_404(rows, public_id=public_id)


def words_of_page(certificate: Certificate, address: str) -> dict[str, Any]:
    return {
        "certificate": certificate,
        "kind": kind_words(certificate),
        "address": address,
        "qr": mark_safe(verification_qr(address)),
    }


@public
@require_safe
def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    found = certificate_of(public_id)
    address = address_of(found.public_id)
    context = {
        **words_of_page(found, address),
        "logo_url": reverse("credentials:logo", args=[public_id]),
        "signature_url": reverse("credentials:signature", args=[public_id]),
        "card": settings.BASE_URL + reverse("credentials:card", args=[public_id]),
        "linkedin": linkedin_address(found, address),
    }
    return render(request, "credentials/pages/certificate.html", context)


@public
@require_safe
def pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    found = certificate_of(public_id)
    content, digest = pdf_of(found, address_of(found.public_id))
    headers = {"Content-Disposition": disposition_of(found), "ETag": f'"{digest}"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@public
@require_safe
@heavy
def card(request: HttpRequest, public_id: str) -> HttpResponse:
    """The picture that other sites show beside a link to the certificate."""
    found = certificate_of(public_id)
    content, digest = card_of(found, address_of(found.public_id))
    answer = answer_with_picture(content)
    answer["Cache-Control"], answer["ETag"] = A_DAY, f'"{digest}"'
    return answer


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
    return answer_with_shown(certificate_of(public_id).logo)


@public
@require_safe
def signature(request: HttpRequest, public_id: str) -> HttpResponse:
    """The signature of the day it was issued."""
    return answer_with_shown(certificate_of(public_id).signature)


def answer_with_shown(shown: Logo | None) -> HttpResponse:
    if shown is None:
        raise Http404
    return answer_with_picture(bytes(shown.content))


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    rows = Certificate.objects.filter(account=request.user.pk).order_by("-issued_at", "-pk")
    return render(request, "credentials/pages/mine.html", {"certificates": rows})


@owning
@require_safe
def show_sample(request: HttpRequest, organization: Organization) -> HttpResponse:
    """How certificates will look that are issued from now on."""
    made = sample_certificate(organization)
    context = {
        **words_of_page(made, address_of(made.public_id)),
        "organization": organization,
        "logo_url": organization.logo_url,
        "signature_url": organization.signature_url,
    }
    return render(request, "credentials/console/sample.html", context)


@owning
@require_safe
@heavy
def sample_pdf(request: HttpRequest, organization: Organization) -> HttpResponse:
    made = sample_certificate(organization)
    content = print_certificate(made, address_of(made.public_id))
    headers = {"Content-Disposition": disposition_of(made), "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
