"""What was judged, kept for whoever sets a connection up: every test run, and sign-ins that failed."""

from matricula.audit.models import record
from matricula.db.queries import first_or_none
from matricula.identities.asserted_identities import AssertedIdentity
from matricula.identities.models import Connection, Flow, Identity
from matricula.sso.answers import Answer, Checks
from matricula.sso.check_words import CHECKS
from matricula.sso.models import JudgedAnswer

KEPT = {Flow.Purpose.TEST: 20, Flow.Purpose.SIGN_IN: 200}
"""The newest of a connection; `jobs.py` says how long."""


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
    connection: Connection,
    flow: Flow | None,
    checks: Checks,
    *,
    reason: str,
    words: str = "",
    asserted: AssertedIdentity | None = None,
) -> JudgedAnswer:
    """`asserted`: whom the answer named, where it was believed and something else refused them."""
    kept = keep(connection, flow, checks, passed=False, reason=reason, words=words, asserted=asserted)
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
    asserted: AssertedIdentity | None = None,
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
        subject=asserted.subject if asserted else "",
        email=asserted.email if asserted else "",
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


def identity_of(judged: JudgedAnswer) -> Identity | None:
    """The last that was linked with the subject of a refused sign-in, ended or not."""
    if not judged.subject:
        return None
    rows = Identity.objects.filter(connection=judged.connection_id, subject=judged.subject)
    return first_or_none(rows.select_related("account").order_by("-pk"))
