"""A role offered by letter: who signs in, proves the mailbox and accepts, has it."""

from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.confirmation import ask_to_confirm
from matricula.accounts.errors import TooSoon
from matricula.accounts.forms import CodeForm, ReclaimForm
from matricula.accounts.models import Account, EmailAddress
from matricula.accounts.sign_in import start_session
from matricula.accounts.views.waiting import letter_news, told_to_wait
from matricula.organizations.errors import LastOwner
from matricula.organizations.models import Role
from matricula.roles.access import ended, hold_offer, holding_offer
from matricula.roles.appointments import accept_role, appointment_of_link, mailbox_row, sign_up_for
from matricula.roles.errors import MailboxUnproven, OfferEnded
from matricula.roles.models import Appointment
from matricula.security.errors import TooManyTries
from matricula.security.signed_cookies import redirect_with_cookie
from matricula.security.throttling import Limit
from matricula.web.access import FORM, public
from matricula.web.redirects import begins_session

SIGN_UPS = Limit("role-sign-up")


@public
@require_safe
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret out of the address bar, and changes nothing."""
    appointment = appointment_of_link(secret)
    if appointment is None or not appointment.is_open:
        return ended(request, appointment)
    response = redirect_with_cookie("roles:offer")
    hold_offer(response, appointment)
    return response


def reader(request: HttpRequest) -> Account | None:
    return request.user if isinstance(request.user, Account) else None


@holding_offer
@require_safe
def offer(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """What is offered, to whom, and the one next step."""
    account = reader(request)
    proven = EmailAddress.objects.spelled(appointment.address).lasting().first()
    context = {
        "appointment": appointment,
        "organization": appointment.organization,
        "role": Role.Kind(appointment.kind),
        "account": account,
        "taken": proven is not None,
        "ready": bool(account and proven and proven.account_id == account.pk),
    }
    with appointment.organization.calendar():
        return render(request, "roles/pages/offer.html", context)


def to_the_offer(**_: object) -> str:
    return reverse("roles:offer")


@holding_offer
@FORM
@begins_session(to_the_offer)
def account(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """SET UP YOUR ACCOUNT, for people who have none: the mailbox is proven next."""
    if reader(request) or EmailAddress.objects.spelled(appointment.address).lasting().exists():
        return redirect("roles:offer")
    form = ReclaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if SIGN_UPS.allows(appointment.pk):
            return sign_up(request, appointment, form)
        form.add_error(None, _("Accounts were set up with this link several times today. Log in with one."))
    context = {"appointment": appointment, "organization": appointment.organization, "form": form}
    return render(request, "roles/pages/offer_account.html", context)


def sign_up(request: HttpRequest, appointment: Appointment, form: ReclaimForm) -> HttpResponse:
    data = form.cleaned_data
    made = sign_up_for(
        appointment=appointment,
        full_name=data["full_name"],
        hashed_password=make_password(data["password"]),
    )
    start_session(request, made)
    return write_code(request, appointment)


@holding_offer
@require_POST
def letter(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """A code for the mailbox, to the account that is signed in and wants the role."""
    if reader(request) is None:
        return redirect("roles:offer")
    return write_code(request, appointment)


def write_code(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    assert isinstance(request.user, Account)  # noqa: S101 - the callers saw to it
    try:
        ask_to_confirm(email=mailbox_row(appointment, request.user), holding=f"role:{appointment.pk}")
    except TooSoon as wait:
        messages.info(request, str(wait))
    return redirect("roles:code")


@holding_offer
@FORM
def code(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    """The six digits of the letter. With them the role is accepted."""
    account = reader(request)
    if account is None or not account.addresses.spelled(appointment.address).exists():
        return redirect("roles:offer")
    email = mailbox_row(appointment, account)
    if email.is_lasting:
        return redirect("roles:offer")
    form = CodeForm(request.POST or None)
    page = "roles/pages/offer_code.html"
    news = letter_news(account=account, address=appointment.address, holding=f"role:{appointment.pk}")
    context = {"appointment": appointment, "organization": appointment.organization, "form": form, **news}
    try:
        if request.method == "POST" and form.is_valid() and form.confirms(email):
            return accepted(request, appointment, account)
    except TooManyTries as wait:
        return told_to_wait(request, page, context, wait)
    return render(request, page, context)


@holding_offer
@require_POST
def acceptance(request: HttpRequest, appointment: Appointment) -> HttpResponse:
    account = reader(request)
    return accepted(request, appointment, account) if account else redirect("roles:offer")


def accepted(request: HttpRequest, appointment: Appointment, account: Account) -> HttpResponse:
    try:
        role = accept_role(appointment=appointment, account=account)
    except MailboxUnproven:
        return redirect("roles:offer")
    except OfferEnded:
        appointment.refresh_from_db()
        return ended(request, appointment)
    except LastOwner as refusal:
        messages.error(request, str(refusal))
        return redirect("roles:offer")
    words = {"role": role.get_kind_display(), "organization": appointment.organization.name}
    messages.success(request, _("Welcome: in %(organization)s you are now %(role)s.") % words)
    return redirect("console:home", appointment.organization.slug)
