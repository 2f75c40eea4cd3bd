from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from matricula.accounts.errors import CodeEnded, MailboxTaken
from matricula.accounts.forms import AddressForm, NewPasswordForm
from matricula.accounts.passwords import choose_password, open_reset, reset_of_link
from matricula.accounts.sign_in import begin_session
from matricula.accounts.views.confirmation import (
    ask_for_reset,
    kept_in_the_browser,
    link_ended,
    mailbox_taken,
    own_letter,
)
from matricula.accounts.views.sign_in import next_in, typed_email
from matricula.accounts.views.waiting import told_to_wait
from matricula.security.errors import HasToWait
from matricula.web.access import FORM, public
from matricula.web.redirects import begins_session, local_path, to_my_learning


@public
@FORM
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a letter; the answer is the same whether or not an account exists."""
    target = local_path(next_in(request), otherwise="")
    form = AddressForm(request.POST or None, initial={"email": typed_email(request)})
    page, context = "accounts/pages/forgotten.html", {"form": form, "asked": False, "next": target}
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_reset(request, form.cleaned_data["email"], target)
            context["asked"] = True
        except HasToWait as wait:
            return told_to_wait(request, page, context, wait)
    return render(request, page, context)


@public
@FORM
def reset_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Takes the secret of a letter for a new password out of the address bar, and changes nothing."""
    try:
        return kept_in_the_browser("reset", reset_of_link(secret).pk)
    except CodeEnded:
        return link_ended(request)


@public
@FORM
@begins_session(to_my_learning)
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        found = open_reset(pk=own_letter(request, "reset", pk))
        form = NewPasswordForm(request.POST or None, account=found.email.account)
        if request.method == "POST" and form.is_valid():
            account = choose_password(reset=found, password=form.cleaned_data["password"])
            target = local_path(found.next_path, otherwise="/learn/")
            return redirect(begin_session(request, account, then=target))
    except CodeEnded:
        return link_ended(request)
    except MailboxTaken:
        return mailbox_taken(request, found.email)
    return render(request, "accounts/pages/reset.html", {"form": form})
