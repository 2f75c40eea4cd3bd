"""What was judged, kept for whoever sets a connection up: every test run, and sign-ins that failed."""

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from matricula.audit.models import record
from matricula.db.queries import first_or_none
from matricula.identities.asserted_identities import AssertedIdentity
from matricula.identities.models import Connection, Flow, Identity
from matricula.security.throttling import Limit
from matricula.sso.answers import Answer, Checks
from matricula.sso.check_words import CHECKS
from matricula.sso.models import JudgedAnswer

KEPT = {Flow.Purpose.TEST: 20, Flow.Purpose.SIGN_IN: 50}
"""The newest of a connection; of sign-ins that were refused the newest of each reason, so that whoever has
one refused as often as they like pushes out nothing else. `jobs.py` says how long."""
SHOWN = 10
"""Of each reason, on the connection's page."""
LINE = Limit("answer-refused-line", tries=1, minutes=1)
"""Lines of the audit log: they stay for ever, and anybody may have answers refused."""


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
    """In the history each, in the audit log once a minute for each reason.

    `asserted`: whom the answer named, where it was believed and something else refused them.
    """
    kept = keep(connection, flow, checks, passed=False, reason=reason, words=words, asserted=asserted)
    if LINE.allows(f"{connection.pk}:{reason}"):
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
        account=flow.account if flow and flow.purpose == Flow.Purpose.TEST else None,
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
    if newest.purpose == Flow.Purpose.SIGN_IN:
        rows = rows.filter(reason=newest.reason)
    surplus = rows.order_by("-at", "-pk").values_list("pk", flat=True)[KEPT[Flow.Purpose(newest.purpose)] :]
    JudgedAnswer.objects.filter(pk__in=list(surplus)).delete()


def refused_sign_ins(connection: Connection) -> "QuerySet[JudgedAnswer]":
    """For the page: the newest of each reason, so that a genuine one is not below a hundred that somebody
    made."""
    place = Window(RowNumber(), partition_by=F("reason"), order_by=[F("at").desc(), F("pk").desc()])
    rows = JudgedAnswer.objects.filter(connection=connection, purpose=Flow.Purpose.SIGN_IN)
    newest = rows.defer("raw", "checks", "values").annotate(place=place).filter(place__lte=SHOWN)
    return newest.order_by("-at", "-pk")


def lines_of(judged: JudgedAnswer) -> list[dict[str, object]]:
    """The checks with their words."""
    return [{**one, "words": CHECKS.get(one["code"], one["code"])} for one in judged.checks]


def identity_of(judged: JudgedAnswer) -> Identity | None:
    """The last that was linked with the subject of a refused sign-in, ended or not."""
    if not judged.subject:
        return None
    rows = Identity.objects.filter(connection=judged.connection_id, subject=judged.subject)
    return first_or_none(rows.select_related("account").order_by("-pk"))
