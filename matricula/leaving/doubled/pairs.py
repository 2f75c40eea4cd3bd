"""What administrators say of two entries with one name: that they are two people; or they have it asked.

Never that they are one: only the person can say that, and combines by themselves.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.queries import insert_once
from matricula.leaving.doubled.namesakes import pair_key
from matricula.leaving.errors import SuggestedLately
from matricula.leaving.models import EntryPair
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation

SUGGESTED = "leaving.suggested"
TWO_PEOPLE, UNDECIDED = "affiliation.called_two_people", "affiliation.called_undecided"
COMBINING_SUGGESTED = "affiliation.combining_suggested"
OF_TWO_ENTRIES = (TWO_PEOPLE, UNDECIDED, COMBINING_SUGGESTED)
"""Verbs of the audit log: what was said about an entry and another one, maybe another person's."""
WEEK = timedelta(days=7)
"""Between two letters about one pair."""


def pair_row(one: Affiliation, other: Affiliation) -> EntryPair:
    """Two who ask at once get the same row."""
    first, second = pair_key(one.pk, other.pk)
    insert_once(EntryPair(organization_id=one.organization_id, one_id=first, other_id=second))
    return EntryPair.objects.get(one=first, other=second)


@transaction.atomic
def say_two_people(*, one: Affiliation, other: Affiliation, actor: Account) -> bool:
    """False when somebody said so before."""
    rows = EntryPair.objects.filter(pk=pair_row(one, other).pk, two_people_since__isnull=True)
    if not rows.update(two_people_since=timezone.now()):
        return False
    record_pair(TWO_PEOPLE, one, other, actor)
    return True


@transaction.atomic
def take_word_back(*, one: Affiliation, other: Affiliation, actor: Account) -> bool:
    """False when nobody had said that they are two people."""
    first, second = pair_key(one.pk, other.pk)
    rows = EntryPair.objects.filter(one=first, other=second, two_people_since__isnull=False)
    if not rows.update(two_people_since=None):
        return False
    record_pair(UNDECIDED, one, other, actor)
    return True


@transaction.atomic
def suggest_combining(*, one: Affiliation, other: Affiliation, actor: Account) -> None:
    """A letter to the work e-mail of each. Raises SuggestedLately."""
    pair, now = pair_row(one, other), timezone.now()
    due = Q(suggested_at__isnull=True) | Q(suggested_at__lte=now - WEEK)
    if not EntryPair.objects.filter(due, pk=pair.pk, two_people_since__isnull=True).update(suggested_at=now):
        raise SuggestedLately
    record_pair(COMBINING_SUGGESTED, one, other, actor)
    Letter.objects.bulk_create(
        Letter(
            kind=SUGGESTED,
            to=tie.work_email,
            language=tie.account.language,
            reference=pair.pk,
            context={"entry": tie.pk},
        )
        for tie in (one, other)
    )


def record_pair(verb: str, one: Affiliation, other: Affiliation, actor: Account) -> None:
    """In the audit log: about the one entry. The other person's work e-mail stands under a name of its own,
    which no words tell: whoever the line is about may be somebody else."""
    told = {"address": one.work_email, "other_entry": other.pk, "other_work_email": other.work_email}
    record(verb, actor=actor, organization=one.organization_id, subject=one, after=told)
