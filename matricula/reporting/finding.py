"""Finding people: members by name or work e-mail, program, group and state."""

from collections.abc import Mapping

from django.db.models import Q, QuerySet

from matricula.accounts.models import Account
from matricula.organizations.models import Affiliation, Role
from matricula.programs.models import Membership

SHORTEST_SUBSTRING = 3


def matching_members(role: Role, asked: Mapping[str, str]) -> QuerySet[Membership]:
    """`asked`: q, program (public id), group (id), state. Personal addresses are nobody's business here."""
    rows = Membership.objects.shown_to(role).select_related("account", "program")
    if asked.get("program"):
        rows = rows.filter(program__public_id=asked["program"])
    if asked.get("group", "").isdigit():
        rows = rows.filter(groups=int(asked["group"]))
    if asked.get("state") in Membership.State.values:
        rows = rows.filter(state=asked["state"])
    for word in asked.get("q", "").lower().split():
        rows = rows.filter(account__in=spelled_like(role.organization_id, word))
    return rows


def spelled_like(organization: int, word: str) -> "QuerySet[Account, int]":
    """Ids of accounts, each found by an index of its own."""
    ties = Affiliation.objects.filter(organization=organization)
    if len(word) < SHORTEST_SUBSTRING:
        names, ties = (
            Account.objects.filter(full_name__istartswith=word),
            ties.filter(canonical__startswith=word),
        )
    else:
        names, ties = Account.objects.filter(full_name__icontains=word), ties.filter(canonical__contains=word)
    found: QuerySet[Account, int] = names.values_list("pk", flat=True).union(
        ties.values_list("account_id", flat=True)
    )
    return found


def work_emails(organization: int, memberships: list[Membership]) -> dict[int, str]:
    """By account. The newest tie, live or ended."""
    ties = Affiliation.objects.filter(
        Q(organization=organization), account__in=[one.account_id for one in memberships]
    )
    return dict(ties.order_by("pk").values_list("account_id", "work_email"))
