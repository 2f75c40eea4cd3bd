"""Who may answer the offer of a role: the browser that opened the letter's link."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from matricula.roles.models import Appointment
from matricula.security.signed_cookies import cookie_value, keep_in_cookie
from matricula.web.access import access_rule

COOKIE = "role_offer"


def hold_offer(response: HttpResponse, appointment: Appointment) -> None:
    """The browser keeps which offer it opened."""
    keep_in_cookie(response, COOKIE, appointment.public_id, path="/account/")


def holding_offer(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the view the open Appointment whose link this browser opened; else says what to do."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        appointment = held_offer(request)
        if appointment is None or not appointment.is_open:
            return ended(request, appointment)
        return view(request, appointment, *args, **kwargs)

    return access_rule("holding_offer", view, guarded)


def held_offer(request: HttpRequest) -> Appointment | None:
    rows = Appointment.objects.select_related("organization", "offered_by")
    return rows.filter(public_id=cookie_value(request, COOKIE)).first()


def ended(request: HttpRequest, appointment: Appointment | None) -> HttpResponse:
    mine = appointment is not None and appointment.accepted_by_id == request.user.pk and request.user.pk
    context = {"appointment": appointment, "mine": bool(mine)}
    return render(request, "roles/pages/offer_ended.html", context, status=410 if appointment else 404)
