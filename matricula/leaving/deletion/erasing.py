"""When nothing can be taken back any more: what was learned goes, in batches, and a row without a name stays.

Each batch is a transaction of its own, and what is left says where to go on: whoever is killed is followed by
the next who looks.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from matricula.accounts.combined_accounts import accounts_of_person
from matricula.accounts.mailboxes import hold_account
from matricula.accounts.models import Account, RecoveryCode, SecondFactor
from matricula.audit.models import record
from matricula.credentials.withdrawal import forget_certificates
from matricula.identities.models import CompanySession, Identity
from matricula.joining.models import Arrival
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.leaving.combining.address_lines import ADDRESSES
from matricula.leaving.models import Combining, CombiningLine, Deletion, DeletionLine, ReleasedAddress
from matricula.mail.models import InboxLetter, Letter
from matricula.programs.models import Membership

NAME = "Deleted account"
"""What everybody reads of it from then on."""
AT_ONCE = 1_000
Accounts = set[int]
Groups = Membership.groups.through


@transaction.atomic
def erase_some() -> bool:
    """A batch of one deletion. True when more may be left, of it or of others."""
    due = Deletion.objects.due().select_related("account").order_by("take_until", "pk")
    deletion = due.first()
    if deletion is None:
        return False
    hold_account(deletion.account_id)
    # Whoever takes it back holds the account, too: from here on it is one or the other.
    if (
        not Deletion.objects.due()
        .filter(pk=deletion.pk)
        .update(erasing_at=deletion.erasing_at or timezone.now())
    ):
        return True
    accounts = accounts_of_person(deletion.account)
    if not any(stage(accounts) for stage in STAGES):
        finish_erasing(deletion, accounts)
    return True


def some_of(rows: "QuerySet[Any]") -> int:
    """A batch of `rows` goes; how many."""
    some = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    if some:
        rows.model._default_manager.filter(pk__in=some).delete()
    return len(some)


def forget_rows(model: Any, path: str, **more: Any) -> Callable[[Accounts], int]:
    return lambda accounts: some_of(model.objects.filter(**{f"{path}__in": accounts}, **more))


def forget_identities(accounts: Accounts) -> int:
    """But for those that a company ended: whom it keeps out it keeps out."""
    rows = Identity.objects.filter(account__in=accounts)
    return some_of(rows.exclude(ended_by=Identity.EndedBy.COMPANY))


def empty_lines(model: type[CombiningLine] | type[DeletionLine], path: str) -> Callable[[Accounts], int]:
    def emptied(accounts: Accounts) -> int:
        rows = model.objects.filter(**{f"{path}__in": accounts}).exclude(before={}, after={})
        some = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
        return model.objects.filter(pk__in=some).update(before={}, after={}) if some else 0

    return emptied


def empty_letters(accounts: Accounts) -> int:
    """Personal ones, sent to addresses of the account before it was deleted, and those about the deletion.
    What a company wrote is the company's."""
    deletions = Deletion.objects.standing().filter(account__in=accounts)
    some: list[int] = []
    for pk, made_at in deletions.values_list("pk", "made_at"):
        lines = DeletionLine.objects.filter(deletion=pk, table_name=ADDRESSES).values_list(
            "before", flat=True
        )
        addresses = {one["address"] for one in lines if one.get("address")}
        before = Q(to__in=addresses, queued_at__lte=made_at)
        about = Q(kind__startswith="leaving.deletion", reference=pk)
        own = Letter.objects.filter(before | about, organization_id__isnull=True, ended_at__isnull=False)
        some += own.exclude(to="").order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    InboxLetter.objects.filter(letter__in=some).delete()
    return Letter.objects.filter(pk__in=some).update(to="", context={}, error="") if some else 0


STAGES: tuple[Callable[[Accounts], int], ...] = (
    forget_certificates,  # before what they were issued for: that protects them
    forget_rows(SpecializationEnrolment, "account"),
    forget_rows(Progress, "enrolment__account"),
    forget_rows(Enrolment, "account"),
    forget_rows(Groups, "membership__account"),
    forget_rows(CompanySession, "account"),
    forget_identities,
    forget_rows(Arrival, "account"),
    forget_rows(RecoveryCode, "account"),
    forget_rows(SecondFactor, "account"),
    forget_rows(ReleasedAddress, "deletion__account"),
    empty_letters,  # before the lines: these say which addresses they went to
    empty_lines(CombiningLine, "combining__kept"),
    empty_lines(CombiningLine, "combining__given_up"),
    empty_lines(DeletionLine, "deletion__account"),
)
"""In this order, each until nothing of it is left."""


def finish_erasing(deletion: Deletion, accounts: Accounts) -> None:
    """The rows stay as stones: audit logs, courses and invitations name them."""
    Account.objects.filter(pk__in=accounts).update(
        full_name=NAME, certificate_name="", language="en", password=make_password(None), vouched_at=None
    )
    of_person = Q(kept__in=accounts) | Q(given_up__in=accounts)
    Combining.objects.filter(of_person).update(proofs={}, network="", browser="")
    Deletion.objects.filter(account__in=accounts).update(network="", browser="")
    Deletion.objects.filter(pk=deletion.pk).update(erased_at=timezone.now())
    record("accounts.erased", subject=deletion)
