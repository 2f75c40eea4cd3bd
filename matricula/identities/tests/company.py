"""A company with a sign-in of its own, and a browser that came in by it."""

import secrets
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from matricula.accounts.sign_in import COMPANY_ONLY, COMPANY_SESSIONS
from matricula.identities.identities import link_identity
from matricula.identities.models import CompanySession, Connection
from matricula.security.secrets import digest


def live_connection(organization, **more):
    given = {
        "kind": Connection.Kind.OIDC,
        "name": f"{organization.name} sign-in",
        "issuer": "https://id.nordlicht.example",
        "client_id": "matricula",
        "state": Connection.State.LIVE,
        "tested_at": timezone.now(),
    }
    return organization.connections.create(**given | more)


def signed_in_by_company(account, organization, *, in_person=False):
    """A browser in which `organization` says that this is `account`."""
    connection = organization.connections.first() or live_connection(organization)
    identity = link_identity(connection=connection, subject=f"subject-{account.pk}", account=account)
    handle = secrets.token_urlsafe()
    CompanySession(
        identity=identity,
        handle_digest=digest("company-session", handle),
        expires_at=timezone.now() + timedelta(hours=1),
    ).save()
    client = Client()
    client.force_login(account)
    session = client.session
    session[COMPANY_SESSIONS] = [handle]
    if not in_person:
        session[COMPANY_ONLY] = True
    session.save()
    return client
