"""PDFs are printed once, whoever asks however often; a kept one is never wrong, and never kept for ever."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from conftest import person
from matricula.credentials import pdf
from matricula.credentials.models import Certificate
from tests.nights import forget_tonight

pytestmark = pytest.mark.django_db
MONTH = 31 * 24 * 3600


@pytest.fixture
def certificate():
    return Certificate.objects.create(
        account=person("Ada Okafor", "ada@home.example"),
        recipient_name="Ada Okafor",
        title="Safe every day",
        organization_name="Nordlicht Energie",
    )


@pytest.fixture
def printed(monkeypatch):
    """The names that were printed, in order."""
    names, really = [], pdf.print_certificate

    def counted(certificate, address):
        names.append(certificate.recipient_name)
        return really(certificate, address)

    monkeypatch.setattr(pdf, "print_certificate", counted)
    return names


@pytest.fixture
def kept(settings):
    return lambda: sorted(Path(settings.MEDIA_ROOT, "certificates").glob("*/*"))


def ask(certificate):
    return Client().get(f"/certificates/{certificate.public_id}/pdf/")


def test_a_hundred_who_ask_get_the_same_pdf_printed_once(certificate, printed, kept):
    first = ask(certificate)
    answers = {(one.content, one["ETag"]) for one in (ask(certificate) for _ in range(100))}
    assert answers == {(first.content, first["ETag"])}
    assert (printed, len(kept())) == (["Ada Okafor"], 1)
    assert first.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "change",
    [
        {"recipient_name": "Ada Lovelace"},
        {"title": "Another"},
        {"organization_name": "Nordlicht AG"},
        {"brand_colour": "#cc0000"},
        {"issued_at": timezone.now() - timedelta(days=400)},
    ],
)
def test_a_certificate_that_was_put_right_is_printed_anew(certificate, printed, change):
    before = ask(certificate)
    Certificate.objects.update(**change)
    after = ask(certificate)
    assert len(printed) == 2
    assert before["ETag"] != after["ETag"]


def test_another_template_or_address_of_the_site_prints_anew(certificate, printed, settings, monkeypatch):
    ask(certificate)
    settings.BASE_URL = "https://learn.example"
    ask(certificate)
    monkeypatch.setattr(pdf, "design_version", lambda design: ["a newer one"])
    ask(certificate)
    assert len(printed) == 3


def test_a_disk_that_takes_nothing_costs_the_work_and_nobody_their_pdf(
    certificate, printed, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path / "a-file"
    settings.MEDIA_ROOT.write_text("no folder")
    assert [ask(certificate).status_code for _ in range(2)] == [200, 200]
    assert len(printed) == 2


def test_loss_on_crash_a_pdf_is_on_the_disk_before_it_has_its_name_and_a_full_disk_leaves_no_half_of_one(
    certificate, printed, kept, monkeypatch
):
    """Without that a loss of power could leave an empty file under a name that says it is right."""
    there, really = [], os.fsync

    def full(file):
        there.append([one.suffix for one in kept()])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert ask(certificate).content.startswith(b"%PDF")
    assert (there, kept()) == ([[""]], [])
    monkeypatch.setattr(os, "fsync", really)
    assert ask(certificate).content.startswith(b"%PDF")
    assert [one.suffix for one in kept()] == [".pdf"]


def test_what_nobody_asked_for_in_a_month_is_removed_and_printed_again_when_wanted(
    certificate, printed, kept
):
    ask(certificate)
    other = Certificate.objects.create(
        account=certificate.account, recipient_name="Hugo", title="T", organization_name="O"
    )
    ask(other)
    for place in kept():
        os.utime(place, (time.time() - MONTH, time.time() - MONTH))
    ask(other)
    forget_tonight()
    assert len(kept()) == 1
    assert ask(certificate).status_code == 200
    assert printed == ["Ada Okafor", "Hugo", "Ada Okafor"]


def test_what_was_printed_of_ada_goes_with_her_certificate_and_nothing_of_anybody_else(
    certificate, kept, django_capture_on_commit_callbacks
):
    hugos = Certificate.objects.create(
        account=person("Hugo", "hugo@home.example"), recipient_name="Hugo", title="T", organization_name="O"
    )
    ask(hugos)
    (of_hugo,) = kept()
    ask(certificate)
    Certificate.objects.filter(pk=certificate.pk).update(recipient_name="Ada Lovelace")
    ask(certificate)
    with django_capture_on_commit_callbacks() as after_commit:
        certificate.delete()
    assert len(kept()) == 3
    for forget in after_commit * 2:
        forget()
    assert kept() == [of_hugo]


def test_a_pdf_that_was_printed_while_its_certificate_went_is_removed_at_night(certificate, kept):
    ask(certificate)
    (place,) = kept()
    certificate.delete()
    assert kept() == [place]
    forget_tonight()
    assert kept() == []
