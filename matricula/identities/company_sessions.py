"""Company sessions: what a browser that signed in with a company may open, and for how long."""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth import get_user
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.accounts.sign_in import (
    COMPANY_SESSIONS,
    is_company_only,
    mark_fresh,
    start_company_only_session,
)
from matricula.identities.models import CompanySession, CompanySessionQuerySet, Identity
from matricula.organizations.models import Organization
from matricula.organizations.ownership import hold_roles
from matricula.security.secrets import digest, digests

HOURS = 12
"""How long a company session lasts; a provider may say less."""
RECOVERY_MINUTES = 60
"""How long what a recovery code opened stays open."""
MOST = 20
"""Of one browser; the oldest gives way."""
OPEN = "matricula.open_organizations"
"""Where a request remembers what the database said."""


def start_company_session(request: HttpRequest, identity: Identity, *, until: datetime | None = None) -> None:
    """Beside a session the person already has in this browser; else a session for the company alone.

    A new session key, whichever: nobody who knew the old one comes along. `until`: as the provider wants it.
    """
    ends = timezone.now() + timedelta(hours=HOURS)
    handle = open_session(CompanySession(identity=identity, expires_at=min(ends, until) if until else ends))
    # The user of the session itself: on pages of strangers nobody is there who is not there in person.
    if get_user(request).pk == identity.account_id:
        request.session.cycle_key()
    else:
        start_company_only_session(request, identity.account)
    keep_handle(request, handle)


@transaction.atomic
def start_recovery_session(request: HttpRequest, *, organization: Organization, account: Account) -> None:
    """An owner showed a recovery code: the console for an hour, and proof enough there to mend sign-in.

    The roles are held: their second step may have come minutes later. Raises NotOwner.
    """
    hold_roles(organization.pk, actor=account)
    ends = timezone.now() + timedelta(minutes=RECOVERY_MINUTES)
    row = CompanySession(organization=organization, account=account, expires_at=ends)
    handle = open_session(row)
    start_company_only_session(request, account)
    mark_fresh(request, seconds=60 * RECOVERY_MINUTES)
    keep_handle(request, handle)


def open_session(row: CompanySession) -> str:
    """Its handle, of which the row keeps a digest."""
    handle = secrets.token_urlsafe(32)
    row.handle_digest = digest("company-session", handle)
    row.save()
    return handle


def keep_handle(request: HttpRequest, handle: str) -> None:
    handles = request.session.get(COMPANY_SESSIONS, [])
    request.session[COMPANY_SESSIONS] = [*handles, handle][-MOST:]
    request.META.pop(OPEN, None)


def open_organizations(request: HttpRequest) -> frozenset[int]:
    """Those whose sign-in this browser has, asked of the database once a request. A recovery code counts for
    none."""
    if OPEN not in request.META:
        by_sign_in = live_sessions(request).filter(identity__isnull=False)
        request.META[OPEN] = frozenset(by_sign_in.values_list("organization", flat=True))
    found: frozenset[int] = request.META[OPEN]
    return found


def live_sessions(request: HttpRequest) -> CompanySessionQuerySet:
    return sessions_of(request).live().filter(account=request.user.pk, identity__ended_at__isnull=True)


def identity_here(request: HttpRequest, *, organization: int) -> Identity | None:
    """The one this browser signed in with at the organization, also where nobody is there in person."""
    rows = (
        sessions_of(request)
        .live()
        .filter(account=get_user(request).pk, organization=organization)
        .filter(identity__isnull=False, identity__ended_at__isnull=True)
    )
    session = rows.select_related("identity__account", "identity__connection").order_by("-pk").first()
    return session.identity if session else None


def sessions_of(request: HttpRequest) -> CompanySessionQuerySet:
    """Of this browser, whatever became of them."""
    handles = request.session.get(COMPANY_SESSIONS, [])
    return CompanySession.objects.filter(
        handle_digest__in=[known for one in handles for known in digests("company-session", one)]
    )


def may_open(request: HttpRequest, organization: int, *, requires_sign_in: bool = False) -> bool:
    """Whether a page of this organization's opens in this browser."""
    if not requires_sign_in and not is_company_only(request):
        return True
    return organization in open_organizations(request)


def opened_here(request: HttpRequest, organization: str) -> Q:
    """Of rows that have an `organization`: those whose console may open, by a recovery code as well."""
    if not is_company_only(request):
        return Q()
    return Q(**{f"{organization}__in": live_sessions(request).values("organization")})


def shown_here(request: HttpRequest, organization: str) -> Q:
    """Of rows that have an `organization`: those this session may show; all, to the person themselves."""
    return Q(**{f"{organization}__in": open_organizations(request)}) if is_company_only(request) else Q()
