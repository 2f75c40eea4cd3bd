"""The queue does not only grow."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.jobs.jobs import sweep_done_jobs
from matricula.jobs.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_jobs_that_are_done_a_week_go_and_all_others_stay():
    now = timezone.now()
    for name, state, days in (
        ("done long ago", Job.State.DONE, 8),
        ("done yesterday", Job.State.DONE, 1),
        ("failed long ago", Job.State.FAILED, 8),
        ("waits", Job.State.QUEUED, None),
    ):
        settled = now - timedelta(days=days) if days else None
        Job.objects.create(kind=name, state=state, ended_at=settled)
    assert sweep_done_jobs(Job()) is False
    assert sorted(Job.objects.values_list("kind", flat=True)) == [
        "done yesterday",
        "failed long ago",
        "waits",
    ]


def test_a_sweep_goes_on_while_there_is_more(monkeypatch):
    monkeypatch.setattr("matricula.jobs.jobs.AT_ONCE", 2)
    long_ago = timezone.now() - timedelta(days=8)
    for _ in range(3):
        Job.objects.create(kind="old", state=Job.State.DONE, ended_at=long_ago)
    assert (sweep_done_jobs(Job()), sweep_done_jobs(Job()), Job.objects.count()) == (True, False, 0)
