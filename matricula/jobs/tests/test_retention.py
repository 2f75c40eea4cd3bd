"""Passing things pass: the queue itself, and what rooms say of theirs."""

from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from matricula.jobs import queue, retention
from matricula.jobs.jobs import NIGHT, ask_to_forget
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due, schedule_recurring
from matricula.jobs.retention import FORGET, forgets, forgets_rows, known_rules
from tests.nights import forget_tonight

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def test_jobs_that_are_done_go_after_thirty_days_those_that_failed_after_ninety_and_all_others_stay():
    for name, state, days in (
        ("done long ago", Job.State.DONE, 31),
        ("done this month", Job.State.DONE, 29),
        ("failed long ago", Job.State.FAILED, 91),
        ("failed this spring", Job.State.FAILED, 89),
        ("waits", Job.State.QUEUED, None),
    ):
        Job.objects.create(
            kind=name,
            state=state,
            ended_at=days_ago(days) if days else None,
            due_at=timezone.now() + timedelta(days=1),
        )
    Job.objects.create(kind="recurred in an older version", recurs=True, due_at=days_ago(31))
    forget_tonight()
    assert sorted(Job.objects.exclude(kind=FORGET).values_list("kind", flat=True)) == [
        "done this month",
        "failed this spring",
        "waits",
    ]


def test_it_is_asked_for_every_night():
    schedule_recurring()
    (job,) = Job.objects.filter(kind="jobs.ask_to_forget")
    assert job.due_at.time() == NIGHT


@pytest.fixture
def two_rules(monkeypatch):
    """Something that breaks, and jobs that went by, two at a time."""
    monkeypatch.setattr(retention, "_rules", {})
    monkeypatch.setattr(retention, "AT_ONCE", 2)

    @forgets("a broken one", timedelta(days=1), "ever")
    def broken(job):
        raise ValueError("the disk is away")

    @forgets_rows("old ones", timedelta(days=1), "they were made", Job)
    def old(before) -> QuerySet:
        return Job.objects.filter(kind="old", queued_at__lt=before)


def test_what_cannot_be_forgotten_holds_up_nothing_else_and_fails_where_it_is_seen(two_rules):
    for days in (2, 2, 2, 2, 2, 0):
        Job.objects.create(kind="old", queued_at=days_ago(days), state=Job.State.DONE)
    ask_to_forget(Job())
    for _ in range(6):
        Job.objects.filter(kind=FORGET).update(due_at=timezone.now())
        while perform_due():
            pass
    assert Job.objects.filter(kind="old").count() == 1
    told = Job.objects.filter(kind=FORGET).order_by("reference").values_list("state", "error")
    assert list(told) == [("failed", "ValueError: the disk is away"), ("done", "")]


def test_a_night_that_takes_longer_than_a_day_is_not_asked_for_twice(two_rules):
    ask_to_forget(Job())
    ask_to_forget(Job())
    assert Job.objects.filter(kind=FORGET).count() == 2


def test_a_job_of_a_version_that_knew_more_rules_is_done(two_rules):
    queue.enqueue(FORGET, reference=9)
    perform_due()
    assert Job.objects.get(kind=FORGET).state == "done"
    assert [rule.what for rule in known_rules()] == ["a broken one", "old ones"]
