"""Mailboxes that a company reads, or may hand to somebody else: no proof of the person for good."""

from collections.abc import Iterable

from matricula.accounts.models import Account
from matricula.organizations.models import Affiliation, Domain


def work_emails(accounts: Iterable[Account] | Iterable[int], canonicals: Iterable[str]) -> set[str]:
    """Those of `canonicals` by which an organization names one of `accounts`, or whose domain it proved."""
    asked = set(canonicals)
    named = Affiliation.objects.filter(account__in=accounts, canonical__in=asked)
    domains = Domain.objects.proven().filter(name__in={one.rpartition("@")[2] for one in asked})
    proven = set(domains.values_list("name", flat=True))
    of_domain = {one for one in asked if one.rpartition("@")[2] in proven}
    return set(named.values_list("canonical", flat=True)) | of_domain
