"""Whatever workers, kills, faults and the clock do to jobs, in any order: each step counts exactly once."""

from collections import Counter
from contextlib import suppress
from copy import copy
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from matricula.jobs import queue
from matricula.jobs.leases import LeaseLost
from matricula.jobs.models import Job
from matricula.jobs.queue import (
    ATTEMPTS,
    enqueue,
    has_killed_its_workers,
    next_job,
    perform_due,
    perform_step,
    performs_job,
    postpone_job,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
WORKERS = st.sampled_from("ab")
DONE = "a step that counted"


class Killed(BaseException):
    """kill -9 in the middle of a step: nobody tidies up after it."""


class Queue(RuleBasedStateMachine):
    """Jobs of some steps each, and two workers that take them up."""

    def __init__(self) -> None:
        super().__init__()
        Job.objects.all().delete()
        self.held: dict[str, Job] = {}
        self.meets: BaseException | None = None
        queue._performers.clear()
        performs_job("counted")(self.step)

    def step(self, job: Job) -> bool:
        Job.objects.create(kind=DONE, reference=job.pk, place=job.place, state=Job.State.DONE)
        job.place += 1
        if self.meets:
            raise self.meets
        return job.place < self.wanted(job)

    def wanted(self, job: Job) -> int:
        return job.reference or 0

    @rule(steps=st.integers(1, 4), organization=st.sampled_from([None, 1, 2]), alone=st.booleans())
    def ask(self, steps: int, organization: int | None, alone: bool) -> None:
        enqueue("counted", reference=steps, organization=organization, queue="one" if alone else "")

    @rule(worker=WORKERS)
    def take_up(self, worker: str) -> None:
        if worker not in self.held and (job := next_job()):
            self.held[worker] = job

    @precondition(lambda self: self.held)
    @rule(worker=WORKERS, meets=st.sampled_from([None, None, None, ValueError("no"), Killed()]))
    def work(self, worker: str, meets: BaseException | None) -> None:
        job = self.held.pop(worker, None)
        if job is None or has_killed_its_workers(job):
            return
        self.meets = meets
        try:
            perform_step(job)
        except (LeaseLost, Killed):
            pass
        except ValueError as fault:
            postpone_job(job, fault)
        finally:
            self.meets = None

    @precondition(lambda self: self.held)
    @rule(worker=WORKERS)
    def deliver_once_more(self, worker: str) -> None:
        """By an engine that knows no lease of ours and delivers at least once: the same step comes to two."""
        job = self.held.pop(worker, None)
        if job is None or has_killed_its_workers(job):
            return
        again = copy(job)
        try:
            perform_step(job)
        except LeaseLost:
            return
        after = Job.objects.filter(pk=job.pk).values("state", "lease").get()
        Job.objects.filter(pk=job.pk).exclude(queue="one").update(state=Job.State.RUNNING, lease=again.lease)
        with suppress(LeaseLost):
            perform_step(again)
            raise AssertionError("the second delivery of a step counted")
        Job.objects.filter(pk=job.pk).update(**after)

    @rule()
    def pass_time(self) -> None:
        """Leases of whoever died run out, and so do those of whoever is slow; pauses are over."""
        past = timezone.now() - timedelta(seconds=1)
        Job.objects.filter(kind="counted", state=Job.State.RUNNING).update(leased_until=past)
        Job.objects.filter(kind="counted", state=Job.State.QUEUED).update(due_at=past)

    @invariant()
    def every_step_counted_once(self) -> None:
        counted = Counter(Job.objects.filter(kind=DONE).values_list("reference", "place"))
        for job in Job.objects.filter(kind="counted"):
            places = [counted.pop((job.pk, place), 0) for place in range(job.steps)]
            assert places == [1] * job.steps
            if job.state == Job.State.DONE:
                assert job.steps == self.wanted(job)
            if job.state == Job.State.FAILED:
                assert job.error
        assert not counted

    @invariant()
    def of_a_queue_one_runs(self) -> None:
        assert Job.objects.filter(queue="one", state=Job.State.RUNNING).count() <= 1

    def teardown(self) -> None:
        """Both workers die, another does the rest."""
        self.held.clear()
        for _ in range(20 * ATTEMPTS):
            self.pass_time()
            if not perform_due():
                break
        assert not Job.objects.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists()
        self.every_step_counted_once()


def test_loss_on_crash_whatever_workers_do_every_step_counts_once(monkeypatch):
    monkeypatch.setattr(queue, "_performers", {})
    run_state_machine_as_test(Queue, settings=settings(max_examples=12, stateful_step_count=25))
