"""The demonstration company's sign-in: set up, tried and switched on, with people in every state of it.

Of a development site only: elsewhere there is no connection, and nothing answers for it.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from matricula.accounts.models import Account, EmailAddress
from matricula.demo.identity_provider import (
    CLIENT_ID,
    AuthorizationRequest,
    Employee,
    Provider,
    discovery_document,
    find_provider,
    give_code,
    issuer,
    take_code,
)
from matricula.demo.people import joined
from matricula.identities.flows import begin_flow, nonce_of, verifier_of
from matricula.identities.identities import link_identity
from matricula.identities.models import SEAL, Connection, Flow, Identity
from matricula.organizations.domains import add_domain, prove_domain
from matricula.organizations.models import Organization
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership, Program
from matricula.security.outgoing import Fetched
from matricula.security.secrets import seal
from matricula.sso.answers import Checks
from matricula.sso.code_flow import exchange_code, judge_callback, read_callback
from matricula.sso.connections import (
    begin_connection,
    client_of,
    discovery_of,
    note_test_passed,
    sign_in_address,
    switch_on,
)
from matricula.sso.discovery import fetch_discovery
from matricula.sso.history import keep_passed
from matricula.sso.id_tokens import answer_of_claims
from matricula.sso.json_documents import Fetch
from matricula.sso.key_sets import fetch_key_set
from matricula.sso.openid_sign_in import judge_token, provider_address

DOMAIN = "nordlicht.example"
EMRE = Employee("nl-1041", "Emre Yıldız", "emre@nordlicht.example", "Signed in this way before")
GRACE = Employee(
    "nl-1107", "Grace Lindqvist", "grace@nordlicht.example", "Has an account, comes for the first time"
)
WANDA = Employee("nl-1263", "Wanda Kowalska", "wanda@nordlicht.example", "New here, has no account yet")
PIA = Employee("nl-0977", "Pia Lorenz", "pia@nordlicht.example", "Left the company last week")
EMPLOYEES = (EMRE, GRACE, WANDA, PIA)
"""Of the company's directory; the first is who most want to be."""


def open_company_sign_in(*, program: Program, owner: Account, password: str) -> None:
    """Live, with one member linked and one who left. `password` is hashed already."""
    if not settings.DEVELOPMENT:
        return
    organization = program.organization
    prove_domain(add_domain(organization=organization, typed=DOMAIN, actor=owner), owner)
    connection = set_up_connection(organization, owner)
    link_employee(connection, EMRE, days=20)
    removed = joined(program, owner, PIA.name, password, "Customer care", 60, 4)
    link_employee(connection, PIA, days=50)
    end_membership(membership=removed, actor=owner, state=Membership.State.REMOVED)


def set_up_connection(organization: Organization, owner: Account) -> Connection:
    """As an owner does it: begun, entered, tried, switched on."""
    connection = begin_connection(organization=organization, name=organization.name, actor=owner)
    enter_provider(connection)
    try_connection(connection, owner)
    switch_on(connection=connection, actor=owner)
    connection.refresh_from_db()
    return connection


def renew_company_sign_in() -> None:
    """A new key and a new secret at every start, and the address that the site has now."""
    folder = settings.DATA_DIR / "demonstration"
    if not settings.DEVELOPMENT or not folder.is_dir():
        return
    names = [file.name for file in folder.iterdir()]
    for connection in Connection.objects.select_related("organization").filter(public_id__in=names):
        enter_provider(connection)


def enter_provider(connection: Connection) -> None:
    """What `save_openid_settings` does, but that nobody serves the provider yet: it is asked in here."""
    provider = Provider.made_for(connection)
    ask = asking(provider)
    discovery = fetch_discovery(ask, issuer(), allow_http=True)
    Connection.objects.filter(pk=connection.pk).update(
        issuer=discovery.issuer,
        client_id=CLIENT_ID,
        sealed_secret=seal(SEAL, provider.client_secret),
        provider=discovery.as_json(),
        keys=fetch_key_set(ask, discovery.jwks_uri),
        keys_at=timezone.now(),
    )
    connection.refresh_from_db()


def asking(provider: Provider) -> Fetch:
    """The provider's answers without a network."""

    def fetch(
        url: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        largest: int = 0,
    ) -> Fetched:
        form, sent = dict(parse_qsl((body or b"").decode())), headers or {}
        answers: dict[str, Callable[[], dict[str, Any]]] = {
            "openid-configuration": discovery_document,
            "keys": provider.key_set,
            "token": lambda: take_code(provider, form, sent["Authorization"]),
        }
        answer = answers[urlsplit(url).path.rstrip("/").rpartition("/")[2]]
        return Fetched(200, {}, json.dumps(answer()).encode())

    return fetch


def try_connection(connection: Connection, owner: Account) -> None:
    """A test run as an owner makes it: every check is looked at, and it opens nothing."""
    left = begin_flow(HttpRequest(), connection=connection, purpose=Flow.Purpose.TEST, account=owner)
    provider, discovery, checks = Provider.of(connection), discovery_of(connection), Checks()
    if provider is None:
        return
    asked = AuthorizationRequest.of_query(dict(parse_qsl(urlsplit(provider_address(connection, left)).query)))
    back = urlsplit(asked.answered(code=give_code(asked, EMRE))).query
    code = judge_callback(read_callback(back), discovery=discovery, state=left.state, checks=checks)
    told = exchange_code(
        asking(provider), discovery, client_of(connection), code=code, verifier=verifier_of(left.state)
    )
    token = judge_token(connection, told, nonce_of(left.state), checks)
    keep_passed(left.flow, checks, answer_of_claims(token.claims, token.subject))
    note_test_passed(connection)
    Flow.objects.filter(pk=left.flow.pk).update(used_at=timezone.now())


def link_employee(connection: Connection, employee: Employee, *, days: int) -> None:
    """As if they had come for the first time `days` ago."""
    account = EmailAddress.objects.get(address=employee.email).account
    identity = link_identity(
        connection=connection, subject=employee.subject, account=account, email=employee.email
    )
    then = timezone.now() - timedelta(days=days)
    Identity.objects.filter(pk=identity.pk).update(linked_at=then, last_at=then)


def demonstrated_address() -> str:
    """Where the made-up company's people sign in; nothing without the demonstration's connection."""
    provider = find_provider() if settings.DEVELOPMENT else None
    if provider is None:
        return ""
    return sign_in_address(provider.connection.organization)
