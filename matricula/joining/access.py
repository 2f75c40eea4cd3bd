"""Who may go on with an arrival: the browser that began it, or the account it belongs to."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from matricula.joining.models import Arrival
from matricula.web.access import access_rule


def is_mine(request: HttpRequest, arrival: Arrival) -> bool:
    if arrival.public_id in request.session.get("arrivals", []):
        return True
    return arrival.account is not None and arrival.account == request.user


def holding_arrival(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the view the Arrival instead of its public id; without one, the lost-session page.

    After the last day of the program, the page that says so.
    """

    @wraps(view)
    def guarded(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Arrival.objects.select_related("program__organization", "account", "invitation", "course")
        arrival = rows.filter(public_id=public_id, expires_at__gt=timezone.now()).first()
        if arrival is None or not is_mine(request, arrival):
            return render(request, "joining/pages/lost.html", status=404)
        if arrival.program.has_ended:
            return render(request, "joining/pages/refused.html", {"code": "ended"}, status=410)
        return view(request, arrival, *args, **kwargs)

    return access_rule("holding_arrival", view, guarded)
