"""What an owner says of a SAML provider: its metadata, by address, as text or as a file."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.identities.models import Connection
from matricula.security.outgoing import fetch
from matricula.sso.certificates import add_certificate
from matricula.sso.connections import keep_settings, refuse_while_linked
from matricula.sso.errors import ProviderStatus
from matricula.sso.models import OfferedMetadata
from matricula.sso.saml_errors import MetadataMissing, SeveralIdentityProviders
from matricula.sso.saml_metadata import IdentityProvider, read_identity_provider
from matricula.sso.xml_documents import LARGEST_METADATA


@dataclass(frozen=True)
class SamlSettings:
    """What an owner enters. Without `metadata` and a new `address` what is known of the provider stays."""

    name: str
    address: str = ""
    """Where the metadata is looked at now and every day; empty is nowhere."""
    metadata: bytes = b""
    chosen: str = ""
    """The entityID of one, where the metadata describes several."""
    takes_unsolicited: bool = False


def fetch_metadata(address: str) -> bytes:
    """Call it outside a transaction. Raises FetchFailed, ProviderStatus."""
    fetched = fetch(
        address, headers={"Accept": "application/samlmetadata+xml, */*"}, largest=LARGEST_METADATA
    )
    if fetched.status != 200:
        raise ProviderStatus(fetched.status)
    return fetched.content


def save_saml_settings(*, connection: Connection, entered: SamlSettings, actor: Account) -> None:
    """Read, then keep. Of several providers one has to be chosen: what was read waits for it.

    Call it outside a transaction. Raises what reading metadata raises (SeveralIdentityProviders among it),
    FetchFailed, ProviderStatus, ConnectionExists, ConnectionInUse, TooManyCertificates.
    """
    is_new = entered.address != connection.metadata_address or not connection.provider
    if entered.address and is_new and not entered.metadata:
        entered = replace(entered, metadata=fetch_metadata(entered.address))
    try:
        provider = read_provider(connection, entered)
    except SeveralIdentityProviders:
        offer_choice(connection, entered)
        raise
    keep_saml_settings(connection=connection, entered=entered, provider=provider, actor=actor)


def read_provider(connection: Connection, entered: SamlSettings) -> IdentityProvider:
    """What was given now, else what is known. Raises what reading metadata raises, MetadataMissing."""
    if entered.metadata:
        return read_identity_provider(entered.metadata, now=timezone.now(), entity_id=entered.chosen)
    if not connection.provider:
        raise MetadataMissing
    return IdentityProvider.from_json(connection.provider)


@transaction.atomic
def keep_saml_settings(
    *, connection: Connection, entered: SamlSettings, provider: IdentityProvider, actor: Account
) -> None:
    """Certificates in the metadata come beside those there are: one that was pinned goes by a person's hand.

    Raises ConnectionExists, ConnectionInUse, TooManyCertificates.
    """
    now, same = timezone.now(), connection.issuer == provider.entity_id
    if not same:
        refuse_while_linked(connection)
        connection.certificates.signing().update(retired_at=now)
    kept: dict[str, Any] = {
        "issuer": provider.entity_id,
        "provider": provider.to_json(),
        "takes_unsolicited": entered.takes_unsolicited,
        "metadata_address": entered.address,
    }
    if entered.metadata or not entered.address:
        kept |= {"metadata_asked_at": now, "metadata_failing_since": None, "metadata_fault": ""}
    keep_settings(connection, entered.name, kept, tested=same, actor=actor)
    if entered.metadata:
        for one in provider.certificates:
            add_certificate(connection, one)
    OfferedMetadata.objects.filter(connection=connection).delete()


def offer_choice(connection: Connection, entered: SamlSettings) -> None:
    """Kept until one is chosen, or for a day."""
    beside = {name: value for name, value in asdict(entered).items() if name not in ("metadata", "chosen")}
    OfferedMetadata.objects.update_or_create(
        connection=connection,
        defaults={"content": entered.metadata.decode(), "entered": beside, "at": timezone.now()},
    )


def choose_provider(*, offered: OfferedMetadata, entity_id: str, actor: Account) -> None:
    """One of the several that were in what an owner brought. Raises as `save_saml_settings` does."""
    entered = SamlSettings(**offered.entered, metadata=offered.content.encode(), chosen=entity_id)
    save_saml_settings(connection=offered.connection, entered=entered, actor=actor)
