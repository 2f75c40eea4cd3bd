"""Who may go on with an arrival: the browser that began it, or the account it belongs to."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from matricula.db.queries import first_or_none
from matricula.joining.models import WITH_ORIGIN, Arrival
from matricula.joining.refusals import KEPT_OUT, refuse_arrival, refused, show_removed
from matricula.programs.models import Membership, Program, kept_out
from matricula.security.signed_cookies import cookie_value, keep_in_cookie
from matricula.web.access import access_rule
from matricula.web.refusals import Refusal

MINE, KEPT = "arrivals", 10
"""Of a browser: the arrivals it began, in its session and, signed, in a cookie."""


def is_mine(request: HttpRequest, arrival: Arrival) -> bool:
    """One that brings a company's sign-in belongs to the session it came into: whoever sits down at the
    browser after a log-out would get another person's sign-in linked with their account."""
    begun = request.session.get(MINE, []) if arrival.connection_id else begun_here(request)
    return arrival.public_id in begun or is_own(request, arrival)


def begun_here(request: HttpRequest) -> list[str]:
    """The cookie outlives the session: who presses SIGN UP twice sends it again after the first press has
    begun a session of its own, and the one that was sent along is gone."""
    return [*request.session.get(MINE, []), *(cookie_value(request, MINE) or "").split()]


def remember_arrival(request: HttpRequest, response: HttpResponseBase, arrival: Arrival) -> None:
    """This browser began it, and may go on with it."""
    before = [one for one in dict.fromkeys(begun_here(request)) if one != arrival.public_id]
    begun = [*before[-KEPT + 1 :], arrival.public_id]
    request.session[MINE] = begun
    keep_in_cookie(response, MINE, " ".join(begun), path="/join/")


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


def holding_arrival(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the view the Arrival instead of its public id; without one, the lost-session page.

    What brought the visitor may have been withdrawn or turned off meanwhile, the program may be over, or an
    administrator removed them: the page that says so. Whatever the view's verbs refuse gets its page, too.
    """

    @wraps(view)
    def guarded(request: HttpRequest, public_id: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = Arrival.objects.select_related(*WITH_ORIGIN).annotate(kept_out=KEPT_OUT)
        arrival = first_or_none(rows.filter(public_id=public_id, expires_at__gt=timezone.now()))
        if arrival is None or not is_mine(request, arrival):
            return render(request, "joining/pages/lost.html", status=404)
        if reason := arrival.why_stopped:
            return refused(request, reason, arrival)
        if arrival.kept_out and is_own(request, arrival):
            return show_removed(request, arrival.program)
        try:
            with arrival.program.organization.calendar():
                return view(request, arrival, *args, **kwargs)
        except Refusal as refusal:
            return refuse_arrival(request, arrival, refusal)

    return access_rule("holding_arrival", view, guarded)
