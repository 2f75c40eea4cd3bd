"""What was judged, kept for whoever sets a connection up: every test run, and sign-ins that failed."""

from django.utils.translation import gettext_lazy as _

from matricula.audit.models import record
from matricula.identities.models import Connection, Flow
from matricula.sso.answers import Answer, Checks
from matricula.sso.models import JudgedAnswer
from matricula.sso.saml_errors import UnreadableXML

KEPT = {Flow.Purpose.TEST: 20, Flow.Purpose.SIGN_IN: 200}
"""The newest of a connection; `jobs.py` says how long."""
CHECKS = {
    "state": _("It belongs to this attempt"),
    "answer_issuer": _("The answer names the issuer"),
    "code": _("It brings a code"),
    "size": _("It is small enough"),
    "form": _("The ID token has its form"),
    "critical": _("It asks for nothing unknown"),
    "algorithm": _("It is signed in a way we take"),
    "key": _("Its key is one of the provider's"),
    "signature": _("The signature is right"),
    "claims": _("What is signed can be read"),
    "response_issuer": _("The answer around it is the provider's, too"),
    "authn_instant": _("They signed in before it was sent"),
    "session_not_on_or_after": _("Their session there has not ended"),
    "issuer": _("The issuer is the one you entered"),
    "audience": _("It is meant for this site"),
    "authorized_party": _("It was asked for by this site"),
    "expires": _("It has not expired"),
    "not_before": _("It is valid already"),
    "issued_at": _("It was made just now"),
    "nonce": _("It answers what we asked"),
    "subject": _("It says who it is"),
    "tenant": _("It comes from your tenant"),
    "object_id": _("It has an object id"),
    "userinfo_subject": _("Userinfo speaks of the same person"),
    "base64": _("It is written as SAML wants it (base64)"),
    "xml": _("It is XML as it should be"),
    "response": _("It is a SAML response"),
    "version": _("It is SAML 2.0"),
    "status": _("The provider says that it went well"),
    "one_assertion": _("It makes one statement, and no more"),
    "encrypted_assertion": _("It is not encrypted, or we have the key"),
    "decryption": _("It can be decrypted"),
    "signed": _("It is signed"),
    "signature_place": _("The signature is where it belongs"),
    "signature_reference": _("The signature is about the whole of it"),
    "signature_shape": _("The signature has its form"),
    "signature_transforms": _("The signature changes nothing before it is checked"),
    "signature_algorithm": _("It is signed in a way we take (SHA-256 or better)"),
    "digest_algorithm": _("Its digest is made in a way we take (SHA-256 or better)"),
    "digest": _("What was signed is what came"),
    "assertion_id": _("The statement has a name of its own"),
    "assertion_version": _("The statement is SAML 2.0"),
    "destination": _("It was sent to this address"),
    "in_response_to": _("It answers what we asked"),
    "conditions": _("It says for whom and when it holds"),
    "unknown_condition": _("It sets no condition that we do not know"),
    "bearer": _("Whoever brings it is meant"),
    "confirmation_data": _("It says whom it may be brought to"),
    "confirmation_in_response_to": _("What is confirmed answers what we asked"),
    "confirmation_not_before": _("What is confirmed is valid already"),
    "confirmation_not_on_or_after": _("What is confirmed has not expired"),
    "recipient": _("It may be brought to this address"),
    "not_on_or_after": _("It has not expired"),
    "authn_statement": _("It says that somebody signed in"),
    "signed_in_anew": _("They signed in anew"),
    "one_subject": _("It speaks of one person"),
    "name_id": _("It names that person"),
    "name_id_format": _("The name is of the kind that was tested"),
    "transient": _("The name stays the same at every sign-in"),
    "subject_attribute": _("The attribute that says who it is came once"),
    **UnreadableXML.FLAWS,
}
"""What each check looks at, in words for whoever runs the provider."""


def keep_passed(flow: Flow, checks: Checks, answer: Answer) -> JudgedAnswer:
    """A test run that went well, with what came."""
    return keep(
        flow.connection,
        flow,
        checks,
        passed=True,
        values={name: list(one) for name, one in answer.values.items()},
    )


def keep_refused(
    connection: Connection, flow: Flow | None, checks: Checks, *, reason: str, words: str = ""
) -> JudgedAnswer:
    kept = keep(connection, flow, checks, passed=False, reason=reason, words=words)
    record(
        "connection.answer_refused",
        organization=connection.organization_id,
        subject=connection,
        after={"reason": reason},
    )
    return kept


def keep(
    connection: Connection,
    flow: Flow | None,
    checks: Checks,
    *,
    passed: bool,
    reason: str = "",
    words: str = "",
    values: dict[str, list[str]] | None = None,
) -> JudgedAnswer:
    looked = [
        {"code": one.code, "passed": one.passed, "expected": one.expected, "seen": one.seen} for one in checks
    ]
    kept = JudgedAnswer.objects.create(
        connection=connection,
        purpose=flow.purpose if flow else Flow.Purpose.SIGN_IN,
        account=flow.account if flow else None,
        passed=passed,
        reason=reason[:40],
        words=words[:500],
        checks=looked,
        values=values or {},
        raw=checks.raw,
        signed_by=checks.signed_by,
    )
    forget_surplus(kept)
    return kept


def forget_surplus(newest: JudgedAnswer) -> None:
    """The history of a connection is for reading, and nobody can fill a disk with it."""
    rows = JudgedAnswer.objects.filter(connection=newest.connection_id, purpose=newest.purpose)
    surplus = rows.order_by("-at", "-pk").values_list("pk", flat=True)[KEPT[Flow.Purpose(newest.purpose)] :]
    JudgedAnswer.objects.filter(pk__in=list(surplus)).delete()


def lines_of(judged: JudgedAnswer) -> list[dict[str, object]]:
    """The checks with their words."""
    return [{**one, "words": CHECKS.get(one["code"], one["code"])} for one in judged.checks]
