"""F2: Ada completes a course, sees her certificate and what comes next, and shows it to others."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

import matricula
from conftest import person
from matricula.catalog.course_import import import_course
from matricula.learning.enrolments import start_course, start_specialization
from matricula.organizations.branding import change_brand, show_logo
from matricula.organizations.models import Organization, Role
from matricula.programs.memberships import enter_program
from tests.journeys.walking import BROWSER_TEST, click, letter_to, shoot, sign_in
from tests.learners import do_everything, specialization_of

pytestmark = BROWSER_TEST
DEMO = Path(matricula.__file__).parent / "demo"
SIGNATURE = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"><path fill="none" stroke="#1a2a6c"
 stroke-width="4" d="M12 70C40 10 60 10 62 40S40 90 66 64 110 30 118 52s-12 34 8 14 26-40 40-18-8 40 16 20
 30-34 44-14 4 26 22 8 20-20 26-22"/></svg>"""


@pytest.fixture
def ada():
    return person("Ada Okafor", "ada@home.example")


@pytest.fixture
def membership(program, ada):
    return enter_program(program=program, account=ada)


@pytest.fixture
def branded(organization, bruno):
    logo = (DEMO / "logos/nordlicht.svg").read_bytes()
    show_logo(organization=organization, content=logo, actor=bruno)
    show_logo(organization=organization, content=SIGNATURE.encode(), actor=bruno, use="signature")
    values = {"signatory_name": "Bruno Keller", "signatory_role": "Head of Learning"}
    change_brand(organization=organization, values=values, actor=bruno)
    return organization


@pytest.fixture
def more(branded, program):
    """Two courses of the demonstration, to go on with."""
    names = ("feedback-people-can-use", "writing-that-gets-read")
    made = [import_course(source=DEMO / "courses" / one, organization=branded) for one in names]
    program.courses.add(*made)
    return made


def test_f2_the_last_lesson_leads_to_the_certificate_and_to_what_comes_next(
    page, worker, course, membership, more, program, ada
):
    series = specialization_of(course, more[1], title="Working well together")
    program.specializations.add(series)
    start_specialization(specialization=series, membership=membership)
    sign_in(page, ada)
    page.goto(f"{course.address}lessons/read/")
    click(page, "Done, next lesson")
    page.get_by_label("Stop").check()
    click(page, "Hand in")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"You completed {course.title}")
    expect(page.get_by_text("Ada Okafor")).to_be_visible()
    expect(page.get_by_role("heading", name=more[1].title)).to_be_visible()
    shoot(page, "completed")
    click(page, "See your answers", role="link")
    page.get_by_text("Passed.").wait_for()
    shoot(page, "completed-quiz-again")
    page.goto(f"{course.address}completed/")
    click(page, "See your certificate", role="link")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Okafor")
    expect(page.get_by_text("Verified: issued by Nordlicht Energie")).to_be_visible()
    shoot(page, "certificate")
    link = page.get_by_role("link", name="Add to LinkedIn")
    expect(link).to_have_attribute("href", re.compile("^https://www.linkedin.com/profile/add"))
    letter = letter_to("ada@home.example", "credentials.issued")
    assert re.sub("^https?://[^/]+", "", page.url) in letter
    with page.expect_download() as started:
        click(page, "Download as PDF", role="link")
    assert started.value.suggested_filename == f"Ada Okafor - {course.title}.pdf"


def test_a_stranger_reads_the_certificate_of_a_specialization(page, course, membership, more, program, ada):
    series = specialization_of(course, *more, title="Working well together")
    program.specializations.add(series)
    start_specialization(specialization=series, membership=membership)
    for one in (course, *more):
        do_everything(one, membership)
    page.goto(f"/certificates/{ada.certificates.get(specialization=series).public_id}/")
    expect(page.get_by_role("listitem").filter(has_text=more[0].title)).to_be_visible()
    expect(page.get_by_role("link", name="Add to LinkedIn")).to_have_count(0)
    shoot(page, "certificate-series")
    sign_in(page, ada)
    page.goto("/certificates/")
    expect(page.locator(".diploma")).to_have_count(4)
    shoot(page, "certificates")
    page.goto(f"{more[1].address}completed/")
    page.get_by_text("And with it the whole Specialization").wait_for()
    shoot(page, "completed-series")


def test_names_as_long_as_they_may_be_widen_no_page(page, course, membership, ada):
    type(ada).objects.update(full_name="Wilhelmina" * 20)
    membership.account.refresh_from_db()
    do_everything(course, membership)
    page.goto(f"/certificates/{ada.certificates.get().public_id}/")
    shoot(page, "certificate-long")
    sign_in(page, ada)
    for place, name in (
        (f"{course.address}completed/", "completed-long"),
        ("/certificates/", "certificates-long"),
    ):
        page.goto(place)
        shoot(page, name)


def test_bruno_signs_certificates_with_a_picture(page, worker, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    sign_in(page, bruno)
    page.goto("/console/nordlicht/branding/")
    picture = {"name": "signature.svg", "mimeType": "image/svg+xml", "buffer": SIGNATURE.encode()}
    page.get_by_label("Picture of the signature").set_input_files(picture)
    click(page, "Upload the signature")
    expect(page.get_by_role("heading", name="This signature stands on certificates")).to_be_visible(
        timeout=30_000
    )
    shoot(page, "branding-signature-shown")
    click(page, "Back to Branding", "link")
    page.get_by_label("Who signs").fill("Bruno Keller")
    page.get_by_label("Their role").fill("Head of Learning")
    click(page, "Save")
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    assert Organization.objects.get().signatory_role == "Head of Learning"
    shoot(page, "branding-signature")
    click(page, "See a certificate", "link")
    expect(page.get_by_text("Head of Learning")).to_be_visible()
    shoot(page, "certificate-sample")


def test_a_course_started_twice_has_one_moment(page, course, membership, ada):
    start_course(course=course, membership=membership)
    sign_in(page, ada)
    page.goto(f"{course.address}completed/")
    expect(page).to_have_url(re.compile(f"{course.address}$"))
