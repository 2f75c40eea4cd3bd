"""Jobs, looked at and tried again from a shell."""

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from matricula.commands.registry import argument, command

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from matricula.jobs.models import Job

MOST = 100


@command(
    "jobs",
    "tell which jobs run, wait or have failed, and try one again",
    argument("--failed", "only those that have failed", action="store_true"),
    argument("--retry", "put a failed job back in line", type=int, metavar="ID"),
)
def jobs(arguments: argparse.Namespace) -> int:
    """Exit code 1 when the job that is to be tried again has not failed."""
    from matricula.jobs.queue import try_again

    if arguments.retry is None:
        print("\n".join(listed(arguments.failed)))
        return 0
    if try_again(pk=arguments.retry):
        print(f"Job {arguments.retry} is in line again.")
        return 0
    print(f"There is no failed job {arguments.retry}.", file=sys.stderr)
    return 1


def listed(failed: bool) -> Iterator[str]:
    """How many there are of each state, then a line each; what recurs only while it is in trouble."""
    from django.db.models import Count, Q

    from matricula.jobs.models import Job

    counts = dict(Job.objects.values_list("state").annotate(Count("pk")).order_by("state"))
    yield ", ".join(f"{counts.get(one, 0):,} {one}" for one in Job.State.values)
    rows = Job.objects.filter(state=Job.State.FAILED) if failed else Job.objects.exclude(state=Job.State.DONE)
    shown = rows.exclude(Q(recurs=True, error="") & ~Q(state=Job.State.RUNNING)).order_by("due_at", "pk")
    yield from table_of(shown)


def table_of(rows: "QuerySet[Job]") -> Iterator[str]:
    some = list(rows[: MOST + 1])
    if some:
        yield f"{'id':>10}  {'state':8}{'tries':>5}  {'due (UTC)':16}  what"
    for one in some[:MOST]:
        about = f"{one.kind} {one.reference}" if one.reference is not None else one.kind
        error = f": {one.error.partition(chr(10))[0][:200]}" if one.error else ""
        yield f"{one.pk:>10}  {one.state:8}{one.attempts:>5}  {one.due_at:%Y-%m-%d %H:%M}  {about}{error}"
    if len(some) > MOST:
        yield f"and more than these {MOST}"
