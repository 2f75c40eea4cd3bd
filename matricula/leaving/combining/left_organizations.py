"""Organizations that have somebody no longer, once a deed was taken back: what ends with a tie ends here."""

from typing import Any

from django.db.models import QuerySet

from matricula.accounts.mailboxes import give_up_mailboxes, unprove_address
from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.leaving.combining.lines import MOVED, SET_ASIDE
from matricula.leaving.combining.program_lines import MEMBERS
from matricula.leaving.combining.reading_back import OVER, TAKEN
from matricula.leaving.combining.tie_lines import TIES
from matricula.organizations.models import Affiliation, Organization
from matricula.programs.departure import leave_organization
from matricula.programs.models import Membership


def remove_as_well(lines: "QuerySet[Any]") -> None:
    """Whoever was removed as the account kept is removed as the other one too, since the same moment."""
    over = lines.filter(table_name=MEMBERS, act=SET_ASIDE, why=OVER).values_list("row_id", "counterpart")
    removed = dict(over)
    since = dict(Membership.objects.filter(pk__in=removed.values()).values_list("pk", "left_at"))
    state = Membership.State.REMOVED
    for one in Membership.objects.filter(pk__in=removed).order_by("pk"):
        Membership.objects.filter(pk=one.pk).update(state=state, left_at=since[removed[one.pk]])
        after = {"state": state.value}
        record("membership.ended", actor=None, organization=one.organization_id, subject=one, after=after)


def leave_what_does_not_come_back(lines: "QuerySet[Any]") -> None:
    """Where a tie did not come back, what was a way in because of it ends by the rule of leaving. Call it
    with the accounts held."""
    hand_over_mailboxes(lines)
    rows = lines.filter(table_name=TIES).exclude(act=MOVED).values_list("row_id", flat=True)
    ended = Affiliation.objects.filter(pk__in=list(rows), ended_at__isnull=False)
    for one in ended.select_related("account").order_by("organization", "pk"):
        live = Affiliation.objects.live().filter(account=one.account, organization=one.organization_id)
        if one.account.is_active and not live.exists():
            organization = Organization.objects.get(pk=one.organization_id)
            leave_organization(organization=organization, account=one.account, actor=None)


def hand_over_mailboxes(lines: "QuerySet[Any]") -> None:
    """A work e-mail by which its organization knows somebody else now has no power, and none for some days:
    another person reads it."""
    for line in lines.filter(table_name=TIES, why=TAKEN).order_by("pk"):
        tie = Affiliation.objects.select_related("account", "organization").get(pk=line.row_id)
        mailboxes = {tie.canonical, str(line.before.get("canonical", ""))} - live_names(tie.account)
        rows = tie.account.addresses.filter(canonical__in=mailboxes)
        own = tie.account.addresses.ways_in().exclude(canonical__in=mailboxes)
        if not own.exists():
            unprove_address(rows)
        give_up_mailboxes(account=tie.account, mailboxes=mailboxes, zone=tie.organization.time_zone)


def live_names(account: Account) -> set[str]:
    return set(Affiliation.objects.live().filter(account=account).values_list("canonical", flat=True))
