"""Whoever is in a program is not invited to it: how members are known, what becomes of invitations to them.

Who invites and who enters hold the account of the person meanwhile (`accounts.mailboxes`): else, on
PostgreSQL, neither would see what the other has not committed, and a member would stay invited.
"""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from matricula.accounts.models import Account, EmailAddress
from matricula.audit.models import record
from matricula.invitations.errors import AlreadyMember
from matricula.invitations.models import Invitation, InvitationQuerySet
from matricula.mail.addresses import canonical
from matricula.organizations.models import Affiliation
from matricula.programs.models import Membership, Program, kept_out

JOINED, REVOKED = Invitation.State.JOINED, Invitation.State.REVOKED


def known_by(program: Program, *, member: Account | None = None) -> tuple[QuerySet[Any], ...]:
    """What members of `program`, or one `member`, are known by: rows with `canonical` and its `holder`.

    Every address they proved, their work e-mail, and the invitations they joined by.
    """
    active = Membership.objects.active().filter(program=program.pk).values("account")
    members: Any = active if member is None else [member.pk]
    ties = Affiliation.objects.live().filter(organization=program.organization_id)
    joined = Invitation.objects.filter(program=program.pk, state=JOINED, accepted_by__in=members)
    return (
        EmailAddress.objects.confirmed().filter(account__in=members).annotate(holder=F("account")),
        ties.filter(account__in=members).annotate(holder=F("account")),
        joined.annotate(holder=F("accepted_by")),
    )


def refuse_member(*, program: Program, address: str) -> None:
    """Raises AlreadyMember."""
    spelled = canonical(address)
    first, *rest = (rows.filter(canonical=spelled).values("holder") for rows in known_by(program))
    if first.union(*rest, all=True).exists():
        raise AlreadyMember


def settle_members(rows: InvitationQuerySet, program: Program) -> int:
    """Answer the live ones among `rows` that invite members to `program`. How many those were."""
    found, news = 0, {"state": JOINED, "answered_at": timezone.now(), "remind_at": None}
    for known in known_by(program):
        holder = known.filter(canonical=OuterRef("canonical")).values("holder")
        theirs = rows.live().filter(Exists(holder), program=program.pk)
        found += theirs.update(accepted_by=Subquery(holder[:1]), **news)
    if found:
        after = {"invitations": found}
        record("invitation.settled", organization=program.organization_id, subject=program, after=after)
    return found


def hold_invitations(*, program: Program, account: Account, invitation: Invitation | None) -> None:
    """All that entering will answer, at once and in the order in which rounds of letters take them."""
    proven = EmailAddress.objects.confirmed().filter(account=account).values("canonical")
    theirs = Q(canonical__in=proven) | Q(pk=invitation.pk if invitation else 0)
    rows = Invitation.objects.live().filter(theirs, program=program).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def settle_invitations_to(email: EmailAddress) -> None:
    """Whose mailbox this turned out to be is in some programs already, and was removed from others."""
    rows = Invitation.objects.filter(canonical=email.canonical)
    if not rows.live().exists():
        return
    theirs = Membership.objects.filter(account=email.account_id, program=OuterRef("program"))
    settle_all(rows.filter(Exists(theirs.filter(state="active"))), JOINED, email.account)
    settle_all(rows.filter(Exists(theirs.filter(kept_out(OuterRef("created_at"))))), REVOKED)


def settle_all(rows: InvitationQuerySet, state: Invitation.State, account: Account | None = None) -> None:
    """Settle the live ones among `rows`, held in the order of their ids, and record each."""
    held = rows.live().select_for_update(no_key=True, of=("self",)).order_by("pk")
    for one in held:
        if one.settle(state, account=account):
            verb = "invitation.settled" if state == JOINED else "invitation.revoked"
            record(verb, actor=account, organization=one.organization_id, subject=one)
