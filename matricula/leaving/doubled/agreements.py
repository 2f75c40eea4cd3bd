"""Which of two entries stays when somebody combines whom an organization lists twice: it decides that itself.

By default it is asked; it may leave the choice to the person, or never allow it. Whoever asks has shown that
both accounts are theirs; what was agreed to holds for thirty days, for these two entries.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.leaving.doubled.namesakes import pair_key
from matricula.leaving.errors import EntriesAnswered, EntriesAsked
from matricula.leaving.models import EntryRequest
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Organization
from matricula.organizations.ownership import administering_roles, hold_organization, write_to_holders

ASKED, ANSWERED = "leaving.entries_asked", "leaving.entries_answered"
GOOD_FOR = timedelta(days=30)
AGAIN_AFTER = timedelta(days=7)
"""Who was answered no may ask again."""
Doubling = Organization.DoubledEntries


@dataclass(frozen=True)
class Doubled:
    """Two live entries of one organization: of the account that is kept, and of the one given up."""

    organization: Organization
    kept: Affiliation
    given_up: Affiliation

    @property
    def both(self) -> tuple[Affiliation, Affiliation]:
        return self.kept, self.given_up

    @cached_property
    def request(self) -> EntryRequest | None:
        """The newest about these two entries, whichever account is kept."""
        one, other = pair_key(self.kept.pk, self.given_up.pk)
        return EntryRequest.objects.filter(one=one, other=other).order_by("-pk").first()

    def staying(self, chosen: Collection[int] = ()) -> Affiliation | None:
        """The entry whose work e-mail stays; None while the organization has not agreed."""
        asked_for = self.organization.doubled_entries
        if asked_for == Doubling.ALLOW:
            return self.given_up if self.given_up.pk in chosen and self.kept.pk not in chosen else self.kept
        if asked_for == Doubling.NEVER or self.request is None or not self.request.is_good:
            return None
        return next((one for one in self.both if one.pk == self.request.stays_id), None)

    @property
    def may_be_asked_from(self) -> datetime | None:
        """When the person may ask; None while a request waits."""
        if self.request is None or self.request.answer == EntryRequest.Answer.YES:
            return timezone.now()
        return self.request.answered_at + AGAIN_AFTER if self.request.answered_at else None


def doubled_entries(*, kept: int, given_up: int) -> list[Doubled]:
    """By the name of the organization."""
    ties = Affiliation.objects.live().filter(account__in=(kept, given_up)).select_related("organization")
    found: dict[int, dict[int, Affiliation]] = defaultdict(dict)
    for one in ties.order_by("organization__name", "organization", "pk"):
        found[one.organization_id][one.account_id] = one
    return [
        Doubled(both[kept].organization, both[kept], both[given_up])
        for both in found.values()
        if len(both) == 2
    ]


def staying_entries(found: Iterable[Doubled], chosen: Collection[int]) -> list[int]:
    """Of each doubled pair the entry (id) whose work e-mail stays, as far as it is agreed."""
    return [one.pk for one in (each.staying(chosen) for each in found) if one]


@transaction.atomic
def ask_which_entry(*, doubled: Doubled, asked_by: Account) -> EntryRequest:
    """The row, the audit line and the letters. Raises EntriesAsked where it is not to be asked now."""
    hold_organization(doubled.organization.pk)
    organization = Organization.objects.get(pk=doubled.organization.pk)
    now = Doubled(organization, doubled.kept, doubled.given_up)
    due = now.may_be_asked_from
    live = Affiliation.objects.live().filter(pk__in=[one.pk for one in now.both]).count() == 2
    if organization.doubled_entries != Doubling.ASK or due is None or due > timezone.now() or not live:
        raise EntriesAsked
    one, other = pair_key(now.kept.pk, now.given_up.pk)
    made = EntryRequest.objects.create(
        organization=organization, one_id=one, other_id=other, asked_by=asked_by
    )
    told = {"address": " / ".join(each.work_email for each in now.both)}
    record(
        "affiliation.combining_asked", actor=asked_by, organization=organization, subject=now.kept, after=told
    )
    write_to_holders(administering_roles(organization.pk), kind=ASKED, reference=made.pk)
    return made


@transaction.atomic
def answer_which_entry(*, request: EntryRequest, stays: Affiliation | None, actor: Account) -> None:
    """`stays` is one of the two, or None for no. The person is told by letter. Once: of two administrators
    who answer, the first counts, for the organization is held. Raises EntriesAnswered."""
    hold_organization(request.organization_id)
    ties = list(Affiliation.objects.locked(organization_id=request.organization_id, pk=request.one_id))
    ties += list(Affiliation.objects.locked(organization_id=request.organization_id, pk=request.other_id))
    now = timezone.now()
    answer = EntryRequest.Answer.YES if stays else EntryRequest.Answer.NO
    rows = EntryRequest.objects.filter(pk=request.pk, answer="") if len(ties) == 2 else None
    if rows is None or not rows.update(
        answer=answer,
        stays=stays,
        answered_by=actor,
        answered_at=now,
        good_until=now + GOOD_FOR if stays else None,
    ):
        raise EntriesAnswered
    record(
        "affiliation.combining_answered",
        actor=actor,
        organization=request.organization_id,
        subject=ties[0],
        after={"state": answer.value, "address": stays.work_email if stays else ""},
    )
    write_to_person(request)


def write_to_person(request: EntryRequest) -> None:
    """At the primary address of the account they asked with: nothing of it is the organization's."""
    account = request.asked_by
    primary = account.primary_address if account and account.is_active else None
    if account and primary:
        Letter.objects.create(
            kind=ANSWERED, to=primary.address, language=account.language, reference=request.pk
        )
