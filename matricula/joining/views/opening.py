"""Opening a link: the welcome page, JOIN NOW, "this is not for me", and the letter that went missing."""

from urllib.parse import urlencode

from django.contrib.auth import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.forms import AddressForm
from matricula.accounts.models import Account
from matricula.accounts.views.waiting import told_to_wait
from matricula.catalog.queries import with_size
from matricula.db.queries import first_or_none
from matricula.identities.asserted_identities import asserted_here
from matricula.identities.company_sessions import identity_here
from matricula.invitations.invitations import decline_invitation, last_work_email
from matricula.invitations.lost_letters import ask_for_letter
from matricula.invitations.models import Invitation
from matricula.joining.access import is_kept_out, is_mine, remember_arrival
from matricula.joining.arrivals import begin_arrival, is_addressed_to
from matricula.joining.company_sign_ins import enter_by_link, sign_in_first
from matricula.joining.errors import LinkRefused
from matricula.joining.links import check_open, held_origin, hold_origin, open_link
from matricula.joining.models import WITH_ORIGIN, Arrival
from matricula.joining.origin import Origin
from matricula.joining.refusals import refused, show_removed
from matricula.joining.requests import ask_administrator
from matricula.programs.errors import ProgramFull, RemovedFromProgram
from matricula.programs.models import Membership, Program, kept_out
from matricula.programs.offer import offered_courses, offered_specializations
from matricula.security.clients import network_of
from matricula.security.errors import TooManyTries
from matricula.security.signed_cookies import redirect_with_cookie
from matricula.web.access import FORM, public
from matricula.web.languages import offer_language
from matricula.web.redirects import belongs_to
from matricula.web.values import text_in

SCANNERS = ("bot", "preview", "scanner", "proofpoint", "mimecast", "barracuda", "safelinks", "curl", "python")
SHOWN_COURSES = 6


def refused_link(request: HttpRequest, refusal: LinkRefused) -> HttpResponse:
    """To a member any link of the program simply opens it, unless it is somebody else's; who was removed is
    told that, not of the link."""
    origin = refusal.origin
    if origin is None:
        return refused(request, refusal.code)
    if is_member(request, origin.program.pk):
        if is_somebody_elses(request, origin):
            return show_welcome(request, origin)
        return redirect("learning:program", origin.program.public_id)
    if refusal.code != "ended" and is_kept_out(request, origin.program, origin.invited_at):
        return show_removed(request, origin.program)
    return refused(request, refusal.code, origin=origin)


@public
@require_safe
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret out of the address bar. Writes nothing but the opened mark."""
    try:
        origin = open_link(secret)
    except LinkRefused as refusal:
        return refused_link(request, refusal)
    if was_opened_by_person(request):
        origin.mark_opened()
    response = redirect_with_cookie("joining:welcome")
    hold_origin(response, origin)
    offer_language(request, response, origin.terms.with_language_of(origin.program.organization).language)
    return response


def was_opened_by_person(request: HttpRequest) -> bool:
    """Not by a scanner of letters, as far as one says so."""
    agent = request.headers.get("User-Agent", "").lower()
    return request.method == "GET" and bool(agent) and not any(name in agent for name in SCANNERS)


@public
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Organization, program, what it offers, and JOIN NOW; a member goes straight in."""
    try:
        origin = held_origin(request)
        if origin.is_answered:
            raise LinkRefused("used", origin)
    except LinkRefused as refusal:
        return refused_link(request, refusal)
    if is_member(request, origin.program.pk) and not is_somebody_elses(request, origin):
        return redirect("learning:program", origin.program.public_id)
    return show_welcome(request, origin)


def is_somebody_elses(request: HttpRequest, origin: Origin) -> bool:
    """A personal invitation that was opened in the browser of another person, who is signed in here."""
    return isinstance(request.user, Account) and not is_addressed_to(origin, request.user)


def show_welcome(request: HttpRequest, origin: Origin) -> HttpResponse:
    program = origin.program
    context = {
        "program": program,
        "member": is_member(request, program.pk),
        "somebody_elses": is_somebody_elses(request, origin),
        "closed": origin.is_answered or bool(origin.why_closed()),
        "origin": origin,
        "asserted": asserted_here(request, organization=program.organization_id),
        "sign_in_first": sign_in_first(request, program),
        "courses": offered_courses(program)[:SHOWN_COURSES],
        "specializations": with_size(offered_specializations(program)),
    }
    with program.organization.calendar():
        return render(request, "joining/pages/welcome.html", context)


def is_member(request: HttpRequest, program: int) -> bool:
    return (
        request.user.is_authenticated
        and Membership.objects.current().filter(program=program, account=request.user.pk).exists()
    )


@public
@require_POST
@belongs_to("joining:welcome")
def join_now(request: HttpRequest) -> HttpResponse:
    """JOIN NOW: `as` says whether the signed-in account joins, or another.

    One that is signed in brings no sign-in of the company along: it is linked where both sides are named.
    """
    myself = request.user if text_in(request.POST, "as") == "me" else None
    try:
        origin = held_origin(request)
        if sign_in_first(request, origin.program):
            there = reverse("sso:company", args=[origin.program.organization.slug])
            return redirect(f"{there}?{urlencode({'next': reverse('joining:welcome')})}")
        identity = identity_here(request, organization=origin.program.organization_id)
        if identity and not request.user.is_authenticated and enter_by_link(origin=origin, identity=identity):
            return redirect("learning:program", origin.program.public_id)
        arrival = begin_arrival(
            origin=origin,
            account=myself if isinstance(myself, Account) else None,
            asserted=None if myself else asserted_here(request, organization=origin.program.organization_id),
        )
    except LinkRefused as refusal:
        return refused_link(request, refusal)
    except RemovedFromProgram:
        return show_removed(request, origin.program)
    except ProgramFull as full:
        return refused(request, full.code)
    response = look_around(arrival)
    remember_arrival(request, response, arrival)
    return response


def look_around(arrival: Arrival) -> HttpResponse:
    """To what the link names, else to all that the program offers."""
    if arrival.course and arrival.course.withdrawn_at is None:
        return redirect("joining:course", arrival.public_id, arrival.course.public_id)
    if arrival.specialization and arrival.specialization.withdrawn_at is None:
        return redirect("joining:specialization", arrival.public_id, arrival.specialization.public_id)
    return redirect("joining:courses", arrival.public_id)


@public
@FORM
def not_for_me(request: HttpRequest) -> HttpResponse:
    """Decline the invitation whose link was opened last. A GET only asks."""
    try:
        origin = held_origin(request)
    except LinkRefused as refusal:
        return refused(request, refusal.code, origin=refusal.origin)
    if origin.invitation is None:
        return refused(request, "lost")
    if request.method == "POST":
        return refused(request, "declined" if decline_invitation(invitation=origin.invitation) else "used")
    context = {"invitation": origin.invitation, "program": origin.program}
    return render(request, "joining/pages/not_for_me.html", context)


@csrf_exempt
@public
@FORM
def decline_by_letter(request: HttpRequest, secret: str) -> HttpResponse:
    """The link "this is not for me" of a letter. A GET leads to the question; a POST is the mail program's
    own button (RFC 8058, 3.2), which brings no cookie: the secret is what allows it."""
    try:
        origin = open_link(secret)
    except LinkRefused as refusal:
        return refused(request, refusal.code, origin=refusal.origin)
    if request.method == "POST" and origin.invitation:
        return refused(request, "declined" if decline_invitation(invitation=origin.invitation) else "used")
    response = redirect_with_cookie("joining:not-for-me")
    hold_origin(response, origin)
    return response


@public
@require_POST
@belongs_to("joining:welcome")
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the administrator: about the arrival or the link opened last, else about the address typed. One
    answer for all."""
    origin, reason = asked_about(request)
    form = AddressForm(request.POST)
    if not (origin and origin.address) and not form.is_valid():
        return render(request, "joining/pages/ask.html", {"form": form}, status=422)
    return send_request(
        request,
        form,
        reason=reason,
        program=origin.program if origin else None,
        invitation=origin.invitation if origin else None,
        address=form.cleaned_data.get("email", "") if form.is_valid() else "",
    )


def send_request(
    request: HttpRequest,
    form: AddressForm,
    *,
    reason: str,
    program: Program | None,
    address: str,
    invitation: Invitation | None = None,
) -> HttpResponse:
    """To the administrator: the same page for everybody, or until when to wait."""
    try:
        ask_administrator(
            reason=reason,
            program=program,
            invitation=invitation,
            address=address,
            network=network_of(request),
        )
    except TooManyTries as wait:
        return told_to_wait(request, "joining/pages/ask.html", {"form": form}, wait)
    return render(request, "joining/pages/asked.html")


def asked_about(request: HttpRequest) -> tuple[Origin | None, str]:
    """What the visitor came by, and the code of what became of it meanwhile."""
    begun = Arrival.objects.select_related(*WITH_ORIGIN).filter(public_id=text_in(request.POST, "arrival"))
    arrival = first_or_none(begun)
    try:
        origin = check_open(arrival.origin) if arrival and is_mine(request, arrival) else held_origin(request)
    except LinkRefused as refusal:
        return refusal.origin, refusal.code
    if origin.is_a_sign_in and not origin.program.is_full:
        return origin, RemovedFromProgram.code
    return origin, "used" if origin.is_answered else "full"


@public
@require_POST
@belongs_to("joining:welcome")
def ask_back(request: HttpRequest, program_id: str) -> HttpResponse:
    """Who was removed asks, in one click, for an invitation. Everybody else gets the same answer."""
    theirs = Membership.objects.filter(kept_out(None), program__public_id=program_id)
    whose = request.user.pk or get_user(request).pk or 0
    membership = theirs.filter(account=whose).select_related("program__organization").first()
    if membership is None:
        return render(request, "joining/pages/asked.html")
    form, address = AddressForm(request.POST), last_work_email(membership)
    if not address and not form.is_valid():
        return render(request, "joining/pages/ask.html", {"form": form}, status=422)
    return send_request(
        request,
        form,
        reason=RemovedFromProgram.code,
        program=membership.program,
        address=address or form.cleaned_data["email"],
    )


@public
@FORM
def lost_letter(request: HttpRequest) -> HttpResponse:
    """Missing e-mail invitation: the same answer whether or not one is open."""
    form = AddressForm(request.POST or None)
    page, context = "joining/pages/lost_letter.html", {"form": form, "asked": False}
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_letter(form.cleaned_data["email"], network_of(request))
            context["asked"] = True
        except TooManyTries as wait:
            return told_to_wait(request, page, context, wait)
    return render(request, page, context)
