"""Bruno gives Nordlicht its colours, its logo and its words."""

from functools import partial
from io import BytesIO
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from PIL import Image

from matricula.audit.models import Entry
from matricula.files.pictures import PictureRefused
from matricula.files.sandbox import ReaderKilled
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due
from matricula.organizations import branding
from matricula.organizations.branding import (
    LOGOS,
    change_brand,
    letterhead,
    receive_logo,
    remove_logo,
    show_logo,
)
from matricula.organizations.models import Logo, LogoUpload, Organization
from matricula.security.throttling import Limit

pytestmark = pytest.mark.django_db
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10">'
    b'<path fill="#0b6e4f" d="M0 0h20v10H0z"/></svg>'
)
OTHER = SVG.replace(b"h20", b"h10")


def shown(organization) -> Organization:
    return Organization.objects.get(pk=organization.pk)


def test_the_audit_log_keeps_what_changed_before_and_after_and_nothing_else(organization, bruno):
    values = {"name": "Nordlicht Energie", "brand_colour": "#123456", "greeting": "Moin!"}
    assert change_brand(organization=organization, values=values, actor=bruno) is True
    assert change_brand(organization=organization, values=values, actor=bruno) is False
    entry = Entry.objects.get(verb="organization.changed")
    assert entry.before == {"brand_colour": "#0b6e4f", "greeting": ""}
    assert entry.after == {"brand_colour": "#123456", "greeting": "Moin!"}


def test_a_logo_is_served_from_here_as_a_picture_only_and_for_ever(organization, bruno):
    show_logo(organization=organization, content=SVG, actor=bruno)
    address = shown(organization).logo_url
    answer = Client().get(address)
    assert (answer["Content-Type"], answer.content[:4]) == ("image/png", b"\x89PNG")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    letter = Client().get(address.replace(".png", "-letter.png"))
    assert letter["Content-Type"] == "image/png"
    with Image.open(BytesIO(letter.content)) as drawn:
        assert drawn.size == (448, 112)


def test_another_colour_is_seen_at_once_and_one_that_stays_is_asked_for_once(organization, bruno):
    before = organization.brand_url
    assert "immutable" in Client().get(before)["Cache-Control"]
    change_brand(organization=organization, values={"brand_colour": "#aa3300"}, actor=bruno)
    after = shown(organization).brand_url
    assert after != before
    assert "#aa3300" in Client().get(after).content.decode()
    assert Client().get(before)["Cache-Control"] == "public, max-age=300"


def test_letters_that_were_sent_keep_the_logo_of_their_day(organization, bruno):
    show_logo(organization=organization, content=SVG, actor=bruno)
    first = shown(organization).logo_url
    show_logo(organization=organization, content=OTHER, actor=bruno)
    show_logo(organization=organization, content=SVG, actor=bruno)
    assert (shown(organization).logo_url, Logo.objects.count()) == (first, 2)
    remove_logo(organization=organization, actor=bruno)
    remove_logo(organization=organization, actor=bruno)
    assert (shown(organization).logo_url, letterhead(organization)["logo"]) == ("", {})
    assert Client().get(first).status_code == 200
    verbs = Entry.objects.filter(verb__startswith="organization.logo").values_list("verb", flat=True)
    assert [verb.rpartition("_")[2] for verb in verbs.order_by("pk")] == [
        "shown",
        "shown",
        "shown",
        "removed",
    ]


def test_a_refused_logo_changes_nothing(organization, bruno):
    show_logo(organization=organization, content=SVG, actor=bruno)
    before = shown(organization).logo
    with pytest.raises(PictureRefused):
        show_logo(organization=organization, content=b"<svg><script/>", actor=bruno)
    assert (shown(organization).logo, Logo.objects.count()) == (before, 1)


def test_nobody_keeps_the_site_busy_by_uploading_pictures(organization, bruno):
    for _ in range(LOGOS.tries):
        with pytest.raises(PictureRefused, match="no SVG"):
            receive_logo(organization=organization, content=b"GIF89a", actor=bruno)
    with pytest.raises(PictureRefused, match="many pictures within an hour"):
        receive_logo(organization=organization, content=SVG, actor=bruno)


def test_another_organizations_logo_is_not_shown_as_ours(organization, bruno):
    show_logo(organization=organization, content=SVG, actor=bruno)
    other = Organization.objects.create(slug="other", name="Other")
    name = shown(organization).logo
    assert Client().get(f"/organizations/{other.slug}/logos/{name}").status_code == 404
    for wrong in ("x.png", name.replace("png", "svg"), name.replace(".png", "-letter.svg")):
        assert Client().get(f"/organizations/nordlicht/logos/{wrong}").status_code == 404


def work():
    while perform_due():
        pass


def state_of(upload):
    return LogoUpload.objects.values_list("state", "refusal", "content").get(pk=upload.pk)


def test_a_picture_is_drawn_by_the_worker_and_of_the_upload_nothing_stays(organization, bruno):
    upload = receive_logo(organization=organization, content=SVG, actor=bruno, through="API token Payroll")
    assert (shown(organization).logo, state_of(upload)[0]) == ("", "drawing")
    work()
    assert (shown(organization).logo[64:], state_of(upload)) == (".png", ("shown", "", b""))
    line = Entry.objects.get(verb="organization.logo_shown")
    assert (line.actor, line.through) == (bruno, "API token Payroll")


def test_a_picture_that_cannot_be_drawn_says_why_and_changes_nothing(organization, bruno):
    upload = receive_logo(organization=organization, content=SVG[:-6], actor=bruno)
    work()
    assert (shown(organization).logo, state_of(upload)) == ("", ("refused", "not_drawn", b""))


def test_what_was_asked_for_last_is_shown(organization, bruno):
    uploads = [receive_logo(organization=organization, content=one, actor=bruno) for one in (SVG, OTHER, SVG)]
    work()
    assert [state_of(one)[0] for one in uploads] == ["replaced", "replaced", "shown"]
    late = receive_logo(organization=organization, content=OTHER, actor=bruno)
    remove_logo(organization=organization, actor=bruno)
    work()
    assert (shown(organization).logo, state_of(late)[0]) == ("", "replaced")


def test_a_picture_that_kills_its_drawer_each_time_is_refused_with_words(organization, bruno, monkeypatch):
    def killed(content, frame):
        raise ReaderKilled

    monkeypatch.setattr(branding, "read_picture", killed)
    upload = receive_logo(organization=organization, content=SVG, actor=bruno)
    for _ in range(branding.TRIES):
        assert state_of(upload)[0] == "drawing"
        Job.objects.update(due_at="2026-01-01T00:00Z")
        perform_due()
    assert state_of(upload) == ("refused", "heavy", b"")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_races_of_two_pictures_at_once_one_is_drawn(organization, bruno, monkeypatch):
    monkeypatch.setattr(branding, "LOGOS", Limit("raced logos", tries=1000, minutes=60))
    for _ in range(20):
        at_once(
            [
                partial(receive_logo, organization=organization, content=one, actor=bruno)
                for one in (SVG, OTHER)
            ]
        )
        assert organization.logo_uploads.filter(state="drawing").count() == 1


def at_once(works):
    start = Barrier(len(works))

    def run(work):
        start.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
