"""Signing in by SAML 2.0: out to the provider by a link, and what it posts back (Profiles, 4.1)."""

import base64
import binascii
from datetime import timedelta

from django.utils import timezone

from matricula.identities.flows import Left
from matricula.identities.models import Connection, ConnectionKey
from matricula.sso.answers import Checks
from matricula.sso.connections import acs_address, entity_id
from matricula.sso.saml_metadata import IdentityProvider
from matricula.sso.saml_requests import AuthnRequest, Departure, address_request, make_relay_state
from matricula.sso.saml_responses import AttributeNames, Expected, Judged, judge_response
from matricula.sso.signing_certificates import read_certificate

LARGEST_ANSWER = 256 * 1024
"""Bytes, in base64 as it is posted."""
USED_EVERY = timedelta(hours=1)


def departure_of(connection: Connection, left: Left) -> Departure:
    """Where the browser goes. The flow's state is the ID of the request, which the answer has to name."""
    request = AuthnRequest(
        id=left.state, issuer=entity_id(connection), acs=acs_address(connection), issued_at=timezone.now()
    )
    return address_request(request, IdentityProvider.from_json(connection.provider), make_relay_state())


def decode_answer(posted: str) -> bytes:
    """The XML of the POST binding (Bindings, 3.5.4). Raises AnswerRefused."""
    checks = Checks()
    checks.require(
        "size", len(posted) <= LARGEST_ANSWER, expected=f"≤ {LARGEST_ANSWER} bytes", seen=len(posted)
    )
    try:
        return base64.b64decode("".join(posted.split()), validate=True)
    except (binascii.Error, ValueError):
        checks.require("base64", passed=False)
        raise


def judge_saml_answer(connection: Connection, raw: bytes, *, request_id: str) -> Judged:
    """Whom the provider means. `request_id` is that of the flow that was found; "" where nobody asked.

    Raises AnswerRefused.
    """
    keys = {one.fingerprint: one for one in connection.certificates.in_force()}
    judged = judge_response(
        raw,
        expected=Expected(
            issuer=connection.issuer,
            audience=entity_id(connection),
            acs=acs_address(connection),
            certificates=tuple(read_certificate(one.certificate) for one in keys.values()),
            now=timezone.now(),
            request_id=request_id,
            may_be_unsolicited=connection.takes_unsolicited,
            attributes=AttributeNames(subject=connection.subject_from),
        ),
    )
    note_certificate_used(keys[judged.fingerprint])
    return judged


def note_certificate_used(key: ConnectionKey) -> None:
    """So that owners see which of two is still in use; one small UPDATE an hour."""
    now = timezone.now()
    if key.last_used_at is None or key.last_used_at < now - USED_EVERY:
        ConnectionKey.objects.filter(pk=key.pk).update(last_used_at=now)
