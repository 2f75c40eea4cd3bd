"""Awaited letters wait for nobody's invitations, no stop and no other worker for a slow mail server."""

import threading
import time
from datetime import timedelta
from threading import Event

import pytest
from django.utils import timezone

from matricula.jobs.worker import repeat_turn
from matricula.mail.composition import LetterContent
from matricula.mail.delivery import FEWEST, Lane, deliver_some
from matricula.mail.leases import lease_letters
from matricula.mail.models import Allowance, Letter
from matricula.mail.transports import connections_of, transport_of_settings
from tests.crash.conftest import answers, free_port, until
from tests.crash.sink import begin_sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
KIND = "mail.plain"
NORDLICHT = 7


@pytest.fixture
def plain_letters(monkeypatch):
    """A kind of letter that needs nothing but its address."""
    content = LetterContent("mail/email/failed_jobs", {"rows": [], "count": 1, "site": "here"})
    writer = {KIND: lambda letters: {one.pk: content for one in letters}}
    monkeypatch.setattr("matricula.mail.composition._writers", writer)


@pytest.fixture
def slow_server(settings, plain_letters):
    """A mail server that takes fifty milliseconds a letter, on one connection a lane."""
    port = free_port()
    controller = begin_sink(port, 0.05)
    until(lambda: answers(port))
    settings.EMAIL_URL, settings.MAIL_CONNECTIONS = f"smtp://127.0.0.1:{port}", 1
    transport_of_settings.cache_clear()
    yield
    transport_of_settings.cache_clear()
    controller.stop()


def put(number, *, bulk):
    """Into the outbox, from Nordlicht."""
    Letter.objects.bulk_create(
        Letter(kind=KIND, to=f"p{n}@nordlicht.example", bulk=bulk, organization_id=NORDLICHT)
        for n in range(number)
    )


def count(state):
    return Letter.objects.filter(state=state).count()


@pytest.fixture
def working():
    """Turns in threads of a worker, until the test is over."""
    stopped, lines = Event(), []

    def begin(*turns):
        for turn in turns:
            lines.append(threading.Thread(target=repeat_turn, args=(turn, stopped)))
            lines[-1].start()
        return stopped

    yield begin
    stopped.set()
    for line in lines:
        line.join()


def test_an_awaited_letter_leaves_beside_a_batch_of_many_on_a_slow_mail_server(slow_server, working):
    put(300, bulk=True)
    working(Lane(bulk=False).deliver, Lane(bulk=True, size=300).deliver)
    until(lambda: count("sent"))
    put(1, bulk=False)
    began = time.monotonic()
    until(lambda: Letter.objects.filter(bulk=False, state="sent").exists())
    assert time.monotonic() - began < 1.5
    assert count("queued") + count("sending") > 200


def test_after_two_seconds_the_rest_of_a_batch_is_there_for_other_workers_and_nothing_was_a_try(slow_server):
    put(300, bulk=True)
    began = time.monotonic()
    assert deliver_some(300, bulk=True)[0] == 300
    assert time.monotonic() - began < 4
    left = count("sent")
    assert 10 < left < 60
    assert Letter.objects.filter(state="queued", attempts=0, leased_until=None).count() == 300 - left
    assert Allowance.objects.get(organization_id=NORDLICHT).sent == left


def test_told_to_stop_a_worker_gives_back_what_has_not_left(slow_server, working):
    put(300, bulk=True)
    stopped = working(Lane(bulk=True, size=300).deliver)
    until(lambda: count("sent"))
    began = time.monotonic()
    stopped.set()
    until(lambda: not count("sending"))
    assert time.monotonic() - began < 1
    assert Letter.objects.filter(state="queued", attempts=0).count() > 200


def test_a_lane_takes_up_as_many_as_left_within_a_second_so_that_others_find_some(slow_server):
    put(300, bulk=True)
    lane = Lane(bulk=True, size=300)
    assert lane.deliver() == 300
    assert lane.size == FEWEST
    assert lane.deliver() == FEWEST


def test_a_lane_takes_up_more_where_letters_leave_fast(settings, plain_letters):
    settings.EMAIL_URL = "inbox:"
    put(200, bulk=True)
    lane = Lane(bulk=True)
    taken = [lane.deliver() for _ in range(4)]
    assert taken[0] == FEWEST
    assert taken[1] > FEWEST


def test_each_lane_takes_up_its_own_letters_also_those_a_dead_worker_left():
    put(1, bulk=True)
    put(1, bulk=False)
    assert [one.bulk for one in lease_letters(10, bulk=False)] == [False]
    assert [one.bulk for one in lease_letters(10, bulk=True)] == [True]
    Letter.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert [one.bulk for one in lease_letters(10, bulk=False)] == [False]
    assert [one.bulk for one in lease_letters(10)] == [True]


@pytest.mark.parametrize(
    ("connections", "processes", "awaited", "many"),
    [(8, 1, 2, 6), (8, 4, 1, 1), (1, 1, 1, 1), (40, 2, 5, 15)],
)
def test_lanes_share_the_connections_of_a_process(settings, connections, processes, awaited, many):
    settings.MAIL_CONNECTIONS, settings.WORKER_PROCESSES = connections, processes
    assert (connections_of(False), connections_of(True)) == (awaited, many)
