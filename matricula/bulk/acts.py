"""Doing one thing to many rows: asked for at once, done by the worker some rows a step.

A step is one transaction with the news of how far it is, so what a kill takes is done again and nothing
twice. Each row has a savepoint of its own: what one is refused does not undo the others.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.bulk.errors import MoreByNow, NothingChosen
from matricula.bulk.models import BulkAct, BulkRefusal
from matricula.bulk.verbs import Verb, verb_of
from matricula.jobs.queue import enqueue
from matricula.organizations.access import MAY
from matricula.organizations.models import Organization, Role
from matricula.web.refusals import Refusal

JOB = "bulk.act"
BATCH = 100
"""Rows a step: each is some statements, and nobody else of the queue shall wait for long."""
MOST_CHOSEN = 1_000
"""Of single rows; whoever means more means all that fit."""


class Meant(NamedTuple):
    """How many rows a question is about, and the newest of them."""

    number: int
    newest: int


def what_is_meant(
    verb: Verb, organization: Organization, asked: Mapping[str, str], chosen: list[int]
) -> Meant | None:
    """None where there is no such row."""
    rows = chosen_rows(verb, organization, asked, chosen)
    newest = rows.order_by("-pk").values_list("pk", flat=True).first()
    number = rows.count() if chosen else verb.number(organization, asked)
    return None if newest is None else Meant(number, newest)


@transaction.atomic
def ask_for_many(
    *,
    verb: Verb,
    organization: Organization,
    asked: Mapping[str, str],
    chosen: list[int],
    option: str,
    actor: Account,
    seen: Meant | None = None,
) -> BulkAct:
    """Have `verb` done to the `chosen` rows, or without any to all that fit `asked` by now.

    `seen` is what the question said it is about. Raises NothingChosen where there is no such row, and
    MoreByNow where all that fit have become more.
    """
    meant = what_is_meant(verb, organization, asked, chosen)
    if meant is None:
        raise NothingChosen
    if seen and not chosen and (meant.number > seen.number or meant.newest > seen.newest):
        raise MoreByNow
    act = BulkAct.objects.create(
        organization=organization,
        kind=verb.kind,
        asked=dict(asked),
        chosen=chosen,
        option=option,
        asked_by=actor,
        expected=meant.number,
        last=meant.newest,
    )
    enqueue(JOB, reference=act.pk, organization=organization.pk)
    after = {"act": str(verb.kind), "rows": meant.number}
    record("bulk.asked", actor=actor, organization=organization, subject=act, after=after)
    return act


def chosen_rows(
    verb: Verb, organization: Organization, asked: Mapping[str, str], chosen: list[int]
) -> QuerySet[Any]:
    """Rows of the organization's list, whatever ids somebody sent."""
    if chosen:
        return verb.rows(organization, {}).filter(pk__in=chosen[:MOST_CHOSEN])
    return verb.rows(organization, asked)


def carry_on(act: BulkAct) -> bool:
    """The next rows; True when more are left. Nothing more is done for somebody who administers no longer."""
    verb = verb_of(act.kind)
    if verb is None or not may_still(act):
        end_act(act, stopped=True)
        return False
    meant = chosen_rows(verb, act.organization, act.asked, act.chosen)
    rows = list(meant.filter(pk__gt=act.reached, pk__lte=act.last).order_by("pk")[:BATCH])
    refused = [one for one in (perform_one(verb, row, act) for row in rows) if one]
    BulkRefusal.objects.bulk_create(refused)
    news = {"done": F("done") + len(rows) - len(refused), "refused": F("refused") + len(refused)}
    if rows:
        news["reached"] = rows[-1].pk
    BulkAct.objects.filter(pk=act.pk).update(**news)
    if len(rows) == BATCH:
        return BulkAct.objects.under_way().filter(pk=act.pk).exists()
    end_act(act)
    return False


def perform_one(verb: Verb, row: Any, act: BulkAct) -> BulkRefusal | None:
    try:
        with transaction.atomic():
            verb.perform(row, act)
    except Refusal as refusal:
        return BulkRefusal(act=act, subject_id=row.pk, reason=str(refusal)[:400])
    return None


def may_still(act: BulkAct) -> bool:
    rows = Role.objects.filter(account=act.asked_by, organization=act.organization)
    return rows.filter(kind__in=MAY["administering"]).exists()


def end_act(act: BulkAct, *, stopped: bool = False) -> bool:
    """False when it had ended."""
    rows = BulkAct.objects.under_way().filter(pk=act.pk)
    return bool(rows.update(ended_at=timezone.now(), is_stopped=stopped))


@transaction.atomic
def stop_act(*, act: BulkAct, actor: Account) -> bool:
    """What is done stays done; the step at work is finished. False when it had ended."""
    done = end_act(act, stopped=True)
    if done:
        record("bulk.stopped", actor=actor, organization=act.organization, subject=act)
    return done
