"""What brings somebody to a program: an invitation, a direct link, or their company's sign-in alone.

Nobody else asks which of them it is. A new origin is a class here, and a relation of `Arrival` of its name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils import timezone

from matricula.accounts.models import Account
from matricula.identities.asserted_identities import AssertedIdentity
from matricula.identities.identities import refuse_ended, refuse_off
from matricula.identities.models import Connection
from matricula.invitations.models import Invitation, InvitationToken
from matricula.joining.errors import LinkRefused
from matricula.joining.origin import Origin
from matricula.mail.addresses import canonical
from matricula.programs.memberships import refuse_removed
from matricula.programs.models import Membership, Program
from matricula.programs.terms import NO_TERMS, Terms

if TYPE_CHECKING:
    from matricula.joining.models import Arrival, DirectLink

MAIL, SHOWN = InvitationToken.Channel.MAIL, InvitationToken.Channel.SHOWN
JOINED = Invitation.State.JOINED


def is_member(program: Program, account: Account) -> bool:
    return Membership.objects.active().filter(program=program, account=account).exists()


@dataclass(frozen=True)
class InvitationOrigin(Origin):
    """A link of an e-mailed, personal invitation; by `channel` one that was mailed, or shown."""

    invited: Invitation
    channel: str = SHOWN
    token: InvitationToken | None = None
    """Of the link, as long as it is at hand."""

    relation: ClassVar[str] = "invitation"

    @classmethod
    def of(cls, arrival: "Arrival") -> "InvitationOrigin | None":
        invited = arrival.invitation
        if invited is None:
            return None
        invited.program = arrival.program  # the same one, already read
        return cls(invited, arrival.channel)

    @property
    def program(self) -> Program:
        return self.invited.program

    @property
    def terms(self) -> Terms:
        return Terms.of(self.invited)

    @property
    def columns(self) -> Mapping[str, Any]:
        return {self.relation: self.invited, "channel": self.channel}

    def why_closed(self) -> str:
        state = self.invited.state
        if state in (Invitation.State.DECLINED, Invitation.State.REVOKED):
            return state
        if self.token and self.token.ended_at:
            return "replaced"
        if self.program.has_ended:
            return "ended"
        return "expired" if self.invited.is_expired and not self.is_answered else ""

    def accept(self, account: Account) -> Terms:
        """An invitation that entering by another door answered is still theirs."""
        if self.invited.settle(JOINED, account=account):
            return self.terms
        theirs = account.accepted_invitations.filter(pk=self.invited.pk)
        if is_member(self.program, account) and theirs.exists():
            return self.terms
        refuse_removed(program=self.program, account=account, invited_at=self.invited_at)
        self.invited.refresh_from_db(fields=["state"])
        raise LinkRefused(self.why_closed() or "used")

    @property
    def key(self) -> str:
        return f"{self.relation}.{self.token.pk}" if self.token else ""

    @property
    def invitation(self) -> Invitation:
        return self.invited

    @property
    def is_answered(self) -> bool:
        return self.invited.state == JOINED

    @property
    def invited_at(self) -> datetime:
        return self.invited.created_at

    @property
    def address(self) -> str:
        return self.invited.address

    @property
    def name(self) -> str:
        return self.invited.name

    @property
    def holding(self) -> str:
        return f"invitation:{self.invited.pk}"

    def reached(self, address: str) -> bool:
        return self.channel == MAIL and canonical(address) == self.invited.canonical

    def proves(self, address: str, since: datetime | None = None) -> bool:
        if not self.program.trusts_the_link or not self.reached(address):
            return False
        return since is None or self.invited_at > since

    def mark_opened(self) -> None:
        unopened = Invitation.objects.filter(pk=self.invited.pk, opened_at__isnull=True)
        unopened.update(opened_at=timezone.now())


@dataclass(frozen=True)
class DirectLinkOrigin(Origin):
    """A link that was shown to whoever asked, so it proves no mailbox."""

    link: "DirectLink"

    relation: ClassVar[str] = "direct_link"

    @classmethod
    def of(cls, arrival: "Arrival") -> "DirectLinkOrigin | None":
        link = arrival.direct_link
        if link is None:
            return None
        link.program = arrival.program  # the same one, already read
        return cls(link)

    @property
    def program(self) -> Program:
        return self.link.program

    @property
    def terms(self) -> Terms:
        return Terms.of(self.link)

    @property
    def columns(self) -> Mapping[str, Any]:
        return {self.relation: self.link, "channel": SHOWN}

    def why_closed(self) -> str:
        if self.link.turned_off_at:
            return "off"
        if self.program.has_ended:
            return "ended"
        if self.link.is_expired:
            return "expired"
        return "used" if self.link.is_used_up else ""

    def accept(self, account: Account) -> Terms:
        """A member uses up no link, and gets nothing more by it."""
        if is_member(self.program, account):
            return NO_TERMS
        refuse_removed(program=self.program, account=account)
        if not self.link.use():
            self.link.refresh_from_db(fields=["turned_off_at"])
            raise LinkRefused("off" if self.link.turned_off_at else "used")
        return self.terms

    @property
    def key(self) -> str:
        return f"{self.relation}.{self.link.pk}"

    @property
    def allowed_domains(self) -> Sequence[str]:
        return list(self.link.allowed_domains)


@dataclass(frozen=True)
class CompanySignInOrigin(Origin):
    """A sign-in with the company, to a program that is open to whoever has one."""

    asserted: AssertedIdentity
    joins: Program

    relation: ClassVar[str] = "connection"

    @classmethod
    def of(cls, arrival: "Arrival") -> "CompanySignInOrigin | None":
        """Asked last: who was invited may have signed in as well."""
        asserted = arrival.asserted
        return cls(asserted, arrival.program) if asserted else None

    @property
    def program(self) -> Program:
        return self.joins

    @property
    def terms(self) -> Terms:
        return NO_TERMS

    @property
    def columns(self) -> Mapping[str, Any]:
        return {"channel": SHOWN, **columns_of(self.asserted)}

    @property
    def is_a_sign_in(self) -> bool:
        return True

    def why_closed(self) -> str:
        if self.program.has_ended:
            return "ended"
        is_live = self.asserted.connection.state == Connection.State.LIVE
        if not self.program.open_to_sign_in or not is_live:
            return "closed_to_sign_in"
        return "" if self.asserted.is_recent else "sign_in_again"

    def accept(self, account: Account) -> Terms:
        """Raises EndedByCompany, ConnectionOff. Looked at before a new tie makes an ended one old."""
        refuse_off(self.asserted.connection)
        refuse_ended(self.asserted.connection, self.asserted.subject)
        refuse_removed(program=self.program, account=account)
        return NO_TERMS

    @property
    def address(self) -> str:
        """What the company says is theirs, where the company's word is proof of it."""
        return self.asserted.email if self.asserted.proves(self.asserted.email) else ""

    @property
    def name(self) -> str:
        return self.asserted.full_name

    def reached(self, address: str) -> bool:
        return self.asserted.proves(address)

    def proves(self, address: str, since: datetime | None = None) -> bool:
        return self.asserted.proves(address, since)


def columns_of(asserted: AssertedIdentity) -> Mapping[str, Any]:
    """What an arrival keeps of a company's sign-in, whatever else brought it."""
    return {
        "connection": asserted.connection,
        "subject": asserted.subject,
        "asserted_email": asserted.email,
        "asserted_name": asserted.full_name,
        "asserted_doubted": asserted.email_doubted,
        "asserted_at": asserted.asserted_at,
    }


WITHOUT_SIGN_IN: Mapping[str, Any] = {
    "connection": None,
    "subject": "",
    "asserted_email": "",
    "asserted_name": "",
    "asserted_doubted": False,
    "asserted_at": None,
}
"""The same columns of an arrival that brings none."""

ORIGINS = (InvitationOrigin, DirectLinkOrigin, CompanySignInOrigin)
"""The first of these that an arrival has brought it. A company's sign-in may come beside the others."""
