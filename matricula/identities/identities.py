"""Identities: a company's sign-in linked to an account, used, and ended by either side."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from matricula.accounts.mailboxes import hold_live_account
from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.queries import first_or_none
from matricula.identities.errors import (
    AccountClosed,
    AlreadyLinked,
    ConnectionOff,
    EndedByCompany,
    SubjectTaken,
)
from matricula.identities.models import CompanySession, Connection, Identity
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Role

KEPT_EMAIL = 254
ENDED = "identities.ended"
"""The letter to whose sign-in the company ended."""


def known_identity(*, connection: Connection, subject: str) -> Identity | None:
    """Whose subject it is; None where nobody is linked with it. Raises EndedByCompany, AccountClosed."""
    rows = Identity.objects.live().filter(connection=connection, subject=subject)
    live = first_or_none(rows.select_related("account"))
    if live is None:
        refuse_ended(connection, subject)
        return None
    if not live.account.is_active:
        raise AccountClosed
    live.connection = connection
    return live


def refuse_off(connection: Connection) -> None:
    """Asked of the database: it may have been switched off since the answer came. Raises ConnectionOff."""
    if not Connection.objects.live().filter(pk=connection.pk).exists():
        raise ConnectionOff


def refuse_ended(connection: Connection, subject: str) -> None:
    """Raises EndedByCompany."""
    if refusing().filter(connection=connection, subject=subject).exists():
        raise EndedByCompany


def refusing() -> QuerySet[Identity]:
    """Those the company ended, whose subject is refused for it. No longer when the company allowed it again,
    or the person came back to the company since: then they link it anew."""
    newer = Affiliation.objects.live().filter(
        organization=OuterRef("connection__organization"),
        account=OuterRef("account"),
        started_at__gt=OuterRef("ended_at"),
    )
    ended = Identity.objects.filter(ended_by=Identity.EndedBy.COMPANY, allowed_again_at__isnull=True)
    return ended.exclude(Exists(newer))


def note_use(identity: Identity, *, email: str, email_doubted: bool = False) -> None:
    """It signed in just now. Another address than before is a line in the audit log, and nothing else."""
    before, shown = identity.email, email[:KEPT_EMAIL]
    used = Identity.objects.filter(pk=identity.pk)
    if not before or shown == before:
        used.update(last_at=timezone.now(), email=shown, email_doubted=email_doubted)
        return
    with transaction.atomic():
        used.update(last_at=timezone.now(), email=shown, email_doubted=email_doubted)
        record(
            "identity.email_changed",
            organization=identity.connection.organization_id,
            subject=identity,
            before={"address": before},
            after={"address": shown},
        )


def has_tie(*, organization: int, account: int) -> bool:
    """A work e-mail or a role: with the last of them identities end. Where there is none, nothing would end
    one, so nobody is asked to link it."""
    tied = Affiliation.objects.live().filter(organization=organization, account=account)
    return tied.exists() or Role.objects.filter(organization=organization, account=account).exists()


@transaction.atomic
def link_identity(
    *,
    connection: Connection,
    subject: str,
    account: Account,
    email: str = "",
    email_doubted: bool = False,
) -> Identity:
    """From now on whoever signs in as `subject` is `account`, within the company. Twice is once.

    What was asked when the answer came is asked again: it may have waited for the person to log in. Raises
    SubjectTaken, AlreadyLinked, EndedByCompany, ConnectionOff, AccountCombined. The account is held first, as
    whoever ends its tie holds it first.
    """
    hold_live_account(account.pk)
    refuse_off(connection)
    refuse_ended(connection, subject)
    mine = first_or_none(Identity.objects.live().filter(connection=connection, account=account))
    if mine is not None:
        if mine.subject != subject:
            raise AlreadyLinked
        return mine
    identity = Identity(
        connection=connection,
        subject=subject,
        account=account,
        email=email[:KEPT_EMAIL],
        email_doubted=email_doubted,
    )
    try:
        with transaction.atomic():
            identity.save()
    except IntegrityError as taken:
        raise SubjectTaken from taken
    record("identity.linked", actor=account, organization=connection.organization_id, subject=identity)
    return identity


@transaction.atomic
def end_identity(*, identity: Identity, ended_by: Identity.EndedBy, actor: Account | None) -> bool:
    """With the sessions it opened, at once. False when it had ended."""
    rows = Identity.objects.live().filter(pk=identity.pk)
    if not rows.update(ended_at=timezone.now(), ended_by=ended_by):
        return False
    CompanySession.objects.filter(identity=identity.pk, ended_at__isnull=True).update(ended_at=timezone.now())
    organization = identity.connection.organization_id
    after = {"account": identity.account_id, "by": ended_by.value}
    record("identity.ended", actor=actor, organization=organization, subject=identity, after=after)
    return True


@transaction.atomic
def end_for_company(*, identity: Identity, actor: Account) -> bool:
    """An owner ends it, and the person hears of it at each of their mailboxes. False when it had ended."""
    if not end_identity(identity=identity, ended_by=Identity.EndedBy.COMPANY, actor=actor):
        return False
    account = identity.account
    Letter.objects.bulk_create(
        Letter(kind=ENDED, to=one.address, language=account.language, reference=identity.pk)
        for one in account.addresses.lasting()
    )
    return True


@transaction.atomic
def allow_again(*, identity: Identity, actor: Account) -> bool:
    """The subject of one that the company ended may be linked again, by the person. False when nothing
    refuses it."""
    rows = refusing().filter(connection=identity.connection_id, subject=identity.subject)
    if not rows.update(allowed_again_at=timezone.now()):
        return False
    organization = identity.connection.organization_id
    after = {"account": identity.account_id}
    record("identity.allowed_again", actor=actor, organization=organization, subject=identity, after=after)
    return True


def end_identities_of(*, organization: int, account: int, actor: Account | None) -> None:
    """All of a person with a company. Call it, with the account held, where their last tie ends. Whoever left
    by themselves may link it anew."""
    by_themselves = actor is not None and actor.pk == account
    ended_by = Identity.EndedBy.PERSON if by_themselves else Identity.EndedBy.COMPANY
    rows = Identity.objects.live().filter(connection__organization=organization, account=account)
    for one in rows.select_related("connection").order_by("pk"):
        end_identity(identity=one, ended_by=ended_by, actor=actor)
