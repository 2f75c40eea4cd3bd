"""Who may go on with an arrival: the browser that began it, or the account it belongs to."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from matricula.db.queries import first_or_none
from matricula.joining.models import WITH_ORIGIN, Arrival
from matricula.programs.models import Membership, Program, kept_out
from matricula.web.access import access_rule

KEPT_OUT = Exists(
    Membership.objects.filter(
        kept_out(Coalesce(OuterRef("invitation__created_at"), F("left_at"))),
        program=OuterRef("program"),
        account=OuterRef("account"),
    )
)
"""Of arrivals: whether an administrator removed the person, and did not invite them by this since."""


def is_mine(request: HttpRequest, arrival: Arrival) -> bool:
    return arrival.public_id in request.session.get("arrivals", []) or is_own(request, arrival)


def is_own(request: HttpRequest, arrival: Arrival) -> bool:
    """Whether the arrival belongs to the account that is signed in here, which it then brings along."""
    if arrival.account_id is None or arrival.account_id != request.user.pk:
        return False
    arrival.account = request.user
    return True


def is_kept_out(request: HttpRequest, program: Program, invited_at: datetime | None) -> bool:
    """Whether an administrator removed who is signed in here, and has not invited them since."""
    if not request.user.is_authenticated:
        return False
    theirs = Membership.objects.filter(program=program, account=request.user.pk)
    return theirs.filter(kept_out(invited_at)).exists()


def show_removed(request: HttpRequest, program: Program) -> HttpResponse:
    """The same page at every door: what happened, what brings them back, and one click to ask for it."""
    return render(request, "joining/pages/removed.html", {"program": program}, status=410)


def holding_arrival(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the view the Arrival instead of its public id; without one, the lost-session page.

    After the last day of the program, and to whom an administrator removed, the page that says so.
    """

    @wraps(view)
    def guarded(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Arrival.objects.select_related(*WITH_ORIGIN).annotate(kept_out=KEPT_OUT)
        arrival = first_or_none(rows.filter(public_id=public_id, expires_at__gt=timezone.now()))
        if arrival is None or not is_mine(request, arrival):
            return render(request, "joining/pages/lost.html", status=404)
        if arrival.program.has_ended:
            return render(request, "joining/pages/refused.html", {"code": "ended"}, status=410)
        if arrival.kept_out and is_own(request, arrival):
            return show_removed(request, arrival.program)
        with arrival.program.organization.calendar():
            return view(request, arrival, *args, **kwargs)

    return access_rule("holding_arrival", view, guarded)
