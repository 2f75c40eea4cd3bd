"""Ada is reminded after 3 and after 7 days, unless she answers; nobody is reminded twice of the same."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matricula.invitations import reminders
from matricula.invitations.invitations import invite_person, revoke_invitation, send_invitation_again
from matricula.invitations.models import Invitation
from matricula.invitations.reminders import send_reminders
from matricula.joining.errors import LinkRefused
from matricula.joining.links import open_link
from matricula.joining.tests.test_races import all_at_once
from matricula.mail.delivery import deliver_due, note_bounced
from matricula.mail.models import InboxLetter, Letter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TIMES = ("created_at", "sent_at", "remind_at", "expires_at")


@pytest.fixture
def reminds(program):
    program.reminds = True
    program.save()
    return program


@pytest.fixture
def sent(reminds, invitation):
    """Ada's first letter has arrived."""
    deliver_due()
    invitation.refresh_from_db()
    return invitation


def pass_days(days):
    """Everything of invitations and letters happened so much longer ago."""
    span = timedelta(days=days)
    for one in Invitation.objects.all():
        moved = {name: getattr(one, name) - span for name in TIMES if getattr(one, name)}
        Invitation.objects.filter(pk=one.pk).update(**moved)
    for letter in Letter.objects.all():
        Letter.objects.filter(pk=letter.pk).update(queued_at=letter.queued_at - span)


def reminded():
    """Perform what is due; how many reminders have arrived by now."""
    send_reminders()
    deliver_due()
    return InboxLetter.objects.filter(letter__kind="invitations.reminder").count()


def test_a5_ada_is_reminded_after_three_and_after_seven_days_and_then_no_more(sent):
    found = []
    for _ in range(20):
        pass_days(1)
        found.append(reminded())
    assert found == [0, 0, 1, 1, 1, 1, 2, *[2] * 13]


def test_a5_the_reminder_says_so_and_until_when_and_its_link_takes_the_place_of_the_one_before(sent):
    first = InboxLetter.objects.get()
    pass_days(3)
    reminded()
    letter = InboxLetter.objects.latest("id")
    assert letter.subject == "Reminder: Nordlicht Energie invites you to Welcome"
    sent.refresh_from_db()
    until = f"{sent.expires_at.day} {sent.expires_at:%B %Y}"
    for page in (letter.text, letter.html):
        assert "This is a reminder" in page
        assert f"open until {until}" in page
    with pytest.raises(LinkRefused) as refusal:
        open_link(secret_in(first.text))
    assert refusal.value.code == "replaced"
    assert open_link(secret_in(letter.text)).invitation == sent


def secret_in(text):
    return text.split("/join/")[1].split("/")[0]


def test_a_program_that_does_not_want_it_reminds_nobody_until_it_does(program, invitation):
    deliver_due()
    pass_days(5)
    assert reminded() == 0
    program.reminds = True
    program.save()
    assert reminded() == 1


@pytest.mark.parametrize("answer", ["joined", "declined", "revoked", "failed", "expired", "ended"])
def test_who_answered_or_cannot_is_not_reminded(sent, chika, bruno, answer):
    if answer == "joined":
        sent.settle(Invitation.State.JOINED, account=chika)
    elif answer == "declined":
        sent.settle(Invitation.State.DECLINED)
    elif answer == "revoked":
        revoke_invitation(invitation=sent, actor=bruno)
    elif answer == "failed":
        note_bounced(sent.letter, "550 gone")
    elif answer == "expired":
        Invitation.objects.update(expires_at=timezone.now())
    else:
        sent.program.ends_on = timezone.localdate() - timedelta(days=1)
        sent.program.save()
    pass_days(8)
    assert reminded() == 0


def test_an_undelivered_letter_is_not_reminded_of(reminds, invitation):
    pass_days(8)
    send_reminders()
    assert Letter.objects.filter(kind="invitations.reminder").count() == 0


def test_after_a_long_rest_of_the_worker_the_two_reminders_do_not_come_at_once(sent):
    pass_days(9)
    assert [reminded(), reminded()] == [1, 1]
    pass_days(3)
    assert reminded() == 1
    pass_days(1)
    assert reminded() == 2


def test_a_letter_sent_by_hand_moves_the_reminder_on(sent, bruno):
    pass_days(2)
    send_invitation_again(invitation=sent, actor=bruno)
    pass_days(2)
    assert reminded() == 0
    deliver_due()
    pass_days(3)
    assert reminded() == 1


def test_nobody_is_reminded_within_ten_minutes_of_another_letter(sent):
    pass_days(3)
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=9))
    assert reminded() == 0


def test_many_workers_at_once_remind_each_person_once(reminds, bruno):
    for n in range(30):
        invite_person(program=reminds, address=f"p{n}@nordlicht.example", invited_by=bruno)
    deliver_due()
    pass_days(3)
    all_at_once(lambda _: send_reminders(), range(8))
    while send_reminders():
        pass
    assert Letter.objects.filter(kind="invitations.reminder").count() == 30
    assert set(Invitation.objects.values_list("reminders_sent", flat=True)) == {1}


def test_a_step_of_a_worker_that_was_too_slow_reminds_nobody_and_the_next_everybody(sent):
    from matricula.jobs.models import Job
    from matricula.jobs.queue import (
        LeaseLost,
        Performer,
        end_step,
        next_job,
        perform_step,
        schedule_recurring,
    )

    pass_days(3)
    schedule_recurring()
    Job.objects.exclude(kind="invitations.reminders").delete()
    job = next_job()
    end_step(job, True, Performer(lambda _: None, atomic=True))
    with pytest.raises(LeaseLost):
        perform_step(job)
    assert Letter.objects.filter(kind="invitations.reminder").count() == 0
    perform_step(next_job())
    assert Letter.objects.filter(kind="invitations.reminder").count() == 1


def test_reminders_come_in_batches_with_as_many_queries_for_three_as_for_one(reminds, bruno, monkeypatch):
    counts = []
    for people in (1, 3):
        for n in range(people):
            invite_person(program=reminds, address=f"p{people}{n}@nordlicht.example", invited_by=bruno)
        deliver_due()
        pass_days(3)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            send_reminders()
        counts.append(len(queries))
        deliver_due()
    assert counts[0] == counts[1]
    monkeypatch.setattr(reminders, "REMINDERS_AT_ONCE", 2)
    pass_days(4)
    assert [send_reminders(), send_reminders(), send_reminders()] == [True, True, False]


def test_a_full_outbox_is_not_filled_further(sent, monkeypatch):
    from matricula.mail import leases

    pass_days(3)
    monkeypatch.setattr(leases, "AHEAD", 2)
    for n in range(2):
        Letter.objects.create(kind="x", to=f"{n}@n.example", organization_id=sent.organization_id, bulk=True)
    assert send_reminders() is False
    assert Letter.objects.filter(kind="invitations.reminder").count() == 0
    Letter.objects.filter(kind="x").delete()
    assert reminded() == 1


def test_an_old_link_opens_until_the_letter_that_replaces_it_has_left(sent, settings):
    first = InboxLetter.objects.get()
    pass_days(3)
    settings.MAIL_DAILY_LIMIT = 1
    send_reminders()
    deliver_due()
    assert InboxLetter.objects.count() == 1
    assert open_link(secret_in(first.text)).invitation == sent
    settings.MAIL_DAILY_LIMIT = 0
    Letter.objects.filter(state="queued").update(due_at=timezone.now())
    deliver_due()
    with pytest.raises(LinkRefused):
        open_link(secret_in(first.text))


def test_a_second_copy_of_a_letter_leaves_the_first_ones_link_alive(sent):
    first = InboxLetter.objects.get()
    Letter.objects.update(state="sending", leased_until=timezone.now() - timedelta(seconds=1))
    deliver_due()
    second = InboxLetter.objects.get()
    assert first.text != second.text
    for letter in (first, second):
        assert open_link(secret_in(letter.text)).invitation == sent


def test_what_was_looked_at_and_not_reminded_of_is_not_looked_at_again(sent):
    """Else those whose time is over would fill every batch, and nobody after them would be reminded."""
    pass_days(4)
    Invitation.objects.update(remind_at=timezone.now(), expires_at=timezone.now() - timedelta(days=1))
    assert reminded() == 0
    assert not Letter.objects.filter(kind="invitations.reminder").exists()
    assert Invitation.objects.get().remind_at is None
