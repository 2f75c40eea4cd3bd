"""What `/readyz` and `matricula check` tell of the outbox."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Min, Q
from django.utils import timezone

from matricula.mail.models import Letter
from matricula.mail.sending import sending_fault
from matricula.web.health import Trouble, finds_troubles, reports_health
from matricula.web.metrics import Gauge, Numbers, gauge, measures

PATIENCE = timedelta(minutes=10)
"""By then a letter has left that nothing holds up."""


@reports_health
def sending_health() -> dict[str, object]:
    """Why no letter leaves; empty when they do."""
    return {"letters wait because": sending_fault()}


@reports_health
def outbox_health() -> dict[str, object]:
    """How long the letter that is due longest has waited; minutes mean that no worker runs."""
    now = timezone.now()
    due = Letter.objects.filter(state=Letter.State.QUEUED, due_at__lte=now).order_by("due_at")
    oldest = due.values_list("due_at", flat=True).first()
    return {"oldest letter waits seconds": round((now - oldest).total_seconds()) if oldest else 0}


@finds_troubles
def outbox_troubles() -> Iterator[Trouble]:
    """Letters that were tried and are still here are due later: whoever looks at what is due sees nothing."""
    before = timezone.now() - PATIENCE
    queued = Letter.objects.filter(state=Letter.State.QUEUED)
    tried = queued.exclude(Q(error="") | Q(error=Letter.OVER_THE_LIMIT)).filter(queued_at__lt=before)
    if refused := tried.count():
        words = tried.order_by("-due_at").values_list("error", flat=True)[0]
        told = f"{refused:,} letters wait after being refused, the last time with: {words}"
        yield Trouble("letters are refused", told)
    overdue = queued.filter(due_at__lt=before).count()
    abandoned = Letter.objects.filter(state=Letter.State.SENDING, leased_until__lt=before).count()
    if overdue or abandoned:
        late = f"{overdue + abandoned:,} letters have been due for more than ten minutes"
        yield Trouble("letters are not sent", f"{late}: does `matricula worker` run, and keep up?")


LANES = {False: "awaited", True: "many"}


@measures
def outbox_measures() -> Iterator[Gauge]:
    """One statement, which reads the letters in the outbox."""
    now = timezone.now()
    queued, sending = Q(state=Letter.State.QUEUED), Q(state=Letter.State.SENDING)
    rows = Letter.objects.filter(queued | sending).values_list("bulk").order_by("bulk")
    since = Min("due_at", filter=queued & Q(due_at__lte=now))
    late = Count("pk", filter=sending & Q(leased_until__lt=now))
    found = {bulk: told for bulk, *told in rows.annotate(n=Count("pk"), since=since, late=late)}
    waiting: Numbers = {}
    waits: Numbers = {}
    abandoned = 0
    for bulk, lane in LANES.items():
        number, oldest, expired = found.get(bulk, (0, None, 0))
        waiting[("lane", lane),] = number
        waits[("lane", lane),] = (now - oldest).total_seconds() if oldest else 0
        abandoned += expired
    yield Gauge("letters_waiting", "Letters that have not left; `awaited` by somebody, or of many.", waiting)
    yield Gauge("letters_oldest_wait_seconds", "How long the letter that is due longest has waited.", waits)
    yield gauge("letters_late_leases", "Letters whose worker ended, and that nobody took up yet.", abandoned)


@measures
def sending_measures() -> Iterator[Gauge]:
    given_up = Letter.objects.filter(state=Letter.State.FAILED).count()
    yield gauge("letters_given_up", "Letters that reached nobody, of those that are still kept.", given_up)
    is_open = int(not sending_fault())
    yield gauge("letters_may_leave", "0 while letters are held or the mail server is away.", is_open)
