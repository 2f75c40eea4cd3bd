"""The addresses of the account: list, add, confirm, make primary, remove."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.access import freshly_signed_in
from matricula.accounts.confirmation import ask_to_confirm
from matricula.accounts.email_addresses import add_address, make_primary, remove_address
from matricula.accounts.errors import (
    AddressListed,
    LastAddress,
    MailboxTaken,
    NotYetConfirmed,
    TooOften,
    TooSoon,
)
from matricula.accounts.forms import AddressForm, CodeForm
from matricula.accounts.models import Account, EmailAddress
from matricula.accounts.views.account import own_account
from matricula.accounts.views.confirmation import mailbox_taken
from matricula.accounts.views.waiting import letter_news, told_to_wait
from matricula.security.errors import TooManyTries
from matricula.web.access import FORM, signed_in


@signed_in
@require_safe
def addresses(request: HttpRequest) -> HttpResponse:
    rows = own_account(request).addresses.order_by("-is_primary", "id")
    return render(request, "accounts/pages/addresses.html", {"addresses": rows})


@freshly_signed_in
@FORM
def add(request: HttpRequest, account: Account) -> HttpResponse:
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            email = add_address(account=account, address=form.cleaned_data["email"])
            return redirect("accounts:confirm-address", email.pk)
        except (AddressListed, TooOften) as refusal:
            form.add_error("email", str(refusal))
    return render(request, "accounts/pages/add_address.html", {"form": form})


def own_address(account: Account, pk: int) -> EmailAddress:
    return get_object_or_404(account.addresses, pk=pk)


@signed_in
@FORM
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The code of the letter; the link in it works as well. It also keeps a work e-mail that was left."""
    email = own_address(own_account(request), pk)
    if email.is_lasting:
        return redirect("accounts:addresses")
    form, page = CodeForm(request.POST or None), "accounts/pages/confirm_address.html"
    news = letter_news(account=email.account, address=email.address)
    context = {"form": form, "email": email, **news}
    try:
        if request.method == "POST" and form.is_valid() and form.confirms(email):
            messages.success(request, _("Your e-mail is confirmed."))
            return redirect("accounts:addresses")
    except TooManyTries as wait:
        return told_to_wait(request, page, context, wait)
    except MailboxTaken:
        return mailbox_taken(request, email)
    return render(request, page, context)


@signed_in
@require_POST
def send_letter(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        ask_to_confirm(email=own_address(own_account(request), pk))
        messages.success(request, _("A new letter is on its way. The code before it no longer works."))
    except TooSoon as wait:
        messages.info(request, str(wait))
    return redirect("accounts:confirm-address", pk)


@freshly_signed_in
@require_POST
def primary(request: HttpRequest, account: Account, pk: int) -> HttpResponse:
    try:
        make_primary(email=own_address(account, pk))
        messages.success(request, _("Letters go to this address from now on."))
    except NotYetConfirmed as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:addresses")


@freshly_signed_in
@require_POST
def remove(request: HttpRequest, account: Account, pk: int) -> HttpResponse:
    try:
        remove_address(email=own_address(account, pk))
        messages.success(request, _("The address is removed."))
    except LastAddress as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:addresses")
