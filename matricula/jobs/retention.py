"""How long passing things are kept. A room says it in its `jobs.py`; one nightly job has them forgotten.

`docs/operate/running.md` shows the list; a test fails for a table that is in no rule and not known to last.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from matricula.jobs.models import Job
from matricula.jobs.queue import Step, enqueue

FORGET = "jobs.forget"
AT_ONCE = 5_000
Rows = Callable[[datetime], "QuerySet[Any]"]


@dataclass(frozen=True)
class Rule:
    """What goes, so long `after` what `since` says; `step` forgets some, and says whether more is left."""

    what: str
    after: timedelta
    since: str
    models: tuple[type[Model], ...]
    step: Step


_rules: dict[str, Rule] = {}


def forgets(what: str, after: timedelta, since: str, *models: type[Model]) -> Callable[[Step], Step]:
    """Register a step that forgets some of `what`, where more goes than rows. True says that more is left."""

    def register(step: Step) -> Step:
        _rules[what] = Rule(what, after, since, models, step)
        return step

    return register


def forgets_rows(what: str, after: timedelta, since: str, model: type[Model]) -> Callable[[Rows], Rows]:
    """Register a function that gives the rows to delete, of the moment up to which all goes."""

    def register(rows: Rows) -> Rows:
        _rules[what] = Rule(what, after, since, (model,), lambda _: delete_some(rows(timezone.now() - after)))
        return rows

    return register


def delete_some(rows: "QuerySet[Any]") -> bool:
    """A batch of `rows`, but for what changed since they were looked for. True when there may be more."""
    return delete_counted(rows)[1]


def delete_counted(rows: "QuerySet[Any]") -> tuple[int, bool]:
    """As `delete_some` does, and how many went."""
    some = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    rows.filter(pk__in=some).delete()
    return len(some), len(some) == AT_ONCE


def known_rules() -> list[Rule]:
    return [_rules[what] for what in sorted(_rules)]


def ask_to_forget() -> None:
    """A job for every rule, so that one that meets a fault fails for itself and is seen."""
    waiting = Job.objects.filter(kind=FORGET, state__in=(Job.State.QUEUED, Job.State.RUNNING))
    asked = set(waiting.values_list("reference", flat=True))
    for number in range(len(_rules)):
        if number not in asked:
            enqueue(FORGET, reference=number)


def apply_rule(job: Job) -> bool:
    """What the rule says, some at a time. Whoever asked may have been of a version that knew more rules."""
    rules, number = known_rules(), job.reference or 0
    return bool(rules[number].step(job)) if number < len(rules) else False
