"""The page for whatever joining refuses: what happened, what to do next, and one click to ask for it.

Views of an arrival name no refusals: `holding_arrival` hands this module whatever their verbs raise. So a
verb that learns to refuse something new cannot be forgotten by one of its callers.
"""

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from matricula.accounts.errors import MailboxTaken
from matricula.accounts.forms import AddressForm
from matricula.joining.errors import WorkEmailTaken
from matricula.joining.links import hold_origin
from matricula.joining.models import Arrival
from matricula.joining.origin import Origin
from matricula.programs.errors import RemovedFromProgram
from matricula.programs.models import Membership, Program, kept_out
from matricula.web.errors import refusal_page
from matricula.web.refusals import Refusal

KEPT_OUT = Exists(
    Membership.objects.filter(
        kept_out(Coalesce(OuterRef("invitation__created_at"), F("left_at"))),
        program=OuterRef("program"),
        account=OuterRef("account"),
    )
)
"""Of arrivals: whether an administrator removed the person, and did not invite them by this since."""
PAGES = {
    "unknown",
    "expired",
    "revoked",
    "declined",
    "replaced",
    "used",
    "off",
    "ended",
    "program_ended",
    "program_full",
    "lost",
    "sign_in_again",
    "closed_to_sign_in",
    MailboxTaken.code,
    WorkEmailTaken.code,
}
"""The codes that `refused.html` has words for. A refusal with another code says its own sentence."""
NOTHING_TO_ASK = {MailboxTaken.code, WorkEmailTaken.code}
LOG_IN_JOINS = {*NOTHING_TO_ASK, "used"}
"""Whoever has the other account goes on with this arrival by logging in to it."""


def refused(
    request: HttpRequest, code: str, arrival: Arrival | None = None, origin: Origin | None = None
) -> HttpResponse:
    """A page of its own for each reason: what to do next, and one click to ask the administrator."""
    known = origin or (arrival.origin if arrival else None)
    context = {
        "code": code,
        "arrival": arrival,
        "program": known.program if known else None,
        "invited": bool(known and known.address),
        "form": AddressForm(initial={"email": arrival.work_email if arrival else ""}, auto_id="ask_%s"),
        "asks": code not in NOTHING_TO_ASK and (code != "declined" or known is not None),
        "log_in": code in LOG_IN_JOINS,
    }
    response = render(
        request, "joining/pages/refused.html", context, status=404 if code == "unknown" else 410
    )
    if origin:
        hold_origin(response, origin)
    return response


def refuse_arrival(request: HttpRequest, arrival: Arrival, refusal: Refusal) -> HttpResponse:
    """The page that fits what kept an arrival from going on, whichever verb raised it."""
    if isinstance(refusal, RemovedFromProgram):
        return show_removed(request, arrival.program, arrival)
    if refusal.code in PAGES:
        return refused(request, refusal.code, arrival)
    return refusal_page(request, refusal)


def show_removed(request: HttpRequest, program: Program, arrival: Arrival | None = None) -> HttpResponse:
    """The same page at every door: what happened, what brings them back, and one click to ask for it."""
    context = {"program": program, "arrival": arrival if arrival and arrival.origin.is_a_sign_in else None}
    return render(request, "joining/pages/removed.html", context, status=410)
