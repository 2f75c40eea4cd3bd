"""A certificate outside: the file's name, the picture of a link, LinkedIn, and who may see what."""

import re
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from conftest import person
from matricula.credentials.file_names import disposition_of, file_name_of
from matricula.credentials.models import Certificate
from matricula.organizations.branding import Use, change_brand, remove_logo, show_logo
from matricula.organizations.models import Role
from tests.learners import do_everything, short_course, specialization_of

pytestmark = pytest.mark.django_db
INK = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4v1H0z"/></svg>'


@pytest.fixture
def certificate():
    return Certificate.objects.create(
        account=person("Ada Okafor", "ada@home.example"),
        recipient_name="Ada Okafor",
        title="Safe every day",
        organization_name="Nordlicht Energie",
        issued_at=timezone.datetime(2026, 11, 29, 12, tzinfo=timezone.get_default_timezone()),
    )


def page(certificate, client=None):
    return (client or Client()).get(f"/certificates/{certificate.public_id}/").content.decode()


@pytest.mark.parametrize(
    ("name", "title", "file"),
    [
        ("Ada Okafor", "Safe every day", "Ada Okafor - Safe every day.pdf"),
        ("김민준", "안전", "김민준 - 안전.pdf"),
        ("../../etc/passwd", 'a\\b:c*?"<>|', "etc passwd - a b c.pdf"),
        ("Ada\r\nX-Evil: 1", "T", "Ada X-Evil 1 - T.pdf"),
        ("Ada\u202egnp.", "Safe\u200f", "Ada gnp - Safe.pdf"),
        ("...", ".Safe.", "Safe.pdf"),
    ],
)
def test_the_file_is_named_after_person_and_course_whatever_they_are_called(certificate, name, title, file):
    certificate.recipient_name, certificate.title = name, title
    assert file_name_of(certificate) == file
    assert not re.search(r"[\r\n]", disposition_of(certificate))


def test_a_long_name_leaves_room_for_the_title_and_fits_every_disk(certificate):
    certificate.recipient_name, certificate.title = "한" * 200, "안" * 200
    name = file_name_of(certificate)
    assert len(name.encode()) < 200
    assert ("한" in name, "안" in name) == (True, True)


def test_whoever_knows_no_unicode_gets_a_name_in_ascii(certificate):
    header = Client().get(f"/certificates/{certificate.public_id}/pdf/")["Content-Disposition"]
    assert header.startswith(
        "attachment; filename=\"Ada Okafor - Safe every day.pdf\"; filename*=UTF-8''Ada%20"
    )
    certificate.recipient_name, certificate.title = "김민준", "안전"
    assert f'filename="certificate-{certificate.public_id}.pdf"' in disposition_of(certificate)
    disposition_of(certificate).encode("ascii")


@pytest.mark.parametrize(
    "title", ["Ada＂; filename*=UTF-8''setup.exe; x=＂", "／..／..／evil.exe；＂", "a＼b：c＊d"]
)
def test_letters_of_full_width_steer_no_header_and_no_path(certificate, title):
    certificate.title = title
    header = disposition_of(certificate)
    assert header.count('"') == 2
    assert not set(header.split('"')[1]) & set("/\\:*")


def test_a_link_to_it_shows_a_picture_that_is_there(certificate, settings):
    shown = page(certificate)
    address = re.search(r'property="og:image" content="([^"]+)"', shown)[1]
    assert address.startswith(settings.BASE_URL)
    answer = Client().get(urlsplit(address).path)
    assert (answer["Content-Type"], Image.open(BytesIO(answer.content)).size) == ("image/png", (1200, 630))
    for words in ("og:title", "og:description", 'name="description"', "og:url"):
        assert words in shown


def test_the_page_says_who_issued_it_and_when(certificate):
    assert "Verified: issued by Nordlicht Energie on 29 November 2026" in page(certificate)


def test_a_title_cannot_leave_the_attributes_it_stands_in(certificate):
    Certificate.objects.update(title='"><script>alert(1)</script>')
    assert "<script>alert" not in page(certificate)


def test_only_its_holder_is_led_to_linkedin_with_everything_filled_in(client, certificate, chika, settings):
    client.force_login(chika)
    assert "linkedin.com" not in page(certificate, client) + page(certificate)
    client.force_login(certificate.account)
    address = re.search(r'href="(https://www\.linkedin\.com[^"]+)"', page(certificate, client))[1]
    asked = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    assert {name: values[0] for name, values in asked.items()} == {
        "startTask": "CERTIFICATION_NAME",
        "name": "Safe every day",
        "organizationName": "Nordlicht Energie",
        "issueYear": "2026",
        "issueMonth": "11",
        "certId": certificate.public_id,
        "certUrl": f"{settings.BASE_URL}/certificates/{certificate.public_id}/",
    }


def test_the_signature_of_the_day_of_issue_stays(course, program, bruno):
    from matricula.programs.memberships import enter_program

    organization = course.organization
    values = {"signatory_name": "Bruno Keller", "signatory_role": "Head of Learning"}
    change_brand(organization=organization, values=values, actor=bruno)
    show_logo(organization=organization, content=INK, actor=bruno, use=Use.SIGNATURE)
    organization.refresh_from_db()
    do_everything(course, enter_program(program=program, account=person("Ada", "ada@home.example")))
    certificate = Certificate.objects.get()
    picture = Client().get(f"/certificates/{certificate.public_id}/signature")
    remove_logo(organization=organization, actor=bruno, use=Use.SIGNATURE)
    change_brand(organization=organization, values={"signatory_name": "Chika"}, actor=bruno)
    after = page(certificate)
    assert ("Bruno Keller" in after, "Head of Learning" in after, "Chika" in after) == (True, True, False)
    assert Client().get(f"/certificates/{certificate.public_id}/signature").content == picture.content
    assert picture.content.startswith(b"\x89PNG")


def test_a_specialization_lists_the_courses_that_were_completed_in_its_order(program, organization):
    from matricula.learning.enrolments import start_specialization
    from matricula.programs.memberships import enter_program

    courses = [short_course(organization, slug) for slug in ("zebra", "apple")]
    series = specialization_of(*courses)
    program.specializations.add(series)
    membership = enter_program(program=program, account=person("Ada", "ada@home.example"))
    start_specialization(specialization=series, membership=membership)
    for one in reversed(courses):
        do_everything(one, membership)
    type(courses[0]).objects.update(title="Renamed")
    assert Certificate.objects.get(specialization=series).courses == ["zebra", "apple"]


def test_bruno_sees_a_certificate_before_anybody_has_one(client, organization, bruno, chika):
    change_brand(organization=organization, values={"signatory_name": "Bruno Keller"}, actor=bruno)
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    assert "Bruno Keller" in client.get("/console/nordlicht/certificate/").content.decode()
    assert client.get("/console/nordlicht/certificate/pdf/").content.startswith(b"%PDF")
    assert not Certificate.objects.exists()
    client.force_login(chika)
    assert client.get("/console/nordlicht/certificate/").status_code == 404
