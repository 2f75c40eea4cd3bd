"""Answers that wait for the word of whoever sits there: nobody asked for them, or somebody else did.

Any site can post an answer about its own author into a visitor's browser (SAML 2.0 Profiles, 4.1.5), and
whoever used a browser before may have left a sign-in half done. Such an answer is in order, and would put its
author's account in place of the visitor's: so whatever it changes is named first.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.db.queries import first_or_none
from matricula.identities.errors import FlowEnded, IdentityError
from matricula.identities.identities import known_identity
from matricula.identities.models import Connection, Flow
from matricula.sso.answers import Answer

WAITING = "sso_unasked"
MINUTES = 5


def needs_word(request: HttpRequest, connection: Connection, flow: Flow | None, answer: Answer) -> bool:
    """Where it would take the place of somebody else who is signed in here; or the sign-in is linked with no
    account yet, and nobody who is here now asked for it."""
    here = signed_in_here(request)
    is_theirs = flow is not None and flow.account_id == (here.pk if here else None)
    if is_theirs and here is None:
        return False
    try:
        identity = known_identity(connection=connection, subject=answer.subject)
    except IdentityError:
        return False  # it is refused, and changes nothing
    if here and identity:
        return here.pk != identity.account_id
    return not is_theirs and (identity is None or flow is not None)


def signed_in_here(request: HttpRequest) -> Account | None:
    """In person, or by a company alone: then, on pages of strangers, the request itself has no user."""
    user = get_user(request)
    return user if isinstance(user, Account) else None


def keep_unasked(request: HttpRequest, connection: Connection, flow: Flow | None, answer: Answer) -> str:
    """The handle of its page: a later answer has a page of its own, and is never behind this one's button."""
    handle = secrets.token_urlsafe(16)
    request.session[WAITING] = {
        "handle": handle,
        "connection": connection.public_id,
        "flow": flow.pk if flow else None,
        "until": (timezone.now() + timedelta(minutes=MINUTES)).isoformat(),
        "subject": answer.subject,
        "email": answer.email,
        "full_name": answer.full_name,
        "email_doubted": answer.email_doubted,
        "groups": list(answer.groups),
        "ends_at": answer.ends_at.isoformat() if answer.ends_at else "",
    }
    return handle


def unasked_answer(request: HttpRequest, connection: Connection, handle: str) -> tuple[Flow | None, Answer]:
    """The one that waits, and what it is the answer to, if anything. Raises FlowEnded."""
    kept: dict[str, Any] = request.session.get(WAITING) or {}
    if (kept.get("handle"), kept.get("connection")) != (handle, connection.public_id):
        raise FlowEnded
    flow = first_or_none(Flow.objects.filter(pk=kept["flow"])) if kept["flow"] else None
    is_allowed = flow is not None or connection.takes_unsolicited
    if datetime.fromisoformat(kept["until"]) < timezone.now() or not is_allowed:
        raise FlowEnded
    return flow, Answer(
        subject=kept["subject"],
        email=kept["email"],
        full_name=kept["full_name"],
        email_doubted=kept["email_doubted"],
        groups=tuple(kept["groups"]),
        ends_at=datetime.fromisoformat(kept["ends_at"]) if kept["ends_at"] else None,
    )


def forget_unasked(request: HttpRequest) -> None:
    request.session.pop(WAITING, None)
