"""The learner's way in: welcome, JOIN NOW, browse, START, SET UP YOUR ACCOUNT, LINK YOUR ACCOUNT, confirm."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.accounts.confirming import ask_to_confirm, confirm_by_code
from matricula.accounts.errors import CodeEnded, CodeWrong, MailboxTaken, TooSoon
from matricula.accounts.forms import AddressForm, CodeForm, LogInForm
from matricula.accounts.models import Account
from matricula.accounts.signing_in import check_password, start_session
from matricula.catalog.browsing import offered_courses, offered_specializations
from matricula.joining.access import holding_arrival
from matricula.joining.arriving import (
    Evidence,
    begin,
    examine_direct_link,
    examine_token,
    finish_or_leave,
    give_work_email,
    holder_of,
    may_finish,
    open_link,
)
from matricula.joining.errors import DomainNotAllowed, JoiningError, LinkRefused
from matricula.joining.forms import SetUpForm
from matricula.joining.inviting import ask_for_letter, decline
from matricula.joining.linking import join_as, sign_up, work_address
from matricula.joining.models import Arrival, DirectLink, Invitation, InvitationToken
from matricula.programs.errors import ProgramFull
from matricula.programs.models import Membership
from matricula.web.access import public

FORM = require_http_methods(["GET", "HEAD", "POST"])
SCANNERS = ("bot", "preview", "scanner", "proofpoint", "mimecast", "barracuda", "safelinks", "curl", "python")
PASS_COOKIE = "joining"  # noqa: S105
REFUSED = {"unknown": 404}


def refused(request: HttpRequest, code: str) -> HttpResponse:
    """A page of its own for each reason, which says what to do next."""
    return render(request, "joining/pages/refused.html", {"code": code}, status=REFUSED.get(code, 410))


@public
@require_safe
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret out of the address bar. Writes nothing but the opened mark."""
    try:
        evidence = open_link(secret)
    except LinkRefused as refusal:
        return refused(request, refusal.code)
    if evidence.invitation:
        note_opened(request, evidence.invitation)
        holding = f"i.{evidence.invitation.pk}.{token_of(secret)}"
    else:
        holding = f"l.{evidence.direct_link.pk if evidence.direct_link else 0}.0"
    response = redirect("joining:welcome")
    response.set_cookie(
        PASS_COOKIE,
        Signer(salt="joining").sign(holding),
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
        max_age=86_400,
        path="/join/",
    )
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response


def token_of(secret: str) -> int:
    from matricula.web.secret import digest

    return InvitationToken.objects.values_list("pk", flat=True).get(digest=digest("invitation", secret))


def note_opened(request: HttpRequest, invitation: Invitation) -> None:
    agent = request.headers.get("User-Agent", "").lower()
    if request.method == "GET" and agent and not any(name in agent for name in SCANNERS):
        Invitation.objects.filter(pk=invitation.pk, opened_at__isnull=True).update(opened_at=timezone.now())


def held_evidence(request: HttpRequest) -> Evidence:
    """What the visitor's last opened link stands for now. Raises LinkRefused."""
    try:
        kind, source, token = Signer(salt="joining").unsign(request.COOKIES.get(PASS_COOKIE, "")).split(".")
    except (BadSignature, ValueError):
        raise LinkRefused("lost") from None
    if kind == "l":
        return examine_direct_link(get_object_or_404(DirectLink, pk=source))
    return examine_token(get_object_or_404(InvitationToken, pk=token, invitation=source))


@public
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Organization, program, what it offers, and JOIN NOW; a member goes straight in."""
    try:
        evidence = held_evidence(request)
    except LinkRefused as refusal:
        return refused(request, refusal.code)
    program = evidence.program
    if is_member(request, program.pk):
        return redirect("learning:program", program.public_id)
    if evidence.invitation and evidence.invitation.state == Invitation.State.JOINED:
        return refused(request, "used")
    context = {"program": program, "evidence": evidence, "courses": offered_courses(program)[:6]}
    return render(request, "joining/pages/welcome.html", context)


def is_member(request: HttpRequest, program: int) -> bool:
    return (
        request.user.is_authenticated
        and Membership.objects.filter(program=program, account=request.user.pk, state="active").exists()
    )


@public
@require_POST
def join_now(request: HttpRequest) -> HttpResponse:
    """JOIN NOW: `as` says whether the signed-in account joins, or another."""
    account = request.user if request.POST.get("as") == "me" and request.user.is_authenticated else None
    try:
        arrival = begin(evidence=held_evidence(request), account=None)
        request.session["arrivals"] = [*request.session.get("arrivals", [])[-9:], arrival.public_id]
        if isinstance(account, Account):
            Arrival.objects.filter(pk=arrival.pk).update(account=account)
    except LinkRefused as refusal:
        return refused(request, refusal.code)
    except ProgramFull:
        return refused(request, "full")
    return redirect(landing(arrival))


def landing(arrival: Arrival) -> Any:
    if arrival.course:
        return redirect("joining:course", arrival.public_id, arrival.course.public_id).url
    return redirect("joining:courses", arrival.public_id).url


@holding_arrival
@require_safe
def courses(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    context = {
        "arrival": arrival,
        "program": arrival.program,
        "courses": offered_courses(arrival.program, request.GET),
        "specializations": offered_specializations(arrival.program, request.GET),
        "asked": request.GET,
    }
    return render(request, "joining/pages/courses.html", context)


@holding_arrival
@require_safe
def course(request: HttpRequest, arrival: Arrival, course_id: str) -> HttpResponse:
    chosen = get_object_or_404(offered_courses(arrival.program), public_id=course_id)
    context = {"arrival": arrival, "program": arrival.program, "course": chosen}
    return render(request, "joining/pages/course.html", context)


@holding_arrival
@require_safe
def specialization(request: HttpRequest, arrival: Arrival, specialization_id: str) -> HttpResponse:
    chosen = get_object_or_404(offered_specializations(arrival.program), public_id=specialization_id)
    context = {"arrival": arrival, "program": arrival.program, "specialization": chosen}
    return render(request, "joining/pages/specialization.html", context)


@holding_arrival
@require_POST
def start(request: HttpRequest, arrival: Arrival, kind: str, chosen_id: str) -> HttpResponse:
    """START: the choice is remembered through everything that follows."""
    if kind == "course":
        arrival.course = get_object_or_404(offered_courses(arrival.program), public_id=chosen_id)
        arrival.specialization = None
    else:
        found = get_object_or_404(offered_specializations(arrival.program), public_id=chosen_id)
        arrival.course, arrival.specialization = None, found
    arrival.save(update_fields=["course", "specialization"])
    return go_on_with(request, arrival)


def go_on_with(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """The next thing the arrival lacks."""
    if arrival.account is None or arrival.account != request.user:
        return redirect("joining:account", arrival.public_id)
    if not arrival.work_email:
        return redirect("joining:account", arrival.public_id)
    try:
        join_as(arrival=arrival, account=arrival.account)
    except (MailboxTaken, ProgramFull, JoiningError) as refusal:
        return refused(request, refusal.code)
    return redirect("joining:confirm", arrival.public_id)


@holding_arrival
@FORM
def account(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """SET UP YOUR ACCOUNT."""
    if arrival.finished_at or (arrival.account and arrival.account == request.user and arrival.work_email):
        return redirect("joining:confirm", arrival.public_id)
    if holder_of(arrival):
        return redirect("joining:link-account", arrival.public_id)
    form = SetUpForm(arrival, request.POST or None)
    if request.method == "POST" and form.is_valid():
        response = set_up(request, arrival, form)
        if response:
            return response
    context = {"arrival": arrival, "program": arrival.program, "form": form}
    return render(request, "joining/pages/account.html", context)


def set_up(request: HttpRequest, arrival: Arrival, form: SetUpForm) -> HttpResponse | None:
    """SIGN UP; None when the form has to be shown again."""
    data = form.cleaned_data
    try:
        if arrival.direct_link:
            give_work_email(arrival=arrival, address=data["work_email"])
        account = sign_up(
            arrival=arrival,
            full_name=data["full_name"],
            hashed_password=make_password(data["password"]),
            alternative_email=data["alternative_email"],
        )
    except (DomainNotAllowed, ValidationError):
        form.add_error("work_email", _("This link is for addresses of the company. Use your work e-mail."))
        return None
    except ProgramFull:
        return refused(request, "full")
    if not account.check_password(data["password"]):
        return redirect("joining:link-account", arrival.public_id)
    start_session(request, account)
    return redirect("joining:confirm", arrival.public_id)


@holding_arrival
@FORM
def link_account(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """LINK YOUR ACCOUNT: the e-mail and password of an account one already has."""
    holder = holder_of(arrival)
    initial = {"email": arrival.work_email} if holder else {}
    form = LogInForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        account = check_password(request, **form.cleaned_data)
        if account:
            start_session(request, account)
            arrival.account = account
            Arrival.objects.filter(pk=arrival.pk, finished_at__isnull=True).update(account=account)
            return go_on_with(request, arrival)
        form.add_error("password", _("E-mail and password do not fit together. Check both and try again."))
    context = {"arrival": arrival, "program": arrival.program, "form": form, "known": bool(holder)}
    return render(request, "joining/pages/link_account.html", context)


@holding_arrival
@FORM
def confirm(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """The six-digit code; says what is missing until the membership is there."""
    if arrival.account is None or arrival.account != request.user:
        return redirect("joining:account", arrival.public_id)
    if may_finish(arrival) and not arrival.finished_at:
        finish_or_leave(arrival)
        arrival.refresh_from_db()
    if arrival.finished_at:
        return redirect(opening(arrival))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and code_fits(arrival, form):
        return redirect("joining:confirm", arrival.public_id)
    context = {"arrival": arrival, "program": arrival.program, "form": form, "full": arrival.program.is_full}
    return render(request, "joining/pages/confirm.html", context)


def opening(arrival: Arrival) -> str:
    """What opens at the end: the STARTed course, else the program."""
    if arrival.course:
        return f"/learn/courses/{arrival.course.public_id}/"
    return f"/learn/programs/{arrival.program.public_id}/"


def code_fits(arrival: Arrival, form: CodeForm) -> bool:
    try:
        confirm_by_code(email=work_address(arrival), code=form.cleaned_data["code"])
    except CodeWrong as wrong:
        message = _("That is not the code. %(count)d tries are left.") % {"count": wrong.tries_left}
        form.add_error("code", message)
    except CodeEnded:
        form.add_error("code", _("This code no longer works. Ask for a new letter below."))
    except MailboxTaken:
        form.add_error("code", _("This address already belongs to another account. Log in with that one."))
    return not form.errors


@holding_arrival
@require_POST
def new_code(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Another letter with another code."""
    from django.contrib import messages

    if arrival.account is None or arrival.account != request.user:
        raise Http404
    try:
        ask_to_confirm(email=work_address(arrival))
        messages.success(request, _("A new letter is on its way. The code before it no longer works."))
    except TooSoon:
        messages.info(request, _("A letter went out a moment ago. Wait a minute, then ask again."))
    return redirect("joining:confirm", arrival.public_id)


@public
@FORM
def lost_letter(request: HttpRequest) -> HttpResponse:
    """Missing e-mail invitation: the same answer whether or not one is open."""
    form = AddressForm(request.POST or None)
    asked = request.method == "POST" and form.is_valid()
    if asked:
        ask_for_letter(form.cleaned_data["email"])
    return render(request, "joining/pages/lost_letter.html", {"form": form, "asked": asked})


@public
@require_POST
def not_for_me(request: HttpRequest) -> HttpResponse:
    """Decline the invitation whose link was opened last."""
    try:
        evidence = held_evidence(request)
    except LinkRefused as refusal:
        return refused(request, refusal.code)
    if evidence.invitation is None or not decline(invitation=evidence.invitation):
        return refused(request, "used")
    return refused(request, "declined")
