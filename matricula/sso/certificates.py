"""Certificates with which a SAML provider signs: beside one another, and one after the other."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.queries import insert_once
from matricula.identities.models import Connection, ConnectionKey
from matricula.organizations.ownership import owners_of, write_to_holders
from matricula.sso.saml_errors import (
    CertificateKnown,
    LastCertificate,
    SuccessorUnused,
    TooManyCertificates,
)
from matricula.sso.saml_metadata import MOST_CERTIFICATES
from matricula.sso.x509_certificates import X509Certificate, read_certificate

ENDING = "sso.certificate_ends"
"""The letter that says so to the owners."""
TOLD_DAYS = (1, 7, 30)
"""Before the end, the nearest first."""
USED_EVERY = timedelta(hours=1)


def add_certificate(connection: Connection, certificate: X509Certificate) -> bool:
    """Beside those in force; one that is there already stays as it is. Raises TooManyCertificates."""
    in_force = connection.certificates.signing()
    if in_force.filter(fingerprint=certificate.fingerprint).exists():
        return False
    if in_force.count() >= MOST_CERTIFICATES:
        raise TooManyCertificates
    return insert_once(
        ConnectionKey(
            connection=connection,
            certificate=certificate.to_text(),
            fingerprint=certificate.fingerprint,
            starts_at=certificate.not_before,
            ends_at=certificate.not_after,
        )
    )


@transaction.atomic
def pin_certificate(*, connection: Connection, given: str | bytes, actor: Account) -> None:
    """One that an owner brings: PEM, base64 as in metadata, or DER.

    Raises CertificateUnreadable, CertificateTooWeak, CertificateKnown, TooManyCertificates.
    """
    certificate = read_certificate(given)
    held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if not add_certificate(held, certificate):
        raise CertificateKnown
    record(
        "connection.certificate_added",
        actor=actor,
        organization=connection.organization_id,
        subject=connection,
        after={"name": certificate.fingerprint},
    )


def others_in_force(key: ConnectionKey) -> "QuerySet[ConnectionKey]":
    """Of the same connection and kind."""
    rows = ConnectionKey.objects.in_force().filter(connection=key.connection_id, kind=key.kind)
    return rows.exclude(pk=key.pk)


def has_used_successor(key: ConnectionKey) -> bool:
    """Whether the provider was seen to use another one."""
    return others_in_force(key).filter(last_used_at__isnull=False).exists()


@transaction.atomic
def retire_certificate(*, key: ConnectionKey, actor: Account, is_sure: bool = False) -> None:
    """Nothing that it signed is believed any more; nothing encrypted for it is opened.

    The last of the provider's stays; with the last of ours encryption ends. Raises LastCertificate, and
    SuccessorUnused unless the owner `is_sure`.
    """
    connection = Connection.objects.select_for_update(no_key=True).get(pk=key.connection_id)
    if key.kind == ConnectionKey.Kind.SIGNING and not others_in_force(key).exists():
        raise LastCertificate
    if not is_sure and not has_used_successor(key):
        raise SuccessorUnused
    if not ConnectionKey.objects.in_force().filter(pk=key.pk).update(retired_at=timezone.now()):
        return
    record(
        "connection.certificate_retired",
        actor=actor,
        organization=connection.organization_id,
        subject=connection,
        before={"name": key.fingerprint},
    )


def note_certificate_used(key: ConnectionKey) -> None:
    """So that owners see which of two is still in use; one small UPDATE an hour."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - USED_EVERY:
        ConnectionKey.objects.filter(pk=key.pk).update(last_used_at=now)


def ending_certificates(now: datetime) -> "QuerySet[ConnectionKey]":
    """The provider's, of live connections, that end soon and that no other one outlasts."""
    later = ConnectionKey.objects.signing().filter(
        connection=OuterRef("connection"), ends_at__gt=OuterRef("ends_at")
    )
    live = ConnectionKey.objects.signing().filter(connection__state=Connection.State.LIVE)
    return live.filter(~Exists(later), ends_at__gt=now, ends_at__lte=now + timedelta(days=max(TOLD_DAYS)))


def tell_ending_certificates() -> None:
    """A letter to the owners 30, 7 and 1 days before, each once."""
    now = timezone.now()
    for days in TOLD_DAYS:
        untold = Q(told_days__isnull=True) | Q(told_days__gt=days)
        due = ending_certificates(now).filter(untold, ends_at__lte=now + timedelta(days=days))
        for key in due.select_related("connection"):
            tell_one(key, days)


@transaction.atomic
def tell_one(key: ConnectionKey, days: int) -> None:
    """Of two workers one writes."""
    untold = Q(told_days__isnull=True) | Q(told_days__gt=days)
    if ConnectionKey.objects.in_force().filter(untold, pk=key.pk).update(told_days=days):
        write_to_holders(owners_of(key.connection.organization_id), kind=ENDING, reference=key.pk)
