"""A worker killed in the middle of reading what somebody uploaded."""

import io
import os
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from matricula.catalog.models import CourseUpload
from matricula.catalog.uploads import receive_upload
from matricula.jobs.models import Job
from tests.crash.conftest import kill, until

pytestmark = pytest.mark.django_db(transaction=True)
COURSE = "title: T\nslug: t\nsummary: S\ntopic: X\nmodules:\n  - title: M\n    lessons: [{}]\n"
NAMES = [f"l{number}.md" for number in range(4)]


def long_course():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("course.yaml", COURSE.format(", ".join(NAMES)))
        for name in NAMES:
            archive.writestr(name, "---\ntitle: A\n---\n" + "a\n" * 40_000)
    return SimpleUploadedFile("course.zip", written.getvalue())


def readers(worker):
    """The processes of its group beside the worker itself."""
    groups = os.popen(f"ps -o pid= -g {worker.pid}").read().split()
    return [one for one in groups if int(one) != worker.pid]


def test_loss_on_crash_a_worker_killed_while_it_reads_a_course_loses_nothing(
    start, tmp_path, settings, organization
):
    settings.MEDIA_ROOT = tmp_path / "media"
    receive_upload(upload=long_course(), organization=organization, actor=None)
    first = start("-m", "matricula", "worker", MATRICULA_WORKER_PROCESSES="1")
    until(lambda: Job.objects.filter(kind="catalog.read_upload", state="running").exists(), seconds=60)
    until(lambda: readers(first), seconds=60)
    kill(first)
    assert CourseUpload.objects.get().state == "reading"
    Job.objects.filter(state="running").update(leased_until=timezone.now() - timedelta(seconds=1))
    start("-m", "matricula", "worker", MATRICULA_WORKER_PROCESSES="1")
    until(lambda: CourseUpload.objects.get().state == "ready", seconds=120)
    until(lambda: Job.objects.get(kind="catalog.read_upload").state == "done")
