"""Bruno writes again to everybody who has not answered; the worker does it, some at a time."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matricula.invitations import rounds
from matricula.invitations.errors import LetterJustSent
from matricula.invitations.invitations import invite_person, send_all_again, send_invitation_again
from matricula.invitations.models import Invitation, Round
from matricula.invitations.rounds import round_progress, write_rounds
from matricula.joining.tests.test_races import all_at_once
from matricula.mail import leases
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
INVITATIONS = "/console/nordlicht/invitations/"


@pytest.fixture
def crowd(program, bruno):
    """Seven who were written to an hour ago."""
    made = [
        invite_person(program=program, address=f"p{n}@nordlicht.example", invited_by=bruno) for n in range(7)
    ]
    an_hour_passes()
    return made


@pytest.fixture
def administers(client, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)


def an_hour_passes():
    Letter.objects.update(queued_at=timezone.now() - timedelta(hours=1))


def letters():
    return Letter.objects.filter(queued_at__gt=timezone.now() - timedelta(minutes=10)).count()


def work():
    while write_rounds():
        pass


def test_a5_everybody_who_has_not_answered_gets_one_letter_in_batches(program, bruno, crowd, monkeypatch):
    monkeypatch.setattr(rounds, "BATCH", 3)
    crowd[0].settle(Invitation.State.DECLINED)
    assert (send_all_again(program=program, actor=bruno), letters()) == (6, 0)
    steps = []
    while write_rounds():
        steps.append(letters())
    assert steps == [2, 5, 6]
    done = Round.objects.get()
    assert (done.written, done.ended_at is not None) == (6, True)


def test_who_answers_or_is_written_to_meanwhile_is_left_out(program, bruno, crowd):
    send_all_again(program=program, actor=bruno)
    crowd[0].settle(Invitation.State.DECLINED)
    send_invitation_again(invitation=crowd[1], actor=bruno)
    late = invite_person(program=program, address="late@nordlicht.example", invited_by=bruno)
    work()
    assert Round.objects.get().written == 5
    assert Letter.objects.filter(reference=crowd[0].pk).count() == 1
    assert Letter.objects.filter(reference=crowd[1].pk).count() == 2
    assert Letter.objects.filter(reference=late.pk).count() == 1


def test_two_administrators_who_press_at_once_start_one_round(program, bruno, crowd):
    pressed = all_at_once(lambda _: send_all_again(program=program, actor=bruno), range(8))
    assert sorted(pressed) == [0] * 7 + [7]
    all_at_once(lambda _: write_rounds(), range(4))
    work()
    assert (letters(), Round.objects.get().written) == (7, 7)


def test_a5_two_administrators_press_send_again_at_once_and_one_letter_goes(bruno, chika, crowd):
    ada = crowd[0]

    def press(actor):
        return send_invitation_again(invitation=Invitation.objects.get(pk=ada.pk), actor=actor)

    pressed = all_at_once(press, [bruno, chika] * 10)
    assert [type(one) for one in pressed].count(LetterJustSent) == 19
    assert Letter.objects.filter(reference=ada.pk).count() == 2


def test_a5_one_person_is_written_to_while_the_round_reaches_them_and_gets_one_letter(program, bruno, crowd):
    send_all_again(program=program, actor=bruno)

    def press(invitation):
        if invitation is None:
            return write_rounds()
        return send_invitation_again(invitation=Invitation.objects.get(pk=invitation.pk), actor=bruno)

    all_at_once(press, [*crowd, None, None])
    work()
    assert letters() == 7


def test_the_step_asks_the_database_as_often_for_seven_as_for_one(program, bruno, crowd):
    counts = []
    for people in (Invitation.objects.filter(pk=crowd[0].pk), Invitation.objects.exclude(pk=crowd[0].pk)):
        last = people.order_by("-pk").first().pk
        Round.objects.create(program=program, expected=1, last=last, reached=last - people.count())
        with CaptureQueriesContext(connection) as queries:
            write_rounds()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_full_outbox_is_waited_for_so_that_old_links_live_until_their_letter_can_leave(
    program, bruno, crowd, monkeypatch
):
    monkeypatch.setattr(rounds, "BATCH", 3)
    deliver_due()
    monkeypatch.setattr(leases, "AHEAD", 3)
    send_all_again(program=program, actor=bruno)
    work()
    assert Round.objects.get().written == 3
    for _ in range(3):
        deliver_due()
        work()
    assert (Round.objects.get().written, InboxLetter.objects.count()) == (7, 14)


def test_the_page_shows_how_far_it_is_and_then_what_was_done(client, administers, organization, crowd):
    client.post(f"{INVITATIONS}letters/")
    page = client.get(INVITATIONS).content.decode()
    assert "Writing again to everybody who has not answered" in page
    assert 'max="7" value="0"' in page
    assert 'hx-trigger="every 3s"' in page
    work()
    page = client.get(INVITATIONS).content.decode()
    assert "7 people were written to again." in page
    assert "every 3s" not in page
    Round.objects.update(ended_at=timezone.now() - timedelta(hours=2))
    assert round_progress(organization) is None
    again = client.post(f"{INVITATIONS}letters/", follow=True).content.decode()
    assert "There is nobody to write to" in again


def test_the_page_says_how_many_letters_wait_until_tomorrow(client, administers, program, bruno, settings):
    settings.MAIL_DAILY_LIMIT = 2
    for n in range(5):
        invite_person(program=program, address=f"p{n}@nordlicht.example", invited_by=bruno)
    deliver_due()
    page = client.get(INVITATIONS).content.decode()
    assert "3 letters wait until tomorrow" in page
    assert "sends 2 letters a day" in page


def test_another_organizations_round_is_not_shown(client, administers, program, bruno, crowd):
    from matricula.organizations.models import Organization

    other = Organization.objects.create(slug="other", name="Other")
    send_all_again(program=program, actor=bruno)
    assert round_progress(other) is None
