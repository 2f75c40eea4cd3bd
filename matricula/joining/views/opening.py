"""Opening a link: the welcome page, JOIN NOW, "this is not for me", and the letter that went missing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.accounts.forms import AddressForm
from matricula.accounts.models import Account
from matricula.accounts.views.waiting import told_to_wait
from matricula.catalog.queries import with_size
from matricula.db.queries import first_or_none
from matricula.invitations.invitations import decline_invitation, last_work_email
from matricula.invitations.lost_letters import ask_for_letter
from matricula.invitations.models import Invitation, InvitationToken
from matricula.joining.access import is_kept_out, show_removed
from matricula.joining.arrivals import begin_arrival
from matricula.joining.errors import LinkRefused
from matricula.joining.models import Arrival, DirectLink
from matricula.joining.origins import Origin, examine_direct_link, examine_token, open_link
from matricula.joining.requests import ask_administrator
from matricula.programs.errors import ProgramFull, RemovedFromProgram
from matricula.programs.models import Membership, kept_out
from matricula.programs.offer import offered_courses, offered_specializations
from matricula.security.clients import network_of
from matricula.security.errors import TooManyTries
from matricula.security.signed_cookies import cookie_value, keep_in_cookie, redirect_with_cookie
from matricula.web.access import public

FORM = require_http_methods(["GET", "HEAD", "POST"])
SCANNERS = ("bot", "preview", "scanner", "proofpoint", "mimecast", "barracuda", "safelinks", "curl", "python")
HELD_COOKIE = "joining"
SHOWN_COURSES = 6
NOTHING_TO_ASK = {"mailbox_taken", "work_email_taken"}


def refused(
    request: HttpRequest, code: str, arrival: Arrival | None = None, evidence: Origin | None = None
) -> HttpResponse:
    """A page of its own for each reason: what to do next, and one click to ask the administrator."""
    context = {
        "code": code,
        "arrival": arrival,
        "invited": bool((evidence and evidence.invitation) or (arrival and arrival.invitation_id)),
        "form": AddressForm(initial={"email": arrival.work_email if arrival else ""}, auto_id="ask_%s"),
        "asks": code not in NOTHING_TO_ASK and (code != "declined" or evidence is not None),
    }
    response = render(
        request, "joining/pages/refused.html", context, status=404 if code == "unknown" else 410
    )
    if evidence:
        hold_evidence(response, evidence)
    return response


def refused_link(request: HttpRequest, refusal: LinkRefused) -> HttpResponse:
    """To a member any link of the program simply opens it; who was removed is told that, not of the link."""
    evidence = refusal.evidence
    if evidence is None:
        return refused(request, refusal.code)
    if is_member(request, evidence.program.pk):
        return redirect("learning:program", evidence.program.public_id)
    invited_at = evidence.invitation.created_at if evidence.invitation else None
    if refusal.code != "ended" and is_kept_out(request, evidence.program, invited_at):
        return show_removed(request, evidence.program)
    return refused(request, refusal.code, evidence=evidence)


@public
@require_safe
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret out of the address bar. Writes nothing but the opened mark."""
    try:
        evidence = open_link(secret)
    except LinkRefused as refusal:
        return refused_link(request, refusal)
    if evidence.invitation:
        note_opened(request, evidence.invitation)
    response = redirect_with_cookie("joining:welcome")
    hold_evidence(response, evidence)
    return response


def note_opened(request: HttpRequest, invitation: Invitation) -> None:
    agent = request.headers.get("User-Agent", "").lower()
    if request.method == "GET" and agent and not any(name in agent for name in SCANNERS):
        Invitation.objects.filter(pk=invitation.pk, opened_at__isnull=True).update(opened_at=timezone.now())


def hold_evidence(response: HttpResponse, evidence: Origin) -> None:
    """The browser keeps which link it opened."""
    source = evidence.token or evidence.direct_link
    kind = "invitation" if evidence.token else "direct"
    keep_in_cookie(response, HELD_COOKIE, f"{kind}.{source.pk if source else 0}", path="/join/")


def held_evidence(request: HttpRequest) -> Origin:
    """What the link the visitor opened last stands for now. Raises LinkRefused."""
    try:
        kind, key = (cookie_value(request, HELD_COOKIE) or "").split(".")
    except ValueError:
        raise LinkRefused("lost") from None
    if kind == "direct":
        direct_link = DirectLink.objects.select_related("program__organization", "course").filter(pk=key)
        return examine_direct_link(first_or_none(direct_link))
    tokens = InvitationToken.objects.select_related("invitation__program__organization")
    return examine_token(first_or_none(tokens.filter(pk=key)))


@public
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Organization, program, what it offers, and JOIN NOW; a member goes straight in."""
    try:
        evidence = held_evidence(request)
        if evidence.invitation and evidence.invitation.state == Invitation.State.JOINED:
            raise LinkRefused("used", evidence)
    except LinkRefused as refusal:
        return refused_link(request, refusal)
    program = evidence.program
    if is_member(request, program.pk):
        return redirect("learning:program", program.public_id)
    context = {
        "program": program,
        "evidence": evidence,
        "courses": offered_courses(program)[:SHOWN_COURSES],
        "specializations": with_size(offered_specializations(program)),
    }
    return render(request, "joining/pages/welcome.html", context)


def is_member(request: HttpRequest, program: int) -> bool:
    return (
        request.user.is_authenticated
        and Membership.objects.current().filter(program=program, account=request.user.pk).exists()
    )


@public
@require_POST
def join_now(request: HttpRequest) -> HttpResponse:
    """JOIN NOW: `as` says whether the signed-in account joins, or another."""
    myself = request.user if request.POST.get("as") == "me" else None
    try:
        evidence = held_evidence(request)
        arrival = begin_arrival(evidence=evidence, account=myself if isinstance(myself, Account) else None)
    except LinkRefused as refusal:
        return refused(request, refusal.code, evidence=refusal.evidence)
    except RemovedFromProgram:
        return show_removed(request, evidence.program)
    except ProgramFull:
        return refused(request, "full")
    request.session["arrivals"] = [*request.session.get("arrivals", [])[-9:], arrival.public_id]
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
        evidence = held_evidence(request)
    except LinkRefused as refusal:
        return refused(request, refusal.code, evidence=refusal.evidence)
    if evidence.invitation is None:
        return refused(request, "lost")
    if request.method == "POST":
        return refused(request, "declined" if decline_invitation(invitation=evidence.invitation) else "used")
    context = {"invitation": evidence.invitation, "program": evidence.program}
    return render(request, "joining/pages/not_for_me.html", context)


@csrf_exempt
@public
@FORM
def decline_by_letter(request: HttpRequest, secret: str) -> HttpResponse:
    """The link "this is not for me" of a letter. A GET leads to the question; a POST is the mail program's
    own button (RFC 8058, 3.2), which brings no cookie: the secret is what allows it."""
    try:
        evidence = open_link(secret)
    except LinkRefused as refusal:
        return refused(request, refusal.code, evidence=refusal.evidence)
    if request.method == "POST" and evidence.invitation:
        return refused(request, "declined" if decline_invitation(invitation=evidence.invitation) else "used")
    response = redirect_with_cookie("joining:not-for-me")
    hold_evidence(response, evidence)
    return response


@public
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the administrator: about the link opened last, else about the address typed. One answer for all."""
    try:
        evidence = held_evidence(request)
        answered = evidence.invitation and evidence.invitation.state == Invitation.State.JOINED
        reason = "used" if answered else "full"
    except LinkRefused as refusal:
        evidence, reason = refusal.evidence or Origin(), refusal.code
    form = AddressForm(request.POST)
    if evidence.invitation is None and not form.is_valid():
        return render(request, "joining/pages/ask.html", {"form": form}, status=422)
    try:
        ask_administrator(
            reason=reason,
            invitation=evidence.invitation,
            direct_link=evidence.direct_link,
            address=form.cleaned_data.get("email", "") if form.is_valid() else "",
            network=network_of(request),
        )
    except TooManyTries as wait:
        return told_to_wait(request, "joining/pages/ask.html", {"form": form}, wait)
    return render(request, "joining/pages/asked.html")


@public
@require_POST
def ask_back(request: HttpRequest, program_id: str) -> HttpResponse:
    """Who was removed asks, in one click, for an invitation. Everybody else gets the same answer."""
    theirs = Membership.objects.filter(kept_out(None), program__public_id=program_id)
    membership = theirs.filter(account=request.user.pk or 0).select_related("program__organization").first()
    form = AddressForm(request.POST)
    address = last_work_email(membership) if membership else ""
    if membership and not address and not form.is_valid():
        return render(request, "joining/pages/ask.html", {"form": form}, status=422)
    if membership:
        ask_administrator(
            reason=RemovedFromProgram.code,
            membership=membership,
            address=address or form.cleaned_data["email"],
            network=network_of(request),
        )
    return render(request, "joining/pages/asked.html")


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
