"""Connections: set up by an owner, tried, switched on and off."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.identities.models import SEAL, Connection
from matricula.organizations.models import Domain, Organization
from matricula.programs.sign_in_requirement import requiring_programs, spare_last_connection
from matricula.security.outgoing import fetch
from matricula.security.secrets import seal, unseal
from matricula.sso.code_flow import Client
from matricula.sso.discovery import Discovery, fetch_discovery, tenant_of
from matricula.sso.errors import ConnectionExists, ConnectionInUse, NotTested, ObjectIdNeedsTenant
from matricula.sso.key_sets import fetch_key_set

OBJECT_ID = "oid"
"""The claim of Entra ID that is alike in all applications of a tenant."""
Kind, Product = Connection.Kind, Connection.Product


@dataclass(frozen=True)
class OpenIdSettings:
    """What an owner enters. An empty `client_secret` keeps the one there is."""

    name: str
    issuer: str
    client_id: str
    client_secret: str
    scopes: str = ""
    """Beyond our own three, parted by spaces."""


@dataclass(frozen=True)
class Attributes:
    """Which claim or attribute says what. Empty: where providers usually put it."""

    subject_from: str = ""
    email_from: str = ""
    name_from: str = ""


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


def sign_in_address(organization: Organization) -> str:
    """Where the company's people sign in, as they are told it."""
    return settings.BASE_URL + reverse("sso:company", args=[organization.slug])


def has_had_connection(organization: int) -> bool:
    """Whether people may know its page: a connection worked once, or a program requires one."""
    worked = Q(state=Connection.State.OFF) | Q(tested_at__isnull=False) | Q(identities__isnull=False)
    known = Connection.objects.filter(worked, organization=organization)
    return known.exists() or requiring_programs(organization).exists()


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
    *,
    organization: Organization,
    name: str,
    actor: Account,
    kind: str = Kind.OIDC,
    product: str = Product.OTHER,
) -> Connection:
    """A draft: its public id is needed at the provider before anything is known of it."""
    connection: Connection = organization.connections.create(kind=kind, product=product, name=name)
    record("connection.begun", actor=actor, organization=organization, subject=connection)
    return connection


def save_openid_settings(*, connection: Connection, entered: OpenIdSettings, actor: Account) -> None:
    """Ask the provider, then keep. Whatever changed has to pass a test again.

    Raises DiscoveryError, ProviderError, FetchFailed, ConnectionExists, ConnectionInUse, ObjectIdNeedsTenant.
    """
    discovery, keys = ask_provider(entered.issuer)
    require_tenant(connection.subject_from, discovery.issuer)
    same = (connection.issuer, connection.client_id) == (discovery.issuer, entered.client_id)
    if not same:
        refuse_while_linked(connection)
    kept: dict[str, Any] = {
        "issuer": discovery.issuer,
        "client_id": entered.client_id,
        "scopes": entered.scopes,
        "provider": discovery.as_json(),
        "keys": keys,
        "keys_at": timezone.now(),
    }
    if entered.client_secret:
        kept["sealed_secret"] = seal(SEAL, entered.client_secret)
    tested = same and not entered.client_secret and entered.scopes == connection.scopes
    keep_settings(connection, entered.name, kept, tested=tested, actor=actor)


@transaction.atomic
def keep_settings(
    connection: Connection, name: str, kept: Mapping[str, Any], *, tested: bool, actor: Account
) -> None:
    """What changed its meaning has to pass a test again, and is no longer live. Raises ConnectionExists."""
    untested = {} if tested else {"tested_at": None, "state": Connection.State.DRAFT}
    try:
        with transaction.atomic():
            Connection.objects.filter(pk=connection.pk).update(name=name, **kept, **untested)
    except IntegrityError as exists:
        raise ConnectionExists from exists
    state = connection.state if tested else Connection.State.DRAFT.value
    record(
        "connection.changed",
        actor=actor,
        organization=connection.organization_id,
        subject=connection,
        after={"name": name, "state": state},
    )


def save_attributes(*, connection: Connection, entered: Attributes, actor: Account) -> None:
    """Who somebody is comes from another place: that has to pass a test again. Hints may move at any time.

    Raises ConnectionInUse, ObjectIdNeedsTenant.
    """
    if connection.kind == Kind.OIDC:
        require_tenant(entered.subject_from, connection.issuer)
    same = connection.subject_from == entered.subject_from
    if not same:
        refuse_while_linked(connection)
    keep_settings(connection, connection.name, asdict(entered), tested=same, actor=actor)


def require_tenant(subject_from: str, issuer: str) -> None:
    """Raises ObjectIdNeedsTenant."""
    if subject_from == OBJECT_ID and not tenant_of(issuer):
        raise ObjectIdNeedsTenant


def refuse_while_linked(connection: Connection) -> None:
    """Another provider, or another attribute, calls other people by the same names: whoever is linked would
    become somebody else. Raises ConnectionInUse."""
    if connection.identities.live().exists():
        raise ConnectionInUse


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
