"""Who may go on with an arrival: the browser that began it, or the account it belongs to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from matricula.joining.models import Arrival
from matricula.web.access import access_rule
from matricula.web.finding import only


def is_mine(request: HttpRequest, arrival: Arrival) -> bool:
    return arrival.public_id in request.session.get("arrivals", []) or is_own(request, arrival)


def is_own(request: HttpRequest, arrival: Arrival) -> bool:
    """Whether the arrival belongs to the account that is signed in here, which it then brings along."""
    if arrival.account_id is None or arrival.account_id != request.user.pk:
        return False
    arrival.account = request.user
    return True


def holding_arrival(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the view the Arrival instead of its public id; without one, the lost-session page.

    After the last day of the program, the page that says so.
    """

    @wraps(view)
    def guarded(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Arrival.objects.select_related("program__organization")
        arrival = only(rows.filter(public_id=public_id, expires_at__gt=timezone.now()))
        if arrival is None or not is_mine(request, arrival):
            return render(request, "joining/pages/lost.html", status=404)
        if arrival.program.has_ended:
            return render(request, "joining/pages/refused.html", {"code": "ended"}, status=410)
        return view(request, arrival, *args, **kwargs)

    return access_rule("holding_arrival", view, guarded)
