"""Flows: leaving for an identity provider, and coming back once, in the same browser, within ten minutes.

Only digests are kept. What the protocols ask for beside the state, a nonce (OpenID Connect Core, 3.1.2.1) and
a code verifier (RFC 7636, 4.1), is derived from it under keys of their own.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.db.queries import delete_returning, insert_once, update_returning
from matricula.identities.errors import AnswerRepeated, FlowEnded
from matricula.identities.models import Connection, Flow, SeenNonce, StoredAnswer
from matricula.security.secrets import digest, digests
from matricula.security.signed_cookies import cookie_value, keep_in_cookie

COOKIE, PATH = "sso", "/sso/"
MINUTES = 10
ANSWER_MINUTES = 2
MOST_UNASKED = 100
"""Answers of a connection that nobody asked for, waiting for their browser. It comes within a second."""
SWEPT_AT_ONCE = 100


@dataclass(frozen=True)
class BegunFlow:
    """A flow, with what only the browser and the provider are told."""

    flow: Flow
    browser: str
    state: str

    def keep(self, response: HttpResponseBase) -> None:
        """The browser shows it again when it comes back. Several flows may be open in one."""
        keep_in_cookie(response, COOKIE, self.browser, path=PATH, seconds=60 * MINUTES)


def begin_flow(
    request: HttpRequest,
    *,
    connection: Connection,
    purpose: Flow.Purpose = Flow.Purpose.SIGN_IN,
    next_path: str = "",
    account: Account | None = None,
) -> BegunFlow:
    """`next_path` is a path of this site; whoever calls has seen to it."""
    browser, state = browser_of(request) or secrets.token_urlsafe(32), new_state()
    flow = Flow.objects.create(
        connection=connection,
        purpose=purpose,
        state_digest=digest("flow", state),
        browser_digest=digest("flow-browser", browser),
        next_path=next_path,
        account=account,
        expires_at=timezone.now() + timedelta(minutes=MINUTES),
    )
    return BegunFlow(flow, browser, state)


def new_state() -> str:
    """256 random bits that may also be an ID of XML: one that begins with a digit is none (XML 1.0, 2.3)."""
    return f"_{secrets.token_hex(32)}"


def browser_of(request: HttpRequest) -> str:
    return cookie_value(request, COOKIE) or ""


def nonce_of(state: str) -> str:
    return digest("flow-nonce", state)


def verifier_of(state: str) -> str:
    """64 of the characters that RFC 7636, 4.1 allows."""
    return digest("flow-verifier", state)


def open_flows(*, connection: Connection, state: str) -> "QuerySet[Flow]":
    """Of whichever browser: one that may still come back, if any."""
    return Flow.objects.filter(
        connection=connection,
        state_digest__in=digests("flow", state),
        expires_at__gt=timezone.now(),
        used_at__isnull=True,
    )


def take_flow(request: HttpRequest, *, connection: Connection, state: str) -> Flow:
    """The flow that this browser began, used up by it. Raises FlowEnded."""
    rows = open_flows(connection=connection, state=state)
    mine = rows.filter(browser_digest__in=digests("flow-browser", browser_of(request)))
    for flow in update_returning(mine, used_at=timezone.now()):
        flow.connection = connection
        return flow
    raise FlowEnded


def store_answer(*, connection: Connection, content: str, flow: Flow | None = None) -> str:
    """The handle by which the browser comes for it. `content` is what the provider posted, for `flow` or
    unasked.

    Of a flow one waits: a later one takes its place. Of those that nobody asked for the newest hundred.
    """
    sweep_answers(connection)
    handle = secrets.token_urlsafe(32)
    answer = StoredAnswer(
        connection=connection,
        flow=flow,
        handle_digest=digest("answer", handle),
        content=content,
        expires_at=timezone.now() + timedelta(minutes=ANSWER_MINUTES),
    )
    if flow is None:
        store_unasked(answer)
    elif not insert_once(answer):
        # If the earlier one was fetched in this moment, nothing is changed: its flow is used up.
        StoredAnswer.objects.filter(flow=flow).update(
            handle_digest=answer.handle_digest, content=content, expires_at=answer.expires_at
        )
    return handle


@transaction.atomic
def store_unasked(answer: StoredAnswer) -> None:
    """The oldest gives way, so that nobody who posts many keeps out who comes next. The connection is held:
    of two at once the second counts the first."""
    Connection.objects.select_for_update(no_key=True).get(pk=answer.connection_id)
    waiting = StoredAnswer.objects.filter(connection=answer.connection_id, flow__isnull=True)
    surplus = waiting.order_by("-pk").values_list("pk", flat=True)[MOST_UNASKED - 1 :]
    StoredAnswer.objects.filter(pk__in=list(surplus)).delete()
    answer.save(force_insert=True)


def sweep_answers(connection: Connection) -> None:
    """Nobody came for these in time. The night would find them too; until then they would heap up."""
    late = StoredAnswer.objects.filter(connection=connection, expires_at__lt=timezone.now())
    if not late.exists():
        return
    with transaction.atomic():
        # SKIP LOCKED: of two who sweep at once, neither waits for the other.
        some = late.select_for_update(skip_locked=True).values_list("pk", flat=True)[:SWEPT_AT_ONCE]
        StoredAnswer.objects.filter(pk__in=list(some)).delete()


def take_answer(*, connection: Connection, handle: str) -> str:
    """What was stored, once. Raises FlowEnded."""
    rows = StoredAnswer.objects.filter(
        connection=connection,
        handle_digest__in=digests("answer", handle),
        expires_at__gt=timezone.now(),
    )
    for answer in delete_returning(rows):
        return answer.content
    raise FlowEnded


def note_seen_once(*, connection: Connection, value: str, until: datetime) -> None:
    """It will not be taken a second time, at least `until` then. Raises AnswerRepeated."""
    seen = SeenNonce(connection=connection, value_digest=digest("nonce", value), expires_at=until)
    if not insert_once(seen):
        raise AnswerRepeated
