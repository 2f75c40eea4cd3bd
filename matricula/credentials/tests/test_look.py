"""A certificate is a document: it looks for ever as on the day it was issued."""

from io import BytesIO

import pytest
from django.db.models import ProtectedError
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from conftest import person
from matricula.credentials.models import Certificate
from matricula.learning.completion import complete_if_done, finish_lesson
from matricula.learning.enrolments import start_course, start_specialization
from matricula.organizations.branding import change_brand, remove_logo, show_logo
from matricula.organizations.models import Logo
from matricula.programs.memberships import enter_program
from matricula.web.colour import brand_stylesheet

pytestmark = pytest.mark.django_db(transaction=True)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4v1H0z"/></svg>'


def png(colour: str) -> bytes:
    points = BytesIO()
    Image.new("RGB", (400, 100), colour).save(points, "PNG")
    return points.getvalue()


@pytest.fixture
def issue(course, program):
    """Ada completes the course: her certificate."""

    def complete() -> Certificate:
        membership = enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))
        course.organization.refresh_from_db()
        enrolment = start_course(course=course, membership=membership)
        for lesson in course.lessons.all():
            finish_lesson(enrolment=enrolment, lesson=lesson, score=100)
        return Certificate.objects.get()

    return complete


def everything(certificate: Certificate) -> list[bytes]:
    """Page, stylesheet, logo and PDF, as anybody sees them; the token of forms is not there."""
    base = f"/certificates/{certificate.public_id}/"
    return [Client().get(base + part).content for part in ("", "brand.css", "logo", "pdf/")]


def picture_in(pdf: bytes) -> tuple[int, ...]:
    """The colour of the picture in a PDF, to eight levels."""
    points = PdfReader(BytesIO(pdf)).pages[0].images[0].image.convert("RGB")
    return tuple(round(one / 32) for one in points.getpixel((50, 50)))


@pytest.mark.parametrize("kind", ["svg", "png", "none"])
def test_the_logo_of_the_organization_is_printed_whatever_it_was_uploaded_as(
    organization, issue, bruno, kind
):
    if kind != "none":
        show_logo(organization=organization, content=SVG if kind == "svg" else png("#0b6e4f"), actor=bruno)
    page, _sheet, _logo, pdf = everything(issue())
    read = PdfReader(BytesIO(pdf)).pages[0]
    assert "Ada Okafor" in read.extract_text()
    assert bool(read.images) is (kind != "none")
    assert (b'<img class="logo"' in page) is (kind != "none")


def test_a_new_look_changes_no_certificate_that_was_issued(organization, issue, bruno):
    show_logo(organization=organization, content=png("#0b6e4f"), actor=bruno)
    certificate = issue()
    before = everything(certificate)
    show_logo(organization=organization, content=png("#cc0000"), actor=bruno)
    new = {"name": "Nordlicht AG", "brand_colour": "#cc0000"}
    change_brand(organization=organization, values=new, actor=bruno)
    page, sheet, logo, pdf = everything(certificate)
    assert (sheet, logo) == (before[1], before[2])
    assert sheet.decode() == brand_stylesheet("#0b6e4f")
    assert b"Nordlicht AG" not in page
    assert picture_in(pdf) == picture_in(before[3]) == (0, 3, 2)
    remove_logo(organization=organization, actor=bruno)
    assert everything(certificate)[2:] == [logo, pdf]


def test_a_certificate_without_a_logo_gets_none_later(organization, issue, bruno):
    certificate = issue()
    show_logo(organization=organization, content=SVG, actor=bruno)
    assert Client().get(f"/certificates/{certificate.public_id}/logo").status_code == 404
    assert b"<img" not in everything(certificate)[0]


def test_the_certificate_of_a_specialization_keeps_the_look_too(organization, course, program, issue, bruno):
    show_logo(organization=organization, content=SVG, actor=bruno)
    series = organization.specializations.create(slug="s", title="Trust", summary="S")
    series.steps.create(course=course, position=0)
    certificate = issue()
    membership = certificate.enrolment.membership
    start_specialization(specialization=series, membership=membership)
    complete_if_done(certificate.enrolment)
    looks = Certificate.objects.values_list("logo__digest", "brand_colour", "logo_ratio", "logo_is_pale")
    assert len(looks) == 2
    assert len(set(looks)) == 1
    assert looks[0][1:] == ("#0b6e4f", 4.0, False)


def test_a_logo_that_a_certificate_shows_cannot_be_deleted_and_outlives_the_organization(
    organization, issue, bruno
):
    show_logo(organization=organization, content=SVG, actor=bruno)
    certificate = issue()
    before = everything(certificate)
    with pytest.raises(ProtectedError):
        Logo.objects.all().delete()
    Certificate.objects.update(organization=None, course=None)
    Logo.objects.update(organization=None)
    assert everything(certificate) == before
