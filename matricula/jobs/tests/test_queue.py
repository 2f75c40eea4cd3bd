"""Jobs: a step counts exactly once, whatever happens to the worker."""

import errno
from datetime import UTC, datetime, time, timedelta
from threading import Barrier, Event, Thread

import pytest
from django.db import connection
from django.utils import timezone

from matricula.files.storage import seen_file
from matricula.jobs import leases, queue
from matricula.jobs.models import Job
from matricula.jobs.queue import (
    ATTEMPTS,
    MAIN,
    READING,
    enqueue,
    next_job,
    perform_due,
    perform_step,
    performs_job,
    recurs,
    recurs_nightly,
    schedule_recurring,
    try_again,
)

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _own_performers(monkeypatch):
    monkeypatch.setattr(queue, "_performers", {})
    monkeypatch.setattr(leases, "_left_to_others", {})


def write(words):
    """What a step leaves behind: a row nobody performs."""
    Job.objects.create(kind="left behind", error=words)


def written():
    return list(Job.objects.filter(kind="left behind").order_by("pk").values_list("error", flat=True))


def make_due():
    Job.objects.update(due_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_job_is_performed_step_by_step_and_is_then_done():
    @performs_job("count")
    def count(job):
        write(f"step {len(written())}")
        return len(written()) < 3

    job = enqueue("count", reference=7)
    assert [perform_due() for _ in range(4)] == [1, 1, 1, 0]
    job.refresh_from_db()
    assert (written(), job.state) == (["step 0", "step 1", "step 2"], "done")


@pytest.mark.django_db
def test_jobs_take_turns_so_that_a_long_one_starves_nobody():
    @performs_job("long")
    def long(job):
        write(f"long {job.reference}")
        return len(written()) < 4

    enqueue("long", reference=1)
    enqueue("long", reference=2)
    for _ in range(4):
        perform_due()
    assert written() == ["long 1", "long 2", "long 1", "long 2"]


@pytest.mark.django_db
def test_a_job_of_tomorrow_waits():
    performs_job("later")(lambda job: write("too early"))
    enqueue("later", due_at=timezone.now() + timedelta(days=1))
    assert (perform_due(), written()) == (0, [])


@pytest.mark.django_db
def test_a_fault_undoes_the_step_and_is_tried_again_until_it_is_final():
    @performs_job("broken")
    def broken(job):
        write("never seen")
        raise ValueError("the file is gone")

    job = enqueue("broken", reference=3)
    for _ in range(ATTEMPTS):
        make_due()
        perform_due()
    job.refresh_from_db()
    assert (job.state, job.error, written()) == ("failed", "ValueError: the file is gone", [])
    assert try_again(kind="broken", reference=3)
    performs_job("broken")(lambda job: write("mended"))
    perform_due()
    assert written() == ["mended"]


@pytest.mark.django_db
def test_a_fault_makes_the_next_try_wait_longer_each_time():
    @performs_job("broken")
    def broken(job):
        raise ValueError

    job = enqueue("broken")
    waits = []
    for _ in range(3):
        make_due()
        perform_due()
        job.refresh_from_db()
        waits.append(round((job.due_at - timezone.now()).total_seconds()))
    assert waits == [10, 40, 160]


@pytest.mark.django_db
def test_loss_on_crash_a_job_whose_worker_vanished_is_taken_up_again():
    performs_job("abandoned")(lambda job: write("done after all"))
    enqueue("abandoned")
    vanished = next_job()
    assert perform_due() == 0
    Job.objects.filter(pk=vanished.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert (perform_due(), written()) == (1, ["done after all"])


@pytest.mark.django_db
def test_races_a_worker_that_lost_its_lease_loses_its_step():
    performs_job("slow")(lambda job: write("once"))
    enqueue("slow")
    slow = next_job()
    Job.objects.filter(pk=slow.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    quick = next_job()
    perform_step(quick)
    with pytest.raises(queue.LeaseLost):
        perform_step(slow)
    assert written() == ["once"]


@pytest.mark.django_db
def test_races_a_step_that_is_delivered_twice_counts_once_whoever_delivers():
    @performs_job("walked")
    def walk(job):
        write(f"from {job.place}")
        job.place += 10
        return job.place < 30

    enqueue("walked")
    first = next_job()
    again = Job.objects.get(pk=first.pk)
    perform_step(first)
    Job.objects.update(state="running", lease=again.lease)
    with pytest.raises(queue.LeaseLost):
        perform_step(again)
    assert (written(), Job.objects.get(pk=first.pk).place) == (["from 0"], 10)


def in_a_thread(work):
    """`work` on a connection of its own, and what it gave."""
    gave = []

    def run():
        try:
            gave.append(work())
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
    return gave[0]


def lease_has_run_out():
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_races_a_step_longer_than_the_lease_is_taken_over_by_nobody_while_its_worker_lives():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time; taking a job over is writing")
    found = []

    @performs_job("long")
    def long(job):
        write("once")
        found.append(in_a_thread(next_job))

    enqueue("long")
    job = next_job()
    lease_has_run_out()
    perform_step(job)
    assert (found, written(), next_job()) == ([None], ["once"], None)


@pytest.mark.django_db(transaction=True)
def test_races_a_step_outside_of_a_transaction_keeps_its_lease_as_long_as_it_takes(monkeypatch):
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.4))
    found, still = [], Event()

    @performs_job("far away", atomic=False)
    def far_away(job):
        for _ in range(12):
            still.wait(0.1)
            found.append(in_a_thread(next_job))
        write("once")

    job = enqueue("far away")
    assert perform_due() == 1
    job.refresh_from_db()
    assert (set(found), written(), job.state) == ({None}, ["once"], "done")


@pytest.mark.django_db
def test_loss_on_crash_work_in_hand_stands_still_for_twenty_seconds_and_not_for_minutes():
    performs_job("abandoned")(lambda job: write("done after all"))
    enqueue("abandoned")
    vanished = next_job()
    vanished.refresh_from_db()
    assert vanished.leased_until - timezone.now() <= timedelta(seconds=20)


@pytest.mark.django_db
def test_what_recurs_comes_again_and_never_fails_for_good():
    @recurs("hourly", timedelta(hours=1))
    def hourly(job):
        if len(written()) == 1:
            raise ValueError
        write("came")

    schedule_recurring()
    schedule_recurring()
    perform_due()
    job = Job.objects.get(recurs=True)
    assert timedelta(minutes=59) < job.due_at - timezone.now() < timedelta(minutes=61)
    for _ in range(ATTEMPTS + 2):
        make_due()
        perform_due()
    job.refresh_from_db()
    assert (job.state, written()) == ("queued", ["came"])


@pytest.mark.django_db(transaction=True)
def test_races_forty_workers_perform_each_step_once():
    performs_job("raced")(lambda job: write(str(job.reference)))
    for reference in range(10):
        enqueue("raced", reference=reference)
    start = Barrier(40)

    def work():
        start.wait()
        try:
            while perform_due():
                pass
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(written()) == [str(number) for number in range(10)]


@pytest.mark.django_db
def test_a_step_leaves_where_the_next_one_begins_and_the_next_round_begins_anew():
    @recurs("walk", timedelta(hours=1))
    def walk(job):
        write(str(job.place))
        job.place += 10
        return job.place < 30

    schedule_recurring()
    for _ in range(4):
        make_due()
        perform_due()
    assert written() == ["0", "10", "20", "0"]


@pytest.mark.django_db
def test_a_step_that_met_a_fault_begins_again_where_it_was():
    @performs_job("stumble")
    def stumble(job):
        write(str(job.place))
        job.place += 1
        if job.place == 2 and job.attempts == 1:
            raise ValueError
        return job.place < 3

    enqueue("stumble")
    for _ in range(4):
        make_due()
        perform_due()
    assert written() == ["0", "1", "2"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "due"),
    [("01:59", "2026-03-04 02:30"), ("02:30", "2026-03-05 02:30"), ("23:59", "2026-03-05 02:30")],
)
def test_what_comes_nightly_comes_at_its_time(monkeypatch, now, due):
    hour, minute = map(int, now.split(":"))
    moment = datetime(2026, 3, 4, hour, minute, tzinfo=UTC)
    monkeypatch.setattr(queue.timezone, "now", lambda: moment)
    recurs_nightly("at night", time(2, 30))(lambda job: None)
    schedule_recurring()
    job = Job.objects.get()
    assert f"{job.due_at:%Y-%m-%d %H:%M}" == due
    assert perform_due() == 0
    Job.objects.update(due_at=moment)
    assert perform_due() == 1
    job.refresh_from_db()
    assert f"{job.due_at:%Y-%m-%d %H:%M}" == due


def gives(job):
    write(f"gave up {job.reference}")


@pytest.mark.django_db
def test_queues_take_turns_so_that_eight_jobs_of_one_hold_up_nobody_elses():
    performs_job("read")(lambda job: write(job.queue))
    for number, name in ((1, "nordlicht"), (1, "nordlicht"), (1, "nordlicht"), (2, "harbour")):
        enqueue("read", queue=name, organization=number)
    for _ in range(4):
        perform_due()
    assert written() == ["nordlicht", "harbour", "nordlicht", "nordlicht"]


@pytest.mark.django_db
def test_one_job_beside_sixty_of_another_organization_gets_as_many_steps():
    @performs_job("import")
    def carry_out(job):
        write(str(job.organization_id))
        return True

    for _ in range(60):
        enqueue("import", organization=1)
    enqueue("import", organization=2)
    for _ in range(40):
        perform_due()
    assert 19 <= written().count("2") <= 21


@pytest.mark.django_db
def test_what_is_nobodys_has_its_turn_beside_many_jobs_of_organizations():
    performs_job("import")(lambda job: write("import") or True)
    performs_job("hand over")(lambda job: write("letters") or True)
    for number in range(20):
        enqueue("import", organization=number % 2)
    enqueue("hand over")
    for _ in range(30):
        perform_due()
    assert 9 <= written().count("letters") <= 11


@pytest.mark.django_db
def test_one_job_of_a_queue_runs_at_a_time():
    performs_job("read")(lambda job: None)
    for name in ("nordlicht", "nordlicht", "harbour"):
        enqueue("read", queue=name)
    assert [job.queue if job else None for job in (next_job(), next_job(), next_job())] == [
        "nordlicht",
        "harbour",
        None,
    ]


@pytest.mark.django_db
def test_what_outsiders_sent_is_read_in_a_lane_of_its_own():
    performs_job("read", lane=READING)(lambda job: write("read"))
    performs_job("count")(lambda job: write("counted"))
    enqueue("read")
    enqueue("count")
    assert [perform_due(MAIN) for _ in range(2)] == [1, 0]
    assert (perform_due(READING), written()) == (1, ["counted", "read"])


@pytest.mark.django_db
def test_loss_on_crash_a_job_that_kills_every_worker_fails_with_words():
    performs_job("deadly", tries=2, gives_up=gives)(lambda job: write("never"))
    job = enqueue("deadly", reference=9)
    for _ in range(2):
        assert next_job() is not None
        Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert perform_due() == 1
    job.refresh_from_db()
    assert (job.state, written()) == ("failed", ["gave up 9"])
    assert "ended before it was done" in job.error


@pytest.fixture
def other_host(monkeypatch):
    """From now on this process is a worker of another host."""
    return lambda: monkeypatch.setattr(leases, "_left_to_others", {})


@pytest.mark.django_db
def test_a_worker_that_cannot_see_a_file_gives_the_job_back_and_leaves_it_to_others(other_host, tmp_path):
    upload = tmp_path / "people.csv"

    @performs_job("read", tries=1)
    def read(job):
        seen_file(upload)
        write("read")

    job = enqueue("read")
    assert perform_due() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)
    assert f"{upload} cannot be seen on this host" in job.error
    make_due()
    assert perform_due() == 0
    upload.touch()
    other_host()
    assert perform_due() == 1
    job.refresh_from_db()
    assert (job.state, job.error, written()) == ("done", "", ["read"])


@pytest.mark.django_db
@pytest.mark.parametrize("atomic", [True, False])
def test_a_job_for_which_the_disk_has_no_room_costs_no_try(atomic, other_host):
    @performs_job("keep", atomic=atomic, tries=1)
    def keep(job):
        raise RuntimeError("the sandbox broke off") from OSError(errno.ENOSPC, "No space left on device")

    job = enqueue("keep")
    for _ in range(3):
        other_host()
        make_due()
        assert perform_due() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


@pytest.mark.django_db
def test_a_file_that_nobody_has_seen_for_a_day_is_given_up(other_host, tmp_path):
    performs_job("read", tries=1, gives_up=gives)(lambda job: seen_file(tmp_path / "people.csv"))
    enqueue("read", reference=4)
    Job.objects.update(queued_at=timezone.now() - timedelta(hours=25))
    perform_due()
    assert written() == ["gave up 4"]


@pytest.mark.django_db
def test_whoever_waits_for_a_job_is_told_once_it_has_failed_for_good():
    @performs_job("broken", tries=2, gives_up=gives)
    def broken(job):
        raise ValueError

    enqueue("broken", reference=3)
    for told in ([], ["gave up 3"]):
        make_due()
        perform_due()
        assert written() == told


@pytest.mark.django_db(transaction=True)
def test_races_of_the_jobs_of_a_queue_two_workers_never_hold_two():
    performs_job("read")(lambda job: None)
    for _ in range(20):
        Job.objects.all().delete()
        for _ in range(8):
            enqueue("read", queue="nordlicht")
        start, held = Barrier(8), []

        def work(start=start, held=held):
            start.wait()
            try:
                if job := next_job():
                    held.append(job)
            finally:
                connection.close()

        threads = [Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(held) == 1
