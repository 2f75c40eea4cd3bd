"""Neither device nor recovery codes: asking for second factors to come off, and stopping it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from matricula.accounts.errors import CodeEnded, NoAddressToTell, TooManyRemovals
from matricula.accounts.factor_removals import ask_for_removal, stop_removal, waiting_removal
from matricula.accounts.models import FactorRemoval
from matricula.accounts.sign_in import pending_account
from matricula.accounts.views.account import own_account
from matricula.accounts.views.confirmation import kept_in_the_browser, link_ended, own_letter
from matricula.web.access import FORM, public, signed_in


@public
@FORM
def without_device(request: HttpRequest) -> HttpResponse:
    """After the password: what happens when one asks, and since when one waits."""
    account = pending_account(request)
    if account is None:
        return redirect("accounts:sign-in")
    waiting = FactorRemoval.objects.filter(account=account).first()
    context = {"waiting": waiting, "refusal": "", "days": FactorRemoval.HOURS // 24}
    if request.method == "POST":
        try:
            context["waiting"] = ask_for_removal(account=account)
        except (NoAddressToTell, TooManyRemovals) as refusal:
            context["refusal"] = str(refusal)
    return render(request, "accounts/pages/without_device.html", context)


@public
@FORM
def stop_link(request: HttpRequest, pk: int, secret: str) -> HttpResponse:
    """Takes the secret of the letter out of the address bar, and changes nothing."""
    try:
        return kept_in_the_browser("stop-removal", waiting_removal(pk, secret).pk)
    except CodeEnded:
        return link_ended(request)


@public
@FORM
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """What the letter leads to: whoever reads one of the addresses may stop it, signed in or not."""
    try:
        removal = waiting_removal(own_letter(request, "stop-removal", pk))
    except CodeEnded:
        return link_ended(request)
    context = {"removal": removal, "stopped": request.method == "POST"}
    if request.method == "POST":
        stop_removal(account=removal.account)
    return render(request, "accounts/pages/stop_removal.html", context)


@signed_in
@require_POST
def stop_own(request: HttpRequest) -> HttpResponse:
    if stop_removal(account=own_account(request)):
        messages.success(request, _("Stopped. Your second factors stay."))
    return redirect("accounts:second-factors")
