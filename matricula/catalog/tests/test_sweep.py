"""Zips that nobody took in go after a day, and nothing else goes with them."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from matricula.catalog import uploads
from matricula.catalog.models import CourseUpload
from matricula.catalog.tests.folders import COURSE, LESSON
from matricula.catalog.tests.uploads import packed, upload
from matricula.catalog.uploads import receive_upload, sweep_uploads
from tests.nights import forget_tonight

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("at_the_console"),
    pytest.mark.postgres,
]


def test_zips_that_nobody_took_in_go_after_a_day(client):
    upload(client, packed({"course.yaml": COURSE, "a.md": LESSON}))
    row = CourseUpload.objects.get()
    CourseUpload.objects.update(uploaded_at=timezone.now() - timedelta(hours=25))
    forget_tonight()
    assert not CourseUpload.objects.exists()
    assert not row.place.exists()


def test_a_zip_whose_request_was_undone_goes_after_a_day_and_one_that_waits_stays(
    client, organization, bruno
):
    with transaction.atomic():
        stray = receive_upload(upload=zipped("stray.zip"), organization=organization, actor=bruno).place
        transaction.set_rollback(True)
    new = receive_upload(upload=zipped("new.zip"), organization=organization, actor=bruno).place
    forget_tonight()
    assert (stray.exists(), new.exists()) == (True, True)
    for place in (stray, new):
        os.utime(place, (time.time() - 25 * 3600, time.time() - 25 * 3600))
    forget_tonight()
    assert (stray.exists(), new.exists()) == (False, True)


def zipped(name):
    return SimpleUploadedFile(name, packed({"course.yaml": COURSE, "a.md": LESSON}))


def test_zips_that_nobody_took_in_are_swept_some_at_a_time(client, monkeypatch):
    monkeypatch.setattr(uploads, "MANY", 2)
    for _ in range(5):
        upload(client, packed({"course.yaml": COURSE, "a.md": LESSON}))
    CourseUpload.objects.update(uploaded_at=timezone.now() - timedelta(hours=25))
    forget_tonight()
    assert not CourseUpload.objects.exists()


def test_a_zip_that_bruno_had_taken_in_at_the_last_moment_is_not_swept_before_the_worker_has_it(client):
    page = upload(client, packed({"course.yaml": COURSE, "a.md": LESSON}))
    client.post(page + "taking/")
    row = CourseUpload.objects.get()
    for hours, kept in ((25, True), (49, False)):
        CourseUpload.objects.update(uploaded_at=timezone.now() - timedelta(hours=hours))
        os.utime(row.place, (time.time() - hours * 3600, time.time() - hours * 3600))
        with transaction.atomic():
            sweep_uploads()
        assert (CourseUpload.objects.exists(), row.place.exists()) == (kept, kept)


def test_a_zip_that_is_taken_in_while_strays_are_looked_for_stops_no_sweep(client, monkeypatch):
    upload(client, packed({"course.yaml": COURSE, "a.md": LESSON}))
    CourseUpload.objects.update(uploaded_at=timezone.now() - timedelta(hours=25))
    monkeypatch.setattr(Path, "glob", lambda folder, _names: [folder / "taken-since.zip"])
    with transaction.atomic():
        sweep_uploads()
    assert not CourseUpload.objects.exists()
