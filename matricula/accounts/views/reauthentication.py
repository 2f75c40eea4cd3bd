"""Confirm it is you: before something that matters, once in ten minutes."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from matricula.accounts import passkeys
from matricula.accounts.errors import PasskeyRefused
from matricula.accounts.forms import ProofForm
from matricula.accounts.known_devices import known_device
from matricula.accounts.sign_in import mark_fresh
from matricula.accounts.views.account import own_account
from matricula.accounts.views.sign_in import passkey_refused, wanted
from matricula.accounts.views.waiting import told_to_wait
from matricula.security.errors import TooManyTries
from matricula.web.access import signed_in
from matricula.web.values import object_in

CEREMONY = "passkey_proof"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """The password, or the app's code where there is none; a passkey is as good as either."""
    account, target = own_account(request), wanted(request)
    form = ProofForm(account, request.POST or None)
    page, context = "accounts/pages/prove.html", {"form": form, "next": target}
    context["passkeys"] = passkeys.can_prove(account)
    try:
        asked = request.method == "POST" and form.fields and form.is_valid()
        if asked and form.proves(known_device(request, account)):
            proven(request)
            return redirect(target)
    except TooManyTries as wait:
        return told_to_wait(request, page, context, wait)
    return render(request, page, context)


@signed_in
@require_POST
def ask_proof(request: HttpRequest) -> HttpResponse:
    """What the browser asks the device; a ceremony of its own, that signs nobody in."""
    options, request.session[CEREMONY] = passkeys.ask_to_prove(own_account(request), alone=True)
    return JsonResponse(options)


@signed_in
@require_POST
def answer_proof(request: HttpRequest) -> HttpResponse:
    """The device's answer: a passkey of the account that is signed in, unlocked by its owner."""
    state = request.session.pop(CEREMONY, None)
    try:
        if state is None:
            raise PasskeyRefused
        passkeys.prove_passkey(account=own_account(request), state=state, answer=object_in(request))
    except PasskeyRefused:
        return passkey_refused()
    proven(request)
    return JsonResponse({"then": wanted(request)})


def proven(request: HttpRequest) -> None:
    request.session.cycle_key()
    mark_fresh(request)
