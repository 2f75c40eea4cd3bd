"""Whether an account may be somebody else's since a short time ago, as its owner may not have read yet: what
cannot be mended by changing a password waits then, and mailboxes that were its owner's are told as well."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import Entry
from matricula.leaving.work_emails import work_emails
from matricula.mail.addresses import canonical

WAIT = timedelta(hours=72)
REMOVED, RESET = "address.removed", "password.reset"
CHANGED_HANDS = ("address.made_primary", REMOVED, RESET, "second_factor.lifted", "second_factor.removed")


def waits_until(account: Account, sure_since: datetime | None) -> datetime | None:
    """72 hours after it may have changed hands; None where nothing waits, or where a second factor was shown
    that the account has had for longer: since `sure_since`."""
    since = timezone.now() - WAIT
    if sure_since and sure_since < since:
        return None
    changed = changed_hands(account, since)
    return changed + WAIT if changed else None


def changed_hands(account: Account, since: datetime) -> datetime | None:
    """When it last may have. A password that was reset by a personal address says nothing against it, nor
    does an address taken off that nobody had confirmed."""
    own = Q(actor=account) | Q(subject_id=account.pk, subject_type="accounts.account")
    listed = list(account.addresses.values_list("pk", flat=True))
    own |= Q(subject_id__in=listed, subject_type="accounts.emailaddress")
    lines = Entry.objects.filter(own, verb__in=CHANGED_HANDS, at__gt=since)
    found = list(lines.values_list("verb", "before", "after", "at"))
    named = {after.get("address", "") for verb, _before, after, _at in found if verb == RESET}
    work = work_emails([account], named)
    return max((at for verb, before, after, at in found if counts(verb, before, after, work)), default=None)


def counts(verb: str, before: dict[str, object], after: dict[str, object], work: set[str]) -> bool:
    if verb == RESET:
        return after.get("address") in work
    return verb != REMOVED or bool(before.get("confirmed"))


def removed_lately(accounts: Collection[int]) -> dict[int, dict[str, bool]]:
    """By account: confirmed addresses that were taken off it within those 72 hours and that it does not list
    again, each with whether it logged in."""
    lines = Entry.objects.filter(verb=REMOVED, actor__in=accounts, at__gt=timezone.now() - WAIT)
    found: dict[int, dict[str, bool]] = {one: {} for one in accounts}
    for account, before in lines.order_by("pk").values_list("actor", "before"):
        if before.get("confirmed"):
            found[account][before["address"]] = bool(before.get("signs_in"))
    return {one: not_listed_again(one, addresses) for one, addresses in found.items()}


def not_listed_again(account: int, addresses: dict[str, bool]) -> dict[str, bool]:
    listed = set(Account.objects.filter(pk=account).values_list("addresses__canonical", flat=True))
    return {one: signed_in for one, signed_in in addresses.items() if canonical(one) not in listed}
