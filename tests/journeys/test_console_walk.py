"""Every page of the console, walked by an owner of the demonstration: light, dark, phone, keyboard.

The walk follows the links it finds, so a new page is walked by itself; a page that no link reaches fails.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import Resolver404, resolve
from django.utils import timezone

from matricula.accounts.models import EmailAddress
from matricula.api.tokens import grant_token
from matricula.catalog.preview import sample_zip
from matricula.catalog.uploads import receive_upload
from matricula.demo.data import fill
from matricula.invitations.imports.uploads import hand_in_file
from matricula.invitations.models import Invitation
from matricula.jobs.queue import perform_due
from matricula.joining.requests import ask_administrator
from matricula.mail.models import Letter
from matricula.organizations.access import MAY
from matricula.organizations.branding import receive_logo
from matricula.organizations.models import Organization
from matricula.programs.models import Membership
from matricula.sso.models import OfferedMetadata
from matricula.sso.tests.company import entity, federation
from tests.chromium import SIZES
from tests.journeys.walking import (
    AXE,
    BROWSER_TEST,
    COLOURS,
    SHOTS,
    faults,
    is_wider_than,
    sign_in,
)
from tests.test_console import VIEWS, House, signed_in

pytestmark = BROWSER_TEST
START = "/console/nordlicht/"
BROKEN_LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><path d="'
FILES = re.compile(r"\.(csv|xlsx|zip|png|jpg|mp4|vtt|txt)$|/pdf/$|/lists/[^/]+/result/$")
PARTS = {"console:sample", "letters:content"}
"""Pieces of other pages, asked for by a script or shown in a frame."""
LINKS = f"""() => [...document.querySelectorAll("a[href^='{START}']")].map((link) => link.href)"""


@pytest.fixture
def bruno(transactional_db, settings, tmp_path):
    """The demonstration, with something in every corner of it."""
    settings.MEDIA_ROOT = tmp_path
    fill()
    expired = Invitation.objects.filter(address__startswith="paulo").get()
    ask_administrator(reason="expired", invitation=expired)
    owner = EmailAddress.objects.get(address="bruno@nordlicht.example").account
    organization = Organization.objects.get(slug="nordlicht")
    for name, content in (("sample.zip", sample_zip()), ("broken.zip", b"no zip")):
        receive_upload(upload=SimpleUploadedFile(name, content), organization=organization, actor=owner)
    people = b"email,name\nvera@nordlicht.example,Vera\nno address,Wim\n"
    hand_in_file(program=organization.programs.get(), name="people.csv", content=[people], actor=owner)
    receive_logo(organization=organization, content=BROKEN_LOGO, actor=owner)
    while perform_due():
        pass
    set_up_sign_in(organization, owner)
    let_letters_grow_old(organization)
    organization.bulk_acts.create(
        kind="invitations.withdraw", asked_by=owner, expected=1, last=1, refused=1, ended_at=timezone.now()
    ).refusals.create(subject_id=expired.pk, reason="This invitation was answered.")
    grant_token(organization=organization, name="Sync", scopes=["audit:read"], days=1, actor=owner)
    return owner


def let_letters_grow_old(organization):
    """Of a rule that the next night goes by."""
    organization.retention_rules.create(subject="letters", months=1)
    ended = timezone.now() - timedelta(days=90)
    Letter.objects.create(
        kind="invitations.invitation",
        to="vera@nordlicht.example",
        organization_id=organization.pk,
        state="sent",
        ended_at=ended,
    )


def set_up_sign_in(organization, owner):
    """Beside what the demonstration has: a connection with two certificates, an answer that was refused, and
    somebody linked; and one that nobody uses."""
    now = timezone.now()
    made = organization.connections.create(kind="saml", name="Nordlicht ADFS", issuer="https://id.example")
    for one in "ab":
        made.certificates.create(fingerprint=one * 64, starts_at=now, ends_at=now)
    checks = [{"code": "signature", "passed": False, "expected": "ours", "seen": "another"}]
    made.judged_answers.create(
        purpose="test", passed=False, reason="signature", checks=checks, raw="<Response/>", signed_by="a" * 64
    )
    made.identities.create(subject="s-1", account=owner, email="bruno@nordlicht.example")
    OfferedMetadata.objects.create(
        connection=made, content=federation(entity(name="Nordlicht")), entered={"name": "Nordlicht ADFS"}
    )
    organization.connections.create(kind="oidc", name="Not used")


@pytest.fixture
def window(desk, bruno):
    """A browser in which Bruno proved a moment ago who he is."""
    sign_in(desk, bruno)
    return desk


def by_form() -> list[str]:
    """Pages that a form leads to, and no link."""
    organization = Organization.objects.get(slug="nordlicht")
    uploads = [f"content/uploads/{one.public_id}/" for one in organization.course_uploads.order_by("pk")]
    uploads += [f"branding/logo/uploads/{organization.logo_uploads.get(state='refused').public_id}/"]
    uploads += [f"sign-in/{organization.connections.get(name='Not used').public_id}/removal/"]
    used = organization.connections.get(kind="saml")
    uploads += [f"sign-in/{used.public_id}/"]  # of all connections this one has everything to lead to
    uploads += [f"sign-in/{used.public_id}/answers/{used.judged_answers.get().public_id}/"]
    uploads += [f"sign-in/{used.public_id}/provider/"]
    uploads += [f"sign-in/{used.public_id}/certificates/{used.certificates.first().pk}/"]
    uploads += ["bulk/new/?act=invitations.withdraw&all=yes"]
    uploads += [f"bulk/{organization.bulk_acts.get().public_id}/"]
    waiting = Invitation.objects.live().filter(organization=organization).latest("pk")
    uploads += [f"invitations/{waiting.public_id}/"]  # of all invitations one with something to do about it
    handed_in = organization.leavers_files.create(name="leavers.csv", state="done", lines=1)
    members = Membership.objects.active().filter(organization=organization).order_by("pk")
    uploads += [f"departures/lists/{handed_in.public_id}/"]
    uploads += [f"people/memberships/{members.first().pk}/removal/"]
    uploads += [f"programs/{organization.programs.get().public_id}/end/"]  # linked once it has a last day
    return [START + path for path in (*uploads, f"links/new/{organization.programs.get().public_id}/")]


def walk(page) -> Iterator[str]:
    """The name of each page of the console, once, while the browser stands on it."""
    waiting, seen = [START, *by_form()], set()
    while waiting:
        path = waiting.pop(0)
        name = name_of(path)
        if name is None or (name in seen and "/uploads/" not in path):
            continue
        seen.add(name)
        page.goto(path, wait_until="load")
        yield name
        found = page.evaluate(LINKS)
        waiting += [urlsplit(link).path for link in found if name_of(urlsplit(link).path) not in seen]


def name_of(path: str) -> str | None:
    """None for what is no page of the console."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    a_page = getattr(match.func, "access", "") in MAY and not FILES.search(path)
    return match.view_name if a_page else None


def test_every_page_is_accessible_fits_a_phone_and_is_reached_by_keyboard(window):
    wrong, walked = [], set()
    for name in walk(window):
        walked.add(name)
        wrong += [(name, *fault) for fault in [*at_a_desk(window, name), *on_a_phone(window, name)]]
    assert not wrong, "\n".join(map(str, wrong))
    assert pages_among(set(VIEWS) - walked - PARTS) == []


def at_a_desk(page, name):
    page.evaluate(AXE)
    found = faults(page)
    page.emulate_media(color_scheme="dark")
    found += [("dark", *fault) for fault in faults(page, COLOURS)]
    picture(page, name, "dark")
    page.emulate_media(color_scheme="light")
    picture(page, name, "desktop")
    return found + [("Tab does not reach", one) for one in never_focused(page)]


def on_a_phone(page, name):
    page.set_viewport_size(SIZES["phone"])
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    wide = is_wider_than(SIZES["phone"], page)
    found = [("wider than a phone", page.evaluate(WIDEST))] if wide else []
    found += [("phone", *fault) for fault in faults(page, ["target-size"])]
    picture(page, name, "phone")
    page.set_viewport_size(SIZES["desktop"])
    return found


def picture(page, name, size):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/console-{name.replace(':', '-')}-{size}.png", full_page=True)


def pages_among(names):
    """Which of these answer a GET with a page: no file, and not only sent."""
    house = House("another")
    client = signed_in(house.owner)
    answers = {name: client.get(house.address(name)) for name in names}
    return [
        name
        for name, answer in answers.items()
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    ]


WIDEST = """() => [...document.querySelectorAll('body *')]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 100)).slice(-1)[0]"""
FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'
TABBABLE = f"""() => [...document.querySelectorAll('{FOCUSABLE}')]
    .filter((one) => !one.disabled && one.tabIndex >= 0 && one.type !== 'hidden' && one.checkVisibility())"""
PRESSES = f"() => ({TABBABLE})().length + 4 * document.querySelectorAll('input[type=date]').length + 2"
WATCH = """() => {
    document.activeElement.blur()
    document.addEventListener('focusin', (event) => { event.target.dataset.focused = '1' })
}"""
LEFT = f"""() => ({TABBABLE})().filter((one) => !one.dataset.focused && one.type !== 'radio')
    .map((one) => one.outerHTML.slice(0, 120))"""


def never_focused(page) -> list[str]:
    """What Tab does not reach. A date takes five presses; of radio buttons Tab reaches one."""
    page.evaluate(WATCH)
    for _ in range(page.evaluate(PRESSES)):
        page.keyboard.press("Tab")
    left: list[str] = page.evaluate(LEFT)
    return left
