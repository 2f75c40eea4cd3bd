"""Metadata by address, looked at every day: what is new comes, what is missing goes by a person's hand."""

from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.identities.models import Connection
from matricula.security.outgoing import FetchFailed
from matricula.sso.certificates import add_certificate
from matricula.sso.errors import SingleSignOnError
from matricula.sso.saml_errors import LookedAtJustNow
from matricula.sso.saml_metadata import IdentityProvider, read_identity_provider
from matricula.sso.saml_settings import fetch_metadata

EVERY = timedelta(days=1)
ASKED_AGAIN_AFTER = timedelta(minutes=1)
AT_ONCE = 20


def renew_due_metadata() -> bool:
    """Those not looked at for a day, some at a time; True when there may be more."""
    looked_at = Connection.objects.exclude(Q(metadata_address="") | Q(issuer=""))
    due = looked_at.filter(metadata_asked_at__lt=timezone.now() - EVERY).order_by("metadata_asked_at")
    batch = list(due[:AT_ONCE])
    for one in batch:
        with suppress(SingleSignOnError, FetchFailed):
            renew_metadata(connection=one)
    return len(batch) == AT_ONCE


def renew_metadata(*, connection: Connection, actor: Account | None = None) -> int:
    """How many certificates came. A look that brings nothing leaves all as it is, and is noted.

    Not more than once a minute, whoever asks. Call it outside a transaction. Raises what reading metadata
    raises, FetchFailed, ProviderStatus, TooManyCertificates, LookedAtJustNow.
    """
    now = timezone.now()
    rows = Connection.objects.filter(pk=connection.pk, metadata_address=connection.metadata_address)
    due = Q(metadata_asked_at__isnull=True) | Q(metadata_asked_at__lt=now - ASKED_AGAIN_AFTER)
    if not rows.filter(due).update(metadata_asked_at=now):
        raise LookedAtJustNow
    try:
        raw = fetch_metadata(connection.metadata_address)
        provider = read_identity_provider(raw, now=now, entity_id=connection.issuer)
        return keep_renewed(connection, provider, actor)
    except (SingleSignOnError, FetchFailed) as fault:
        rows.update(
            metadata_failing_since=Coalesce("metadata_failing_since", now), metadata_fault=str(fault)[:300]
        )
        raise


@transaction.atomic
def keep_renewed(connection: Connection, provider: IdentityProvider, actor: Account | None) -> int:
    """Whoever changed the connection meanwhile knows better. One that a person retired stays retired.

    Raises TooManyCertificates.
    """
    held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if (held.issuer, held.metadata_address) != (provider.entity_id, connection.metadata_address):
        return 0
    known = set(held.certificates.values_list("fingerprint", flat=True))
    new = [one for one in provider.certificates if one.fingerprint not in known]
    for one in new:
        add_certificate(held, one)
    if new:
        record_news("connection.certificates_came", held, actor, [one.fingerprint[:16] for one in new])
    if provider.endpoints != IdentityProvider.from_json(held.provider).endpoints:
        record_news("connection.addresses_changed", held, actor, list(provider.endpoints.values()))
    Connection.objects.filter(pk=held.pk).update(
        provider=provider.to_json(), metadata_failing_since=None, metadata_fault=""
    )
    return len(new)


def record_news(verb: str, connection: Connection, actor: Account | None, names: list[str]) -> None:
    record(
        verb,
        actor=actor,
        organization=connection.organization_id,
        subject=connection,
        after={"name": ", ".join(names)},
    )
