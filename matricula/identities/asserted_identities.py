"""What a company says of somebody who may be linked with no account yet: kept in the session it came into."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from matricula.accounts.mailboxes import hold_account
from matricula.db.queries import first_or_none
from matricula.identities.errors import IdentityError
from matricula.identities.identities import link_identity, refuse_ended, refuse_off
from matricula.identities.models import Connection, Identity
from matricula.mail.addresses import AddressRefused, canonical, domain_of
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Domain, Role

WAITING = "sso_pending"
"""In a session: the answer that waits there for an account (`accounts.sign_in.KEPT` takes it along)."""
LINKED = "identities.linked"
"""The letter that says so, where nobody was asked."""
MINUTES = 30
DAY = timedelta(days=1)


@dataclass(frozen=True)
class AssertedIdentity:
    """A subject of a connection, as its provider described it just now.

    `email` and `full_name` are hints, and proof of nothing but by `proves`. `email_doubted`: its provider
    does not answer for the address. `ends_at`: when the company wants the session to end.
    """

    connection: Connection
    subject: str
    email: str
    full_name: str
    asserted_at: datetime
    ends_at: datetime | None = None
    email_doubted: bool = False

    @classmethod
    def of(cls, identity: Identity) -> "AssertedIdentity":
        """Of somebody who is linked, and whose sign-in the browser has now."""
        return cls(
            connection=identity.connection,
            subject=identity.subject,
            email=identity.email,
            full_name=identity.account.full_name,
            asserted_at=timezone.now(),
            email_doubted=identity.email_doubted,
        )

    @property
    def is_recent(self) -> bool:
        """Not older than a day: the company may have let the person go since, and nobody would tell us."""
        return timezone.now() < self.asserted_at + DAY

    def proves(self, address: str, since: datetime | None = None) -> bool:
        """Whether it is as good as a letter to that mailbox: the company has proven the domain, and may read
        what is sent there anyway."""
        if not address or not self.is_recent or (since and self.asserted_at <= since):
            return False
        try:
            same, domain = canonical(address) == canonical(self.email), domain_of(address)
        except AddressRefused:
            return False
        return same and not self.email_doubted and self.is_in_force and self.is_proven(domain)

    @property
    def is_in_force(self) -> bool:
        """The connection is on, and the company did not end this very sign-in."""
        try:
            refuse_off(self.connection)
            refuse_ended(self.connection, self.subject)
        except IdentityError:
            return False
        return True

    def is_proven(self, domain: str) -> bool:
        rows = Domain.objects.proven().filter(organization=self.connection.organization_id, name=domain)
        return rows.exists()


def keep_asserted(request: HttpRequest, asserted: AssertedIdentity, *, next_path: str = "") -> None:
    """For half an hour, in this session; a later one takes its place."""
    request.session[WAITING] = {
        "connection": asserted.connection.pk,
        "subject": asserted.subject,
        "email": asserted.email,
        "full_name": asserted.full_name,
        "asserted_at": asserted.asserted_at.isoformat(),
        "ends_at": asserted.ends_at.isoformat() if asserted.ends_at else "",
        "email_doubted": asserted.email_doubted,
        "next": next_path,
    }


def asserted_here(request: HttpRequest, *, organization: int) -> AssertedIdentity | None:
    """What waits in this session for an account, if it is of this organization and still young enough."""
    kept: dict[str, Any] = request.session.get(WAITING) or {}
    if not kept:
        return None
    asserted_at = datetime.fromisoformat(kept["asserted_at"])
    if asserted_at < timezone.now() - timedelta(minutes=MINUTES):
        return None
    rows = Connection.objects.select_related("organization")
    connection = first_or_none(rows.filter(pk=kept["connection"], organization=organization))
    if connection is None:
        return None
    return AssertedIdentity(
        connection=connection,
        subject=kept["subject"],
        email=kept["email"],
        full_name=kept["full_name"],
        asserted_at=asserted_at,
        ends_at=datetime.fromisoformat(kept["ends_at"]) if kept["ends_at"] else None,
        email_doubted=kept["email_doubted"],
    )


def wanted_page(request: HttpRequest) -> str:
    """The path of this site that whoever brought the answer had asked for."""
    return str((request.session.get(WAITING) or {}).get("next", ""))


def forget_asserted(request: HttpRequest) -> None:
    request.session.pop(WAITING, None)


@transaction.atomic
def link_by_work_email(asserted: AssertedIdentity, *, here: int | None = None) -> Identity | None:
    """Whose work e-mail in this very organization it is, in a domain the organization has proven: linked
    without a question. None where anything of that is missing, or where somebody else is signed in: `here`,
    an account, whose place it would take.

    The account's owner proved the mailbox themselves, and the company put it beside their name; what is
    opened by it is the company's own.
    """
    if not asserted.proves(asserted.email):
        return None
    ties = Affiliation.objects.live().filter(
        organization=asserted.connection.organization_id, canonical=canonical(asserted.email)
    )
    account_id = first_or_none(ties.values_list("account", flat=True))
    if account_id is None or here not in (None, account_id):
        return None
    hold_account(account_id)
    tie = first_or_none(ties.filter(account=account_id).select_related("account"))
    if tie is None or not may_be_linked(tie, asserted):
        return None
    try:
        identity = link_identity(
            connection=asserted.connection,
            subject=asserted.subject,
            account=tie.account,
            email=asserted.email,
            email_doubted=asserted.email_doubted,
        )
    except IdentityError:
        return None
    tell_of_link(identity)
    return identity


def tell_of_link(identity: Identity) -> None:
    """At every mailbox of theirs: nobody asked them."""
    account = identity.account
    Letter.objects.bulk_create(
        Letter(kind=LINKED, to=one.address, language=account.language, reference=identity.pk)
        for one in account.addresses.lasting()
    )


def may_be_linked(tie: Affiliation, asserted: AssertedIdentity) -> bool:
    """Not whoever had a sign-in here that either side ended since they came, and nobody who administers: they
    link it themselves."""
    account = tie.account
    ended = account.identities.filter(
        connection__organization=tie.organization_id, ended_at__gte=tie.started_at
    )
    holds_role = Role.objects.filter(organization=tie.organization_id, account=account)
    proven = account.is_active and account.has_confirmed(asserted.email)
    return proven and not ended.exists() and not holds_role.exists()
