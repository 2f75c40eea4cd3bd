"""Connections: set up by an owner, tried, switched on and off."""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.queries import insert_once
from matricula.identities.models import SEAL, Connection, ConnectionKey
from matricula.organizations.models import Domain, Organization
from matricula.programs.sign_in_requirement import spare_last_connection
from matricula.security.outgoing import fetch
from matricula.security.secrets import seal, unseal
from matricula.sso.code_flow import Client
from matricula.sso.discovery import Discovery, fetch_discovery
from matricula.sso.errors import (
    ConnectionExists,
    ConnectionInUse,
    LastCertificate,
    NoIdentityProvider,
    NotTested,
)
from matricula.sso.key_sets import fetch_key_set
from matricula.sso.saml_metadata import IdentityProvider, read_identity_provider
from matricula.sso.signing_certificates import SigningCertificate


@dataclass(frozen=True)
class OpenIdSettings:
    """What an owner enters. An empty `client_secret` keeps the one there is."""

    name: str
    issuer: str
    client_id: str
    client_secret: str


def callback_address(connection: Connection) -> str:
    """What has to be entered at the provider, character for character (OpenID Connect Core 1.0, 3.1.2.1)."""
    path = reverse("sso:callback", args=[connection.organization.slug, connection.public_id])
    return f"{settings.BASE_URL}{path}"


def entity_id(connection: Connection) -> str:
    """Our own name for a SAML provider: the address of our metadata."""
    path = reverse("sso:metadata", args=[connection.organization.slug, connection.public_id])
    return f"{settings.BASE_URL}{path}"


def acs_address(connection: Connection) -> str:
    """Where a SAML provider posts its answers."""
    path = reverse("sso:acs", args=[connection.organization.slug, connection.public_id])
    return f"{settings.BASE_URL}{path}"


def sign_in_page_of(domain: str) -> str:
    """The path of the page where a company signs in whoever has an address in this very domain: it has the
    domain proven, and a connection that is live. Else nothing. A domain below it is another domain."""
    proven = Domain.objects.proven().filter(name=domain).values("organization")
    live = Connection.objects.live().filter(organization__in=proven)
    slug = live.values_list("organization__slug", flat=True).first()
    return reverse("sso:company", args=[slug]) if slug else ""


def client_of(connection: Connection) -> Client:
    """Raises SealUnreadable."""
    secret = unseal(SEAL, connection.sealed_secret) if connection.sealed_secret else ""
    return Client(connection.client_id, secret, callback_address(connection))


def discovery_of(connection: Connection) -> Discovery:
    return Discovery.from_json(connection.provider)


def ask_provider(issuer: str) -> tuple[Discovery, str]:
    """What the provider says of itself, and its keys. Call it outside a transaction.

    Raises DiscoveryError, ProviderError, FetchFailed.
    """
    discovery = fetch_discovery(fetch, issuer, allow_http=bool(settings.PRIVATE_NETWORKS))
    return discovery, fetch_key_set(fetch, discovery.jwks_uri)


@transaction.atomic
def begin_connection(
    *, organization: Organization, name: str, actor: Account, kind: str = Connection.Kind.OIDC
) -> Connection:
    """A draft: its public id is needed at the provider before anything is known of it."""
    connection: Connection = organization.connections.create(kind=kind, name=name)
    record("connection.begun", actor=actor, organization=organization, subject=connection)
    return connection


def save_openid_settings(*, connection: Connection, entered: OpenIdSettings, actor: Account) -> None:
    """Ask the provider, then keep. Whatever changed has to pass a test again.

    Raises DiscoveryError, ProviderError, FetchFailed, ConnectionExists, ConnectionInUse.
    """
    discovery, keys = ask_provider(entered.issuer)
    if (connection.issuer, connection.client_id) != (discovery.issuer, entered.client_id):
        refuse_while_linked(connection)
    secret = {"sealed_secret": seal(SEAL, entered.client_secret)} if entered.client_secret else {}
    same = (connection.issuer, connection.client_id) == (discovery.issuer, entered.client_id) and not secret
    untested = {} if same else {"tested_at": None, "state": Connection.State.DRAFT}
    with transaction.atomic():
        try:
            with transaction.atomic():
                Connection.objects.filter(pk=connection.pk).update(
                    name=entered.name,
                    issuer=discovery.issuer,
                    client_id=entered.client_id,
                    provider=discovery.as_json(),
                    keys=keys,
                    keys_at=timezone.now(),
                    **secret,
                    **untested,
                )
        except IntegrityError as exists:
            raise ConnectionExists from exists
        after = {"name": entered.name, "state": connection.state if same else Connection.State.DRAFT.value}
        organization = connection.organization_id
        record("connection.changed", actor=actor, organization=organization, subject=connection, after=after)


@dataclass(frozen=True)
class SamlSettings:
    """What an owner enters. Empty `metadata` keeps what there is; of a federation `chosen` says which one."""

    name: str
    metadata: bytes = b""
    chosen: str = ""
    subject_from: str = ""
    takes_unsolicited: bool = False


@transaction.atomic
def save_saml_settings(*, connection: Connection, entered: SamlSettings, actor: Account) -> None:
    """Certificates in the metadata come beside those there are: one that was pinned goes by a person's hand.

    Raises what reading metadata raises, ConnectionExists, ConnectionInUse.
    """
    now = timezone.now()
    known = IdentityProvider.from_json(connection.provider) if connection.provider else None
    read = (
        read_identity_provider(entered.metadata, now=now, entity_id=entered.chosen)
        if entered.metadata
        else None
    )
    provider = read or known
    if provider is None:
        raise NoIdentityProvider
    same = connection.issuer == provider.entity_id and connection.subject_from == entered.subject_from
    if not same:
        refuse_while_linked(connection)
    untested = {} if same else {"tested_at": None, "state": Connection.State.DRAFT}
    try:
        with transaction.atomic():
            Connection.objects.filter(pk=connection.pk).update(
                name=entered.name,
                issuer=provider.entity_id,
                provider=provider.to_json(),
                subject_from=entered.subject_from,
                takes_unsolicited=entered.takes_unsolicited,
                **untested,
            )
    except IntegrityError as exists:
        raise ConnectionExists from exists
    if known and known.entity_id != provider.entity_id:
        connection.certificates.in_force().update(retired_at=now)
    for one in provider.certificates:
        add_certificate(connection, one)
    after = {"name": entered.name, "state": connection.state if same else Connection.State.DRAFT.value}
    record(
        "connection.changed",
        actor=actor,
        organization=connection.organization_id,
        subject=connection,
        after=after,
    )


def refuse_while_linked(connection: Connection) -> None:
    """Another provider, or another attribute, calls other people by the same names: whoever is linked would
    become somebody else. Raises ConnectionInUse."""
    if connection.identities.live().exists():
        raise ConnectionInUse


def add_certificate(connection: Connection, certificate: SigningCertificate) -> None:
    """Beside those in force; one that is there already stays as it is."""
    insert_once(
        ConnectionKey(
            connection=connection,
            certificate=certificate.to_text(),
            fingerprint=certificate.fingerprint,
            starts_at=certificate.not_before,
            ends_at=certificate.not_after,
        )
    )


@transaction.atomic
def retire_certificate(*, key: ConnectionKey, actor: Account) -> None:
    """Nothing that it signed is believed any more. Raises LastCertificate."""
    connection = Connection.objects.select_for_update(no_key=True).get(pk=key.connection_id)
    if not connection.certificates.in_force().exclude(pk=key.pk).exists():
        raise LastCertificate
    connection.certificates.in_force().filter(pk=key.pk).update(retired_at=timezone.now())
    record(
        "connection.certificate_retired",
        actor=actor,
        organization=connection.organization_id,
        subject=connection,
        before={"name": key.fingerprint},
    )


@transaction.atomic
def note_test_passed(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(tested_at=timezone.now())


@transaction.atomic
def switch_on(*, connection: Connection, actor: Account) -> None:
    """Raises NotTested: a connection that no test has passed lets nobody in."""
    rows = Connection.objects.filter(pk=connection.pk, tested_at__isnull=False)
    if not rows.update(state=Connection.State.LIVE):
        raise NotTested
    record_state(connection, Connection.State.LIVE, actor)


@transaction.atomic
def switch_off(*, connection: Connection, actor: Account) -> None:
    """Nobody signs in by it until it is on again. Who is in stays in until their session ends. Raises
    SignInRequired: a program asks for it."""
    spare_last_connection(connection)
    Connection.objects.filter(pk=connection.pk).update(state=Connection.State.OFF)
    record_state(connection, Connection.State.OFF, actor)


@transaction.atomic
def remove_connection(*, connection: Connection, actor: Account) -> None:
    """One that nobody is linked by, nor ever was. Raises ConnectionInUse, SignInRequired."""
    spare_last_connection(connection)
    held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if held.identities.exists():
        raise ConnectionInUse
    record(
        "connection.removed",
        actor=actor,
        organization=held.organization_id,
        subject=held,
        before={"name": held.name},
    )
    held.delete()


def record_state(connection: Connection, state: Connection.State, actor: Account) -> None:
    record(
        "connection.switched",
        actor=actor,
        organization=connection.organization_id,
        subject=connection,
        before={"state": connection.state},
        after={"state": state.value},
    )
