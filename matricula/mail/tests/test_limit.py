"""An organization's letters of a day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.mail.leases import lease_letters, letters_promised, waiting_until_tomorrow
from matricula.mail.models import Allowance, Letter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
NORDLICHT, OTHER = 1, 2


def letters(count, organization):
    for number in range(count):
        Letter.objects.create(
            kind="k", to=f"p{number}@x.example", organization_id=organization, bulk=organization is not None
        )


def test_invitation_spam_letters_beyond_the_daily_limit_wait_until_tomorrow(settings):
    settings.MAIL_DAILY_LIMIT = 3
    letters(5, NORDLICHT)
    letters(2, OTHER)
    letters(4, None)
    taken = [one.organization_id for one in lease_letters(100)]
    assert (taken.count(NORDLICHT), taken.count(OTHER), taken.count(None)) == (3, 2, 4)
    assert (waiting_until_tomorrow(NORDLICHT), waiting_until_tomorrow(OTHER)) == (2, 0)
    assert lease_letters(100) == []
    Letter.objects.filter(state="queued").update(due_at=timezone.now())
    Allowance.objects.update(day=timezone.now().date() - timedelta(days=1))
    assert len(lease_letters(100)) == 2


def test_the_limit_holds_over_several_batches(settings):
    settings.MAIL_DAILY_LIMIT = 3
    letters(5, NORDLICHT)
    assert [len(lease_letters(2)) for _ in range(3)] == [2, 1, 0]


def test_a_second_attempt_is_not_counted_again(settings):
    settings.MAIL_DAILY_LIMIT = 1
    letters(1, NORDLICHT)
    assert len(lease_letters(1)) == 1
    Letter.objects.update(state="queued")
    assert len(lease_letters(1)) == 1


def test_a_second_attempt_beside_a_new_letter_takes_none_of_its_place(settings):
    settings.MAIL_DAILY_LIMIT = 2
    letters(1, NORDLICHT)
    lease_letters(1)
    Letter.objects.update(state="queued")
    letters(2, NORDLICHT)
    assert len(lease_letters(10)) == 2
    assert (waiting_until_tomorrow(NORDLICHT), Allowance.objects.get().sent) == (1, 2)


def test_somebody_who_waits_for_a_code_is_served_before_the_many():
    letters(3, NORDLICHT)
    letters(1, None)
    assert [one.organization_id for one in lease_letters(2)] == [None, NORDLICHT]


def test_a_letter_is_promised_for_tomorrow_once_todays_limit_is_reached(settings):
    settings.MAIL_DAILY_LIMIT = 1_000
    spent = Allowance.objects.create(organization_id=NORDLICHT, day=timezone.now().date(), sent=999)
    assert letters_promised("It is on its way.", NORDLICHT) == "It is on its way."
    Allowance.objects.filter(pk=spent.pk).update(sent=1_000)
    assert letters_promised("It is on its way.", OTHER) == "It is on its way."
    assert letters_promised("It is on its way.", NORDLICHT) == (
        "It is on its way. Today's limit of letters (1,000) is reached: it goes on after midnight (UTC)."
    )
