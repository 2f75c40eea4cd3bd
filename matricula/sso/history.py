"""What was judged, kept for whoever sets a connection up: every test run, and sign-ins that failed."""

from django.utils.translation import gettext_lazy as _

from matricula.identities.models import Connection, Flow
from matricula.sso.answers import Answer, Checks
from matricula.sso.models import JudgedAnswer

CHECKS = {
    "state": _("It belongs to this attempt"),
    "answer_issuer": _("The answer names the issuer"),
    "code": _("It brings a code"),
    "size": _("The ID token is small enough"),
    "form": _("The ID token has its form"),
    "critical": _("It asks for nothing unknown"),
    "algorithm": _("It is signed in a way we take"),
    "key": _("Its key is one of the provider's"),
    "signature": _("The signature is right"),
    "claims": _("What is signed can be read"),
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
    return keep(connection, flow, checks, passed=False, reason=reason, words=words)


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
    return JudgedAnswer.objects.create(
        connection=connection,
        purpose=flow.purpose if flow else Flow.Purpose.SIGN_IN,
        account=flow.account if flow else None,
        passed=passed,
        reason=reason[:40],
        words=words[:500],
        checks=looked,
        values=values or {},
    )


def lines_of(judged: JudgedAnswer) -> list[dict[str, object]]:
    """The checks with their words."""
    return [{**one, "words": CHECKS.get(one["code"], one["code"])} for one in judged.checks]
