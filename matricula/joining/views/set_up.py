"""SET UP YOUR ACCOUNT, LINK YOUR ACCOUNT, and confirming the work e-mail."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from matricula.accounts import passkeys
from matricula.accounts.errors import TooSoon
from matricula.accounts.forms import CodeForm, LogInForm
from matricula.accounts.models import Account
from matricula.accounts.sign_in import begin_session, check_password, is_fresh, start_session
from matricula.accounts.views.waiting import letter_news, told_to_wait
from matricula.catalog.models import Course
from matricula.db.queries import first_or_none
from matricula.joining.access import holding_arrival, is_own
from matricula.joining.arrivals import finish_arrival, holder_of, may_finish
from matricula.joining.company_sign_ins import needs_password, open_company_session
from matricula.joining.errors import CrowdedNetwork, DomainNotAllowed
from matricula.joining.forms import SetUpForm, WorkEmailForm
from matricula.joining.models import Arrival
from matricula.joining.set_up import give_work_email, refuse_taken, sign_up, work_address, write_code_letter
from matricula.joining.views.browsing import go_on_with
from matricula.learning.models import SpecializationEnrolment
from matricula.learning.specializations import page_to_begin
from matricula.programs.errors import ProgramFull
from matricula.security.clients import network_of
from matricula.security.errors import TooManyTries
from matricula.security.throttling import Limit, Tally, guess
from matricula.web.access import FORM
from matricula.web.errors import ask_to_wait
from matricula.web.languages import language_of
from matricula.web.redirects import begins_session

SIGN_UPS_AGAIN = Limit("sign-up-again")


def where_it_stands(public_id: str) -> str:
    """The page that leads an arrival's own account on."""
    return reverse("joining:account", args=[public_id])


@holding_arrival
@FORM
@begins_session(where_it_stands)
def account(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """SET UP YOUR ACCOUNT."""
    if is_own(request, arrival):
        return redirect("joining:confirm", arrival.public_id)
    again = request.method == "POST" and arrival.account_id is not None
    if not again and (arrival.finished_at or holder_of(arrival)):
        return redirect("joining:link-account", arrival.public_id)
    form = SetUpForm(arrival, request.POST or None, needs_password=needs_password(request, arrival))
    if request.method == "POST" and form.is_valid():
        response = set_up(request, arrival, form)
        if response:
            return response
    context = {"arrival": arrival, "program": arrival.program, "form": form}
    return render(request, "joining/pages/account.html", context)


def set_up(request: HttpRequest, arrival: Arrival, form: SetUpForm) -> HttpResponse | None:
    """SIGN UP; None when the form has to be shown again.

    An arrival that has an account is not the visitor's to correct here, or they would be signed in.
    """
    data = form.cleaned_data
    if arrival.account and not data["password"]:
        return redirect("joining:link-account", arrival.public_id)
    if arrival.account:
        return signed_up_before(request, arrival, arrival.account, data["password"])
    try:
        if not arrival.origin.address:
            network = network_of(request)
            give_work_email(arrival=arrival, address=data["work_email"], network=network)
        if not data["password"] and needs_password(request, arrival):
            form.add_error("password", _("Choose a password: your company does not answer for this address."))
            return None
        hashed = make_password(data["password"] or None)
        account = sign_up(
            arrival=arrival,
            full_name=data["full_name"],
            hashed_password=hashed,
            alternative_email=data["alternative_email"],
            language=language_of(request),
        )
    except DomainNotAllowed as refusal:
        form.add_error("work_email", str(refusal))
        return None
    except CrowdedNetwork as crowd:
        return to_wait(request, "joining/pages/account.html", arrival, form, crowd)
    if account.password != hashed:
        return signed_up_before(request, arrival, account, data["password"])
    if not data["password"]:
        open_company_session(request, arrival)
        return arrived(request, arrival)
    start_session(request, account)
    open_company_session(request, arrival)
    return redirect("joining:confirm", arrival.public_id)


def signed_up_before(request: HttpRequest, arrival: Arrival, account: Account, password: str) -> HttpResponse:
    """The arrival has an account already: a second click of the same person, or somebody else at their
    browser, who gets no more tries and no shorter way in than by logging in."""
    counted = [Tally(SIGN_UPS_AGAIN, account.pk)]
    given = f"sign-up-again:{account.pk}:{password}"
    try:
        fits = guess(counted, lambda: account.check_password(password) or None, given=given)
    except TooManyTries:
        fits = None
    if not fits:
        return redirect("joining:link-account", arrival.public_id)
    then = reverse("joining:confirm", args=[arrival.public_id])
    return redirect(begin_session(request, account, then=then))


def to_wait(
    request: HttpRequest, page: str, arrival: Arrival, form: Form, crowd: CrowdedNetwork
) -> HttpResponse:
    """The page once more, with everything that was typed and what to do (RFC 6585, section 4)."""
    context = {"arrival": arrival, "program": arrival.program, "form": form}
    return ask_to_wait(request, page, context, words=str(crowd), until=crowd.until)


@holding_arrival
@FORM
@begins_session(where_it_stands)
def link_account(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """LINK YOUR ACCOUNT: the e-mail and password of an account one already has."""
    holder = holder_of(arrival)
    initial = {"email": arrival.work_email} if holder else {}
    form = LogInForm(request.POST or None, initial=initial)
    context = {
        "arrival": arrival,
        "program": arrival.program,
        "form": form,
        "known": bool(holder),
        "fits": holder in (None, request.user),
        "passkeys": passkeys.can_work_here(),
        "next": request.path,
    }
    if request.method == "POST" and form.is_valid():
        try:
            account = check_password(request, **form.cleaned_data)
        except TooManyTries as wait:
            return told_to_wait(request, "joining/pages/link_account.html", context, wait)
        if account:
            then = begin_session(request, account, then=request.path)
            return link_to(request, arrival, account) if then == request.path else redirect(then)
        form.add_error("password", _("E-mail and password do not fit together. Check both and try again."))
    return render(request, "joining/pages/link_account.html", context)


@holding_arrival
@require_POST
def link_signed_in(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """The account that is signed in here joins: pressed by somebody who sees both names."""
    linking = reverse("joining:link-account", args=[arrival.public_id])
    if not isinstance(request.user, Account):
        return redirect(linking)
    if arrival.asserted and not is_fresh(request):
        return redirect(f"{reverse('accounts:prove')}?{urlencode({'next': linking})}")
    return link_to(request, arrival, request.user)


def link_to(request: HttpRequest, arrival: Arrival, account: Account) -> HttpResponse:
    Arrival.objects.filter(pk=arrival.pk, finished_at__isnull=True).update(account=account)
    arrival.account = account
    response = go_on_with(request, arrival)
    open_company_session(request, arrival)
    return response


@holding_arrival
@FORM
def work_email(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """The work e-mail, where no link says it: asked of a linked account, and to correct a mistyped one."""
    if not is_own(request, arrival):
        return redirect("joining:account", arrival.public_id)
    if arrival.origin.address or arrival.finished_at:
        return redirect("joining:confirm", arrival.public_id)
    form = WorkEmailForm(request.POST or None, initial={"work_email": arrival.work_email})
    if request.method == "POST" and form.is_valid():
        try:
            given, network = form.cleaned_data["work_email"], network_of(request)
            give_work_email(arrival=arrival, address=given, network=network)
            return go_on_with(request, arrival)
        except CrowdedNetwork as crowd:
            return to_wait(request, "joining/pages/work_email.html", arrival, form, crowd)
        except DomainNotAllowed as refusal:
            form.add_error("work_email", str(refusal))
    context = {"arrival": arrival, "program": arrival.program, "form": form}
    return render(request, "joining/pages/work_email.html", context)


@holding_arrival
@FORM
def confirm(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """The six-digit code; says what is missing until the membership is there."""
    if not is_own(request, arrival):
        return redirect("joining:account", arrival.public_id)
    if not arrival.work_email:
        return redirect("joining:work-email", arrival.public_id)
    if arrival.finished_at:
        return arrived(request, arrival)
    form = CodeForm(request.POST or None)
    if may_finish(arrival):
        return go_in(request, arrival, form)
    try:
        if request.method == "POST" and form.is_valid() and form.confirms(work_address(arrival)):
            arrival.refresh_from_db(fields=["finished_at"])
            open_company_session(request, arrival)
            return go_in(request, arrival, form)
    except TooManyTries as wait:
        return told_to_wait(request, "joining/pages/confirm.html", news_of(arrival, form), wait)
    refuse_taken(arrival)
    return render(request, "joining/pages/confirm.html", news_of(arrival, form))


def go_in(request: HttpRequest, arrival: Arrival, form: Form) -> HttpResponse:
    """The mailbox is proven and there may be a seat: whoever looks is asked, whoever presses is in."""
    if request.method == "POST":
        if not arrival.finished_at:
            finish_arrival(arrival=arrival)
            open_company_session(request, arrival)
        return arrived(request, arrival)
    if arrival.program.is_full:
        raise ProgramFull
    context = {"arrival": arrival, "program": arrival.program, "form": form, "proven": True}
    return render(request, "joining/pages/confirm.html", context)


def news_of(arrival: Arrival, form: Form) -> dict[str, Any]:
    """What the page that asks for the code has to say of its letter."""
    about = {"address": arrival.work_email, "holding": arrival.origin.holding}
    news = letter_news(account=arrival.account, **about) if arrival.account else {}
    return {"arrival": arrival, "program": arrival.program, "form": form, **news}


def arrived(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Open what was STARTed, else the program."""
    started = Course.objects.filter(pk=arrival.course_id or 0, enrolments__account=arrival.account_id)
    course = first_or_none(started.values_list("public_id", flat=True))
    if course:
        return redirect("learning:course", course)
    lesson = first_lesson(arrival)
    if lesson:
        return redirect(lesson)
    if arrival.course:
        words = _("“%s” was taken out of the program meanwhile. Choose something else.") % arrival.course
        messages.warning(request, words)
    return redirect("learning:program", arrival.program.public_id)


def first_lesson(arrival: Arrival) -> str | None:
    """Of the Specialization that was STARTed: the page that it begins with."""
    if not arrival.specialization_id:
        return None
    own = SpecializationEnrolment.objects.filter(account=arrival.account_id or 0)
    begun = first_or_none(own.filter(specialization=arrival.specialization_id))
    return page_to_begin(begun) if begun else None


@holding_arrival
@require_POST
def send_new_code(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Another letter with another code."""
    if not is_own(request, arrival):
        raise Http404
    try:
        write_code_letter(arrival)
        messages.success(request, _("A new letter is on its way. The code before it no longer works."))
    except TooSoon as wait:
        messages.info(request, str(wait))
    return redirect("joining:confirm", arrival.public_id)
