"""Answers that nobody asked for (SAML 2.0 Profiles, 4.1.5), waiting for the word of whoever sits there.

Any site can post an answer about its own author into a visitor's browser. It is signed and in order, and
would put that author's account in place of the visitor's: so whatever it changes is named first.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils import timezone

from matricula.identities.errors import FlowEnded, IdentityError
from matricula.identities.identities import known_identity
from matricula.identities.models import Connection
from matricula.sso.answers import Answer

WAITING = "sso_unasked"
MINUTES = 5


def needs_word(request: HttpRequest, connection: Connection, answer: Answer) -> bool:
    """Where somebody else is signed in here, or the sign-in is linked with no account yet.

    The user of the session itself is asked, not the request's: on pages of strangers nobody is there whom a
    company alone signed in.
    """
    try:
        identity = known_identity(connection=connection, subject=answer.subject)
    except IdentityError:
        return False  # it is refused, and changes nothing
    if identity is None:
        return True
    return get_user(request).pk not in (None, identity.account_id)


def keep_unasked(request: HttpRequest, connection: Connection, answer: Answer) -> str:
    """The handle of its page: a later answer has a page of its own, and is never behind this one's button."""
    handle = secrets.token_urlsafe(16)
    request.session[WAITING] = {
        "handle": handle,
        "connection": connection.public_id,
        "until": (timezone.now() + timedelta(minutes=MINUTES)).isoformat(),
        "subject": answer.subject,
        "email": answer.email,
        "full_name": answer.full_name,
        "groups": list(answer.groups),
        "ends_at": answer.ends_at.isoformat() if answer.ends_at else "",
    }
    return handle


def unasked_answer(request: HttpRequest, connection: Connection, handle: str) -> Answer:
    """The one that waits. Raises FlowEnded."""
    kept: dict[str, Any] = request.session.get(WAITING) or {}
    if (kept.get("handle"), kept.get("connection")) != (handle, connection.public_id):
        raise FlowEnded
    if datetime.fromisoformat(kept["until"]) < timezone.now() or not connection.takes_unsolicited:
        raise FlowEnded
    return Answer(
        subject=kept["subject"],
        email=kept["email"],
        full_name=kept["full_name"],
        groups=tuple(kept["groups"]),
        ends_at=datetime.fromisoformat(kept["ends_at"]) if kept["ends_at"] else None,
    )


def forget_unasked(request: HttpRequest) -> None:
    request.session.pop(WAITING, None)
