"""The mail server is away, or does not want us: letters wait, and leave once it is back."""

import socket
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from matricula.mail import delivery, sending
from matricula.mail.composition import LetterContent, composes
from matricula.mail.delivery import deliver_due, discard_letters
from matricula.mail.models import Allowance, Letter, Sending
from matricula.mail.sending import hold_letters, letters_that_may_leave, release_letters, sending_fault
from tests.at_once import all_at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
KIND = "mail.tests.outage"
NORDLICHT = 1


@composes(KIND)
def compose(letter):
    return LetterContent("accounts/email/password")


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Refusing:
    """A mail server that says no at one place, to everybody."""

    def __init__(self, **answers):
        self.answers, self.taken = answers, []

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if "mail" in self.answers:
            return self.answers["mail"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if "recipient" in self.answers:
            return self.answers["recipient"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def mail_server(port, **answers):
    sink = Refusing(**answers)
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def greets(port, words):
    """Says `words` to whoever comes, and hangs up."""
    listening = socket.create_server(("127.0.0.1", port))

    def answer():
        while True:
            try:
                caller, _ = listening.accept()
            except OSError:
                return
            caller.sendall(words)
            caller.close()

    threading.Thread(target=answer, daemon=True).start()
    try:
        yield
    finally:
        listening.close()
        with socket.socket() as last:
            last.connect_ex(("127.0.0.1", port))


@contextmanager
def nobody(port):
    yield


def letters(count, **more):
    rows = [Letter(kind=KIND, to=f"p{n}@x.example", **more) for n in range(count)]
    return Letter.objects.bulk_create(rows)


def try_now():
    """The pause until the next try is over."""
    Sending.objects.update(probe_at=timezone.now())
    return deliver_due()


CLOSED = {
    "nobody answers": (nobody, "smtp://127.0.0.1:{port}"),
    "unknown host": (nobody, "smtp://mail.nowhere.invalid:{port}"),
    "busy greeting": (lambda port: greets(port, b"421 4.3.2 Too busy\r\n"), "smtp://127.0.0.1:{port}"),
    "unwanted": (lambda port: greets(port, b"554 5.7.1 Go away\r\n"), "smtp://127.0.0.1:{port}"),
    "wrong password": (mail_server, "smtp://us:wrong@127.0.0.1:{port}"),
    "no TLS there": (mail_server, "smtps://127.0.0.1:{port}"),
    "sender refused": (lambda port: mail_server(port, mail="451 4.7.1 Not now"), "smtp://127.0.0.1:{port}"),
    "sender unknown": (lambda port: mail_server(port, mail="550 5.7.1 Not you"), "smtp://127.0.0.1:{port}"),
    "going down": (lambda port: mail_server(port, recipient="421 4.3.0 Bye"), "smtp://127.0.0.1:{port}"),
}


@pytest.mark.parametrize("why", CLOSED)
def test_while_the_way_out_is_closed_no_letter_spends_a_try_and_then_all_leave(why, settings, free_port):
    server, settings.EMAIL_URL = CLOSED[why][0], CLOSED[why][1].format(port=free_port)
    before = {one.pk: one.due_at for one in letters(20)}
    with server(free_port):
        assert deliver_due() == 20
        assert deliver_due() == 0
        assert [try_now() for _ in range(8)] == [1] * 8
    waiting = Letter.objects.filter(state="queued", attempts=0)
    assert dict(waiting.values_list("pk", "due_at")) == before
    assert "No letter leaves since" in sending_fault()

    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port}"
    with mail_server(free_port) as sink:
        assert (try_now(), sending_fault()) == (1, "")
        assert deliver_due() == 19
        assert sorted(sink.taken) == sorted(f"p{n}@x.example" for n in range(20))
    assert Letter.objects.filter(state="sent").count() == 20


def test_of_many_workers_one_tries(settings, free_port):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port}"
    letters(3)
    deliver_due()
    Sending.objects.update(probe_at=timezone.now())
    assert sorted(all_at_once(*[lambda: letters_that_may_leave(100)] * 8)) == [(0, True)] * 7 + [(1, True)]


def test_without_a_letter_to_try_with_the_next_one_need_not_wait(settings, free_port):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port}"
    letters(1)
    deliver_due()
    Letter.objects.all().delete()
    assert try_now() == 0
    letters(1)
    assert deliver_due() == 1


def test_a_closed_way_spends_nothing_of_the_days_letters(settings, free_port):
    settings.EMAIL_URL, settings.MAIL_DAILY_LIMIT = f"smtp://127.0.0.1:{free_port}", 5
    letters(5, organization_id=NORDLICHT, bulk=True)
    deliver_due()
    assert [try_now() for _ in range(6)] == [1] * 6
    with mail_server(free_port):
        assert (try_now(), deliver_due()) == (1, 4)
    assert Allowance.objects.get().sent == 5


def test_one_mailbox_that_is_busy_holds_up_nobody_else(settings, free_port):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port}"
    letters(2)
    with mail_server(free_port, recipient="451 4.7.1 Greylisted"):
        assert deliver_due() == 2
    assert sending_fault() == ""
    soon = timezone.now() + timedelta(seconds=10)
    assert Letter.objects.filter(state="queued", attempts=1, due_at__lt=soon).count() == 2


@pytest.mark.parametrize(("days", "state"), [(4, "queued"), (6, "failed")])
def test_a_letter_is_offered_for_five_days(settings, free_port, days, state):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port}"
    letters(1, bulk=True, attempts=20, queued_at=timezone.now() - timedelta(days=days))
    with mail_server(free_port, recipient="451 4.7.1 Greylisted"):
        deliver_due()
    letter = Letter.objects.get()
    assert (letter.state, letter.error) == (state, "451 4.7.1 Greylisted")


def test_a_letter_that_would_come_too_late_is_given_up(settings, free_port):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port}"
    letters(1, good_until=timezone.now() - timedelta(minutes=1))
    letters(1, good_until=timezone.now() + timedelta(minutes=1))
    with mail_server(free_port) as sink:
        deliver_due()
    assert len(sink.taken) == 1
    assert Letter.objects.get(state="failed").error == delivery.TOO_LATE


def test_a_way_that_is_closed_for_days_gives_up_what_was_due_as_long(settings, free_port):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port}"
    old, young = timezone.now() - timedelta(days=6), timezone.now() - timedelta(days=2)
    letters(2, due_at=old)
    letters(2, due_at=young)
    deliver_due()
    try_now()
    assert not Letter.objects.filter(state="failed").exists()
    Sending.objects.update(closed_since=old)
    try_now()
    assert list(Letter.objects.filter(state="failed").values_list("due_at", flat=True)) == [old] * 2
    assert "refused" in Letter.objects.filter(state="failed").first().error


def test_held_letters_wait_until_they_are_released(settings, free_port):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port}"
    letters(2)
    hold_letters()
    with mail_server(free_port) as sink:
        assert (deliver_due(), sink.taken) == (0, [])
        assert "Letters are held since" in sending_fault()
        release_letters()
        assert deliver_due() == 2


def test_a_restored_copy_sends_nothing_until_it_is_told(settings, free_port):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port}"
    letters(2)
    with mail_server(free_port) as sink:
        deliver_due(1)
        Sending.objects.update(home="where it was dumped")
        assert (deliver_due(), len(sink.taken)) == (0, 1)
        assert "Letters are held since" in sending_fault()
        assert discard_letters() == 1
        release_letters()
        letters(1)
        assert (deliver_due(), len(sink.taken)) == (1, 2)


def test_a_database_has_another_name_than_its_copy(tmp_path):
    if connection.vendor == "postgresql":
        kind, cluster, number = sending.this_database().split(":")
        assert (kind, bool(cluster), int(number) > 0) == ("postgresql", True, True)
    else:
        assert sending.this_database().startswith("sqlite")
