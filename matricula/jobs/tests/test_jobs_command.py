"""Whoever runs the site sees which jobs have failed, and tries them again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.commands import parser
from matricula.jobs.models import Job

pytestmark = pytest.mark.django_db


def run(*given):
    arguments = parser().parse_args(["jobs", *given])
    return arguments.run(arguments)


@pytest.fixture
def failed():
    Job.objects.create(kind="waits", due_at=timezone.now() + timedelta(hours=1))
    Job.objects.create(kind="comes nightly", recurs=True)
    Job.objects.create(kind="comes nightly, in trouble", recurs=True, error="KeyError: 7")
    Job.objects.create(kind="is done", state=Job.State.DONE, ended_at=timezone.now())
    told = {"error": "ValueError: the file is gone\nand more", "ended_at": timezone.now(), "attempts": 6}
    return Job.objects.create(kind="broke", reference=7, state=Job.State.FAILED, **told)


def test_jobs_are_counted_and_those_that_matter_are_listed(failed, capsys):
    assert run() == 0
    counts, _, *lines = capsys.readouterr().out.splitlines()
    assert counts == "3 queued, 0 running, 1 done, 1 failed"
    assert [line.split("  ")[-1].strip() for line in lines] == [
        "comes nightly, in trouble: KeyError: 7",
        "broke 7: ValueError: the file is gone",
        "waits",
    ]


def test_only_those_that_failed_are_listed_when_asked_for(failed, capsys):
    assert run("--failed") == 0
    (line,) = capsys.readouterr().out.splitlines()[2:]
    assert line.split()[:3] == [str(failed.pk), "failed", "6"]


def test_a_failed_job_is_put_back_in_line_once(failed, capsys):
    assert run("--retry", str(failed.pk)) == 0
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("queued", 0)
    assert run("--retry", str(failed.pk)) == 1
    assert capsys.readouterr().err == f"There is no failed job {failed.pk}.\n"
