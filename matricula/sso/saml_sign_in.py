"""Signing in by SAML 2.0: out to the provider by a link, and what it posts back (Profiles, 4.1)."""

import base64
import binascii
from dataclasses import replace

from django.utils import timezone

from matricula.identities.flows import BegunFlow
from matricula.identities.models import Connection, ConnectionKey
from matricula.sso.answers import Answer, Checks, Values
from matricula.sso.certificates import note_certificate_used
from matricula.sso.connections import acs_address, entity_id
from matricula.sso.id_tokens import read_email, read_full_name
from matricula.sso.own_keys import private_keys
from matricula.sso.saml_metadata import IdentityProvider
from matricula.sso.saml_requests import AuthnRequest, ProviderRedirect, address_request, make_relay_state
from matricula.sso.saml_responses import AttributeNames, Expected, Judged, judge_response
from matricula.sso.x509_certificates import read_certificate

LARGEST_ANSWER = 256 * 1024
"""Bytes, in base64 as it is posted."""
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
USUAL = {
    "email": (f"{CLAIMS}emailaddress", "urn:oid:0.9.2342.19200300.100.1.3", "email", "mail", "emailAddress"),
    "name": (
        "http://schemas.microsoft.com/identity/claims/displayname",
        "urn:oid:2.16.840.1.113730.3.1.241",
        "displayName",
        "name",
        f"{CLAIMS}name",
    ),
    "given_name": (f"{CLAIMS}givenname", "urn:oid:2.5.4.42", "givenName", "firstName", "first_name"),
    "family_name": (f"{CLAIMS}surname", "urn:oid:2.5.4.4", "sn", "surname", "lastName", "last_name"),
}
"""As Entra and ADFS, eduPerson and LDAP, Okta and Google write them; by what they are in OpenID Connect."""
GROUPS = ("http://schemas.microsoft.com/ws/2008/06/identity/claims/groups", "groups", "memberOf", "Role")


def saml_redirect(connection: Connection, left: BegunFlow) -> ProviderRedirect:
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
    theirs, ours = keys_of(connection)
    private = private_keys(ours)
    judged = judge_response(
        raw,
        expected=Expected(
            issuer=connection.issuer,
            audience=entity_id(connection),
            acs=acs_address(connection),
            certificates=tuple(read_certificate(one.certificate) for one in theirs),
            now=timezone.now(),
            request_id=request_id,
            may_be_unsolicited=connection.takes_unsolicited,
            attributes=AttributeNames(
                subject=connection.subject_from,
                email=connection.email_from,
                full_name=connection.name_from,
            ),
            decryption_keys=tuple(private.values()),
        ),
    )
    for one in [*theirs, *ours]:
        if one.fingerprint == judged.fingerprint or private.get(one.pk, 0) is judged.opened_with:
            note_certificate_used(one)
    return replace(judged, answer=with_usual_names(judged.answer))


def keys_of(connection: Connection) -> tuple[list[ConnectionKey], list[ConnectionKey]]:
    """Those in force: theirs, and ours."""
    in_force = list(connection.certificates.in_force())
    theirs = [one for one in in_force if one.kind == ConnectionKey.Kind.SIGNING]
    return theirs, [one for one in in_force if one.kind == ConnectionKey.Kind.OWN]


def with_usual_names(answer: Answer) -> Answer:
    """E-mail, name and groups: from what was chosen, else where providers usually put them."""
    found = {name: first_of(answer.values, usual) for name, usual in USUAL.items()}
    groups = next((answer.values[one] for one in GROUPS if one in answer.values), ())
    return replace(
        answer,
        email=read_email({"email": answer.email}) or read_email(found),
        full_name=read_full_name({"name": answer.full_name}) or read_full_name(found),
        groups=answer.groups or tuple(groups),
    )


def first_of(values: Values, names: tuple[str, ...]) -> str:
    return next((values[name][0] for name in names if values.get(name)), "")
