"""The mailbox that letters come back to, on a real mail server."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due, schedule_recurring
from matricula.mail import bounces
from matricula.mail.bounces import MailboxServer, ReadElsewhere, mailbox_fault, read_some
from matricula.mail.models import Letter, Mailbox
from matricula.mail.signals import letters_ended
from matricula.mail.tests.dovecot import dovecot, mailbox  # noqa: F401 - fixtures
from matricula.mail.tests.returned import holiday_notice, reply, report

pytestmark = pytest.mark.django_db(transaction=True)


def sent_letters(count):
    rows = [Letter(kind="x", to=f"p{n}@n.example", state="sent") for n in range(count)]
    return [one.pk for one in Letter.objects.bulk_create(rows)]


def states():
    return list(Letter.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def news():
    """Of which letters it was said that they bounced."""
    heard = []

    def listen(sender, letters, state, **_):
        heard.extend(one.pk for one in letters if state == "bounced")

    letters_ended.connect(listen)
    yield heard
    letters_ended.disconnect(listen)


def test_what_came_back_bounces_once_and_the_mailbox_stays_as_it_is(mailbox, news):  # noqa: F811
    first, second, third = sent_letters(3)
    mailbox.receive(holiday_notice(first), report(second), reply(third), b"no mail at all")
    before = mailbox.flags()
    server = MailboxServer(mailbox.url)
    assert [read_some(server) for _ in range(3)] == [False] * 3
    assert (states(), news) == (["sent", "bounced", "sent"], [second])
    assert Letter.objects.get(pk=second).error == "550 5.1.1 No such mailbox"
    assert mailbox.flags() == before == [set()] * 4


def test_the_job_reads_what_came_since_again_and_again(mailbox, news):  # noqa: F811
    first, second = sent_letters(2)
    mailbox.receive(report(first))
    schedule_recurring()
    Job.objects.exclude(kind="mail.bounces").delete()
    assert perform_due() == 1
    mailbox.receive(report(first), report(second))
    Job.objects.update(due_at="2026-01-01T00:00:00Z")
    assert perform_due() == 1
    assert news == [first, second]


def test_a_full_mailbox_is_read_in_turns(mailbox, news, monkeypatch):  # noqa: F811
    monkeypatch.setattr(bounces, "BATCH", 4)
    monkeypatch.setattr(bounces, "TOGETHER", 2)
    letters = sent_letters(10)
    mailbox.receive(*map(report, letters))
    server = MailboxServer(mailbox.url)
    assert [read_some(server) for _ in range(3)] == [True, True, False]
    assert news == letters


def test_what_broke_off_in_the_middle_is_read_again_and_nothing_twice(mailbox, monkeypatch):  # noqa: F811
    """The transaction that fails half-way stands for a worker that is killed there."""
    monkeypatch.setattr(bounces, "TOGETHER", 2)
    letters = sent_letters(5)
    mailbox.receive(*map(report, letters))
    server = MailboxServer(mailbox.url)

    def die(sender, letters, state, **_):
        if letters[0].pk == fourth:
            raise KeyboardInterrupt

    fourth = letters[3]
    letters_ended.connect(die)
    try:
        with pytest.raises(KeyboardInterrupt):
            read_some(server)
    finally:
        letters_ended.disconnect(die)
    assert states() == ["bounced", "bounced", "sent", "sent", "sent"]
    read_some(server)
    assert states() == ["bounced"] * 5


def test_two_workers_at_once_bounce_each_letter_once(mailbox, news):  # noqa: F811
    letters = sent_letters(30)
    mailbox.receive(*map(report, letters))
    barrier = Barrier(4)

    def work(_):
        barrier.wait()
        try:
            return read_some(MailboxServer(mailbox.url))
        except ReadElsewhere as elsewhere:
            return elsewhere
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    read_some(MailboxServer(mailbox.url))
    assert sorted(news) == letters


def test_a_mailbox_that_was_made_anew_is_read_from_its_beginning(mailbox):  # noqa: F811
    (letter,) = sent_letters(1)
    server = MailboxServer(mailbox.url)
    read_some(server)
    Mailbox.objects.update(uid=1_000_000, uid_validity=1)
    mailbox.receive(report(letter))
    read_some(server)
    assert states() == ["bounced"]


def test_a_message_of_many_megabytes_is_fetched_to_the_limit(mailbox):  # noqa: F811
    (letter,) = sent_letters(1)
    mailbox.receive(report(letter) + b"x" * 8_000_000)
    read_some(MailboxServer(mailbox.url))
    assert states() == ["bounced"]


def test_a_wrong_password_is_told_without_it(mailbox):  # noqa: F811
    wrong = mailbox.url.replace(":secret@", ":wrong%40word@")
    said = mailbox_fault(wrong)
    assert "Authentication failed" in said
    assert "wrong" not in said
    assert mailbox_fault(mailbox.url) == ""


def test_without_a_mailbox_nothing_is_read(settings):
    settings.BOUNCE_MAILBOX = ""
    schedule_recurring()
    Job.objects.exclude(kind="mail.bounces").delete()
    assert perform_due() == 1
    assert (Job.objects.get().error, Mailbox.objects.count()) == ("", 0)
