"""What is undone is told, by name at `/readyz` and in words by `matricula check`; and to whoever meets it."""

import errno
import os
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from matricula.catalog.course_import import file_place
from matricula.catalog.models import CourseFile, CourseUpload
from matricula.catalog.tests.folders import COURSE, LESSON
from matricula.catalog.tests.uploads import CONTENT, packed
from matricula.checking import faults
from matricula.files import storage
from matricula.jobs.models import Job
from matricula.mail.models import Letter
from matricula.organizations.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
LONG_AGO = timedelta(minutes=20)


def troubles(client):
    return client.get("/readyz").json()["troubles"]


def test_a_site_that_is_well_has_no_troubles(client):
    assert troubles(client) == []
    assert Job.objects.count() == 0


def test_a_job_whose_worker_is_dead_is_told(client):
    then = timezone.now() - LONG_AGO
    Job.objects.create(kind="invitations.import", state=Job.State.RUNNING, leased_until=then)
    told = client.get("/readyz").json()
    assert (told["jobs without their worker"], told["troubles"]) == (1, ["jobs are not done"])
    assert any("1 were being done by a worker that has ended" in one for one in faults())


def test_a_job_that_nobody_does_is_told_unless_it_is_of_another_version(client):
    Job.objects.create(kind="of another version", due_at=timezone.now() - LONG_AGO)
    assert troubles(client) == []
    Job.objects.create(kind="invitations.import", due_at=timezone.now() - LONG_AGO)
    assert troubles(client) == ["jobs are not done"]


def test_a_job_that_meets_faults_is_told_though_it_is_due_later(client):
    later = {"due_at": timezone.now() + LONG_AGO, "error": "FileElsewhere: people.csv cannot be seen"}
    Job.objects.create(kind="invitations.import", queued_at=timezone.now() - LONG_AGO, **later)
    assert troubles(client) == ["jobs meet faults"]
    assert any(one.endswith("the last with: FileElsewhere: people.csv cannot be seen") for one in faults())


def test_failed_jobs_are_told_by_kind(client):
    for _ in range(2):
        Job.objects.create(kind="invitations.import", state=Job.State.FAILED, ended_at=timezone.now())
    told = client.get("/readyz").json()
    assert (told["jobs failed"], told["troubles"]) == (2, ["jobs have failed"])
    assert "Jobs have failed (2 invitations.import): see `matricula jobs --failed`." in faults()


def test_letters_that_the_mail_server_puts_off_are_told_though_none_is_due(client):
    now = timezone.now()
    Letter.objects.create(
        kind="x",
        to="ada@x.example",
        queued_at=now - LONG_AGO,
        due_at=now + LONG_AGO,
        attempts=3,
        error="451 Try again later",
    )
    assert troubles(client) == ["letters are refused"]
    assert any(one.endswith("the last time with: 451 Try again later") for one in faults())


def test_letters_that_wait_for_tomorrow_by_a_limit_are_no_trouble(client):
    waits = {"due_at": timezone.now() + LONG_AGO, "error": Letter.OVER_THE_LIMIT}
    Letter.objects.create(kind="x", to="ada@x.example", queued_at=timezone.now() - LONG_AGO, **waits)
    assert troubles(client) == []


def test_letters_that_nobody_sends_are_told(client):
    Letter.objects.create(kind="x", to="ada@x.example", due_at=timezone.now() - LONG_AGO)
    assert troubles(client) == ["letters are not sent"]


def free(monkeypatch, size):
    usage = storage.shutil.disk_usage("/")
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda _: usage._replace(free=size))


def test_a_full_disk_is_told(client, monkeypatch):
    free(monkeypatch, 0)
    assert troubles(client) == ["disk is full"]
    assert any(one.endswith("is full: uploads are refused.") for one in faults())
    free(monkeypatch, 500 * 1024**2)
    assert troubles(client) == ["disk is nearly full"]


def test_storage_that_can_only_be_read_is_told(client, monkeypatch):
    monkeypatch.setattr(storage.os, "access", lambda *_: False)
    assert troubles(client) == ["storage is read-only"]


def test_a_host_that_does_not_see_the_files_of_courses_is_told(client, course, settings, tmp_path):
    kept = file_place("ab" + "0" * 62)
    kept.parent.mkdir(parents=True)
    kept.touch()
    CourseFile.objects.create(course=course, digest=kept.name, name="a.png", content_type="image/png", size=0)
    assert troubles(client) == []
    settings.MEDIA_ROOT = tmp_path / "of this host alone"
    assert troubles(client) == ["files are missing"]
    assert any("1 of the 1 newest files of courses are not in" in one for one in faults())


@pytest.fixture
def _disk_is_full(monkeypatch):
    """Of the folder for uploads; a disk that is full says so when what was written is to be kept."""

    def refuse(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)


def zipped_course():
    return SimpleUploadedFile("course.zip", packed({"course.yaml": COURSE, "a.md": LESSON}))


@pytest.mark.usefixtures("_disk_is_full")
def test_bruno_who_uploads_a_course_to_a_full_disk_reads_what_happened_and_nothing_of_it_stays(
    client, organization, bruno
):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    client.force_login(bruno)
    client.raise_request_exception = False
    page = client.post(CONTENT + "uploads/", {"course": zipped_course()})
    assert page.status_code == 507
    assert "There is no room for this" in page.content.decode()
    assert not CourseUpload.objects.exists()
    assert list(CourseUpload.folder().iterdir()) == []
