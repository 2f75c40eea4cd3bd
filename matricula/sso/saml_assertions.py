"""Reads a verified assertion: for whom it is, for how long, and whom it is about (SAML 2.0 Core, 2)."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from matricula.sso.answers import Answer, AnswerRefused, Checks, Values, utc
from matricula.sso.x509_certificates import X509Certificate
from matricula.sso.xml_documents import ASSERTION, Element, read_text

BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
IS_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
KNOWN_CONDITIONS = {ASSERTION + name for name in ("AudienceRestriction", "OneTimeUse", "ProxyRestriction")}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
FARTHEST = datetime(9000, 1, 1, tzinfo=UTC)
"""Some write the end of time; it must stay possible to add to it."""
LONGEST_SKEW = timedelta(seconds=300)
LONGEST_ID = 256
"""Of a persistent identifier (Core, 8.3.7); we keep no longer ID and no longer subject of any kind."""


@dataclass(frozen=True)
class AttributeNames:
    """Which attribute, by its Name, says what. Where `subject` is empty, the NameID says who it is."""

    subject: str = ""
    email: str = ""
    full_name: str = ""
    given_name: str = ""
    family_name: str = ""
    groups: str = ""


@dataclass(frozen=True)
class Expected:
    """What an answer must be, to open anything."""

    issuer: str
    """The identity provider's entityID."""
    audience: str
    """Our own entityID."""
    acs: str
    """The address to which the answer was posted, as made from BASE_URL: never from the Host header."""
    certificates: tuple[X509Certificate, ...]
    now: datetime
    request_id: str = ""
    """Of the flow of this very session; empty where there is none."""
    may_be_unsolicited: bool = False
    attributes: AttributeNames = field(default_factory=AttributeNames)
    name_id_format: str = ""
    """When given, a NameID of another format is somebody else's."""
    skew: timedelta = timedelta(seconds=60)
    decryption_keys: tuple[RSAPrivateKey, ...] = ()
    """Ours, while encrypted assertions are switched on: two during a rollover."""
    signed_in_since: datetime | None = None
    """When the request had ForceAuthn: the sign-in there must be newer than the request."""

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.skew <= LONGEST_SKEW:
            raise ValueError(f"a skew of {self.skew}")


def read_instant(text: str | None, code: str, checks: Checks) -> datetime:
    """An xs:dateTime; without a zone it is UTC (SAML 2.0 Core, 1.3.3). Raises AnswerRefused."""
    try:
        instant = datetime.fromisoformat(text) if text and INSTANT.fullmatch(text) else None
        if instant is not None:
            return min((instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC), FARTHEST)
    except (ValueError, OverflowError):
        pass
    checks.require(code, False, expected="a time", seen=text or "")
    return FARTHEST


def require_not_over(text: str | None, code: str, expected: Expected, checks: Checks) -> datetime:
    """A NotOnOrAfter of any kind."""
    instant = read_instant(text, code, checks)
    checks.require(
        code,
        expected.now - expected.skew < instant,
        expected=f"after {utc(expected.now - expected.skew)}",
        seen=instant,
    )
    return instant


def require_begun(text: str | None, code: str, expected: Expected, checks: Checks) -> datetime:
    """A NotBefore or an instant of something that happened."""
    instant = read_instant(text, code, checks)
    checks.require(
        code,
        instant <= expected.now + expected.skew,
        expected=f"until {utc(expected.now + expected.skew)}",
        seen=instant,
    )
    return instant


def require_issuer(element: Element, code: str, expected: Expected, checks: Checks) -> None:
    """Exactly the entityID (Profiles, 4.1.4.2; Core, 8.3.6)."""
    issuers = element.findall(ASSERTION + "Issuer")
    named = [read_text(one) for one in issuers if one.get("Format", ENTITY) == ENTITY]
    checks.require(
        code,
        named == [expected.issuer] and len(issuers) == 1,
        expected=expected.issuer,
        seen=", ".join(named),
    )


def require_confirmation(
    subject: Element, in_response_to: str | None, expected: Expected, checks: Checks
) -> datetime:
    """At least one bearer confirmation is for us (Profiles, 4.1.4.2). Tells until when one is."""
    confirmations = subject.findall(ASSERTION + "SubjectConfirmation")
    methods = [one.get("Method", "") for one in confirmations]
    checks.require("bearer", BEARER in methods, expected=BEARER, seen=", ".join(methods))
    tried = [
        judge_confirmation(one, in_response_to, expected)
        for one in confirmations
        if one.get("Method") == BEARER
    ]
    fitting = [(seen, until) for seen, until in tried if until]
    checks.extend((fitting or tried)[0][0])
    if not fitting:
        raise AnswerRefused(checks)
    return max(until for _, until in fitting)


def judge_confirmation(
    confirmation: Element, in_response_to: str | None, expected: Expected
) -> tuple[Checks, datetime | None]:
    """What was looked at, and until when it counts, if it does: another one may be for us."""
    checks = Checks()
    try:
        return checks, require_data(
            confirmation.find(ASSERTION + "SubjectConfirmationData"), in_response_to, expected, checks
        )
    except AnswerRefused:
        return checks, None


def require_data(data: Element, in_response_to: str | None, expected: Expected, checks: Checks) -> datetime:
    checks.require("confirmation_data", data is not None)
    checks.require(
        "recipient", data.get("Recipient") == expected.acs, expected=expected.acs, seen=data.get("Recipient")
    )
    seen = data.get("InResponseTo")
    checks.require("confirmation_in_response_to", seen == in_response_to, expected=in_response_to, seen=seen)
    checks.require("confirmation_not_before", data.get("NotBefore") is None, seen=data.get("NotBefore"))
    return require_not_over(data.get("NotOnOrAfter"), "confirmation_not_on_or_after", expected, checks)


def require_conditions(assertion: Element, expected: Expected, checks: Checks) -> datetime:
    """Valid now, and for us: every AudienceRestriction names us (Core, 2.5.1). Tells until when."""
    found = assertion.findall(ASSERTION + "Conditions")
    checks.require("conditions", len(found) == 1, expected=1, seen=len(found))
    conditions = found[0]
    unknown = [child.tag for child in conditions if child.tag not in KNOWN_CONDITIONS]
    checks.require("unknown_condition", not unknown, seen=", ".join(unknown))
    until = FARTHEST
    if "NotBefore" in conditions.attrib:
        require_begun(conditions.get("NotBefore"), "not_before", expected, checks)
    if "NotOnOrAfter" in conditions.attrib:
        until = require_not_over(conditions.get("NotOnOrAfter"), "not_on_or_after", expected, checks)
    require_audience(conditions, expected, checks)
    return until


def require_audience(conditions: Element, expected: Expected, checks: Checks) -> None:
    """Restrictions are joined by and, audiences within one by or (Core, 2.5.1.4)."""
    restrictions = [
        [read_text(audience) for audience in restriction.findall(ASSERTION + "Audience")]
        for restriction in conditions.findall(ASSERTION + "AudienceRestriction")
    ]
    ours = bool(restrictions) and all(expected.audience in audiences for audiences in restrictions)
    seen = "; ".join(", ".join(audiences) for audiences in restrictions)
    checks.require("audience", ours, expected=expected.audience, seen=seen)


def require_sign_on(assertion: Element, expected: Expected, checks: Checks) -> datetime | None:
    """Somebody signed in there (Core, 2.7.2). Tells when the session is to end, if that is said."""
    statements = assertion.findall(ASSERTION + "AuthnStatement")
    checks.require("authn_statement", bool(statements))
    for statement in statements:
        instant = require_begun(statement.get("AuthnInstant"), "authn_instant", expected, checks)
        since = expected.signed_in_since
        checks.require(
            "signed_in_anew", since is None or since - expected.skew <= instant, expected=since, seen=instant
        )
    ends = [
        require_not_over(statement.get("SessionNotOnOrAfter"), "session_not_on_or_after", expected, checks)
        for statement in statements
        if "SessionNotOnOrAfter" in statement.attrib
    ]
    return min(ends, default=None)


def read_attributes(assertion: Element) -> Values:
    """All values by Name: Keycloak repeats the attribute, others the value (Core, 2.7.3)."""
    values: dict[str, tuple[str, ...]] = {}
    for attribute in assertion.iterfind(f"{ASSERTION}AttributeStatement/{ASSERTION}Attribute"):
        name = attribute.get("Name", "")
        texts = (read_value(value) for value in attribute.findall(ASSERTION + "AttributeValue"))
        values[name] = values.get(name, ()) + tuple(text for text in texts if text)
    return values


def read_value(value: Element) -> str:
    """A text; or the text of the NameID in it, as eduPersonTargetedID is sent."""
    if value.get(IS_NIL) in ("true", "1"):
        return ""
    return read_text(value[0] if [child.tag for child in value] == [ASSERTION + "NameID"] else value)


def read_answer(
    assertion: Element, subject: Element, ends_at: datetime | None, expected: Expected, checks: Checks
) -> tuple[Answer, str]:
    """The five values that both protocols end in, and the format of the NameID."""
    values, names = read_attributes(assertion), expected.attributes
    name_id, kind = read_name_id(subject, expected, checks)
    who = pick_subject(values, names.subject, checks) if names.subject else name_id
    checks.require(
        "subject", 0 < len(who) <= LONGEST_ID, expected=f"1 to {LONGEST_ID} characters", seen=len(who)
    )
    first = {name: texts[0] for name, texts in values.items() if texts}
    parts = (first.get(names.given_name, ""), first.get(names.family_name, ""))
    answer = Answer(
        subject=who,
        email=first.get(names.email, "") or (name_id if kind == EMAIL else ""),
        full_name=first.get(names.full_name, "") or " ".join(part for part in parts if part),
        groups=values.get(names.groups, ()) if names.groups else (),
        ends_at=ends_at,
        values=values,
    )
    return answer, kind


def read_name_id(subject: Element, expected: Expected, checks: Checks) -> tuple[str, str]:
    """The NameID and its format (Core, 2.2.3 and 8.3): any, or none, where an attribute was chosen."""
    found = subject.findall(ASSERTION + "NameID")
    text = read_text(found[0]) if len(found) == 1 else ""
    kind = found[0].get("Format", "") if len(found) == 1 else ""
    if not expected.attributes.subject:
        checks.require("name_id", bool(text), expected=1, seen=len(found))
        checks.require("transient", kind != TRANSIENT, seen=kind)
        wanted = expected.name_id_format or kind
        checks.require("name_id_format", kind == wanted, expected=wanted, seen=kind)
    return text, kind


def pick_subject(values: Values, name: str, checks: Checks) -> str:
    """One value, for a person is one subject."""
    found = values.get(name, ())
    checks.require(
        "subject_attribute", len(found) == 1, expected=name, seen=", ".join(found) or ", ".join(values)
    )
    return found[0]
