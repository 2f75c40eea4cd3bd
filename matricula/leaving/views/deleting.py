"""Delete my account: what goes, the proof of who asks, and the one button that does it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts import passkeys
from matricula.accounts.errors import PasskeyRefused
from matricula.accounts.models import Account
from matricula.accounts.views.account import own_account
from matricula.accounts.views.sign_in import leave_browser, passkey_refused
from matricula.accounts.views.waiting import told_to_wait
from matricula.leaving.combining.combining import Proven
from matricula.leaving.deletion.deleting import Where, delete_account
from matricula.leaving.deletion.obstacles import obstacles
from matricula.leaving.deletion.summary import going, keeping
from matricula.leaving.errors import CannotBeDeleted, ProofsGone
from matricula.leaving.forms import PASSKEY, OwnerForm
from matricula.leaving.models import TAKE_BACK_DAYS
from matricula.leaving.proofs import DELETING, deleting_proof, had_since, keep, keep_proof, proofs_in
from matricula.security.clients import network_of
from matricula.security.errors import TooManyTries
from matricula.web.access import FORM, public, signed_in
from matricula.web.redirects import belongs_to
from matricula.web.values import object_in, text_in

PAGE, PROOF = "leaving/pages/delete.html", "leaving/pages/delete_proof.html"


@signed_in
@require_safe
def show_what_goes(request: HttpRequest) -> HttpResponse:
    """All of it in a list, what companies keep, and what stands against it; nothing is written."""
    account = own_account(request)
    return render(request, PAGE, what_goes(account, obstacles(account)))


def what_goes(account: Account, found: list[Any]) -> dict[str, Any]:
    """An obstacle of time may fall once a second factor is shown: it does not close the way to that."""
    return {
        "account": account,
        "going": going(account),
        "keeping": keeping(account),
        "obstacles": found,
        "closed": any(one.code != "changed" for one in found),
        "days": TAKE_BACK_DAYS,
    }


@signed_in
@FORM
def prove_owner(request: HttpRequest) -> HttpResponse:
    """Password and second factor, or a passkey: each time, however fresh the session is."""
    account = own_account(request)
    form = OwnerForm(account, request.POST or None)
    context = {
        "form": form,
        "account": account,
        "passkeys": passkeys.can_prove(account),
        "has_password": account.has_usable_password(),
        "here": reverse("leaving:delete-proof"),
    }
    try:
        if request.method == "POST" and form.is_valid() and form.proves(request, this=f"delete-{account.pk}"):
            keep_proof(request, DELETING, account, how=form.how, sure_since=had_since(account, form.how))
            return redirect("leaving:delete-now")
    except TooManyTries as wait:
        return told_to_wait(request, PROOF, context, wait)
    return render(request, PROOF, context)


@signed_in
@belongs_to("leaving:delete-proof")
@require_POST
def ask_for_passkey(request: HttpRequest) -> HttpResponse:
    options, state = passkeys.ask_to_prove(own_account(request), alone=True)
    keep(request, ceremony={"side": DELETING, "of": own_account(request).pk, "state": state})
    return JsonResponse(options)


@signed_in
@belongs_to("leaving:delete-proof")
@require_POST
def answer_with_passkey(request: HttpRequest) -> HttpResponse:
    account = own_account(request)
    asked = proofs_in(request).get("ceremony")
    keep(request, ceremony=None)
    try:
        if not asked or asked["side"] != DELETING or asked["of"] != account.pk:
            raise PasskeyRefused
        passkeys.prove_passkey(account=account, state=asked["state"], answer=object_in(request))
    except PasskeyRefused:
        return passkey_refused()
    keep_proof(request, DELETING, account, how=PASSKEY, sure_since=had_since(account, PASSKEY))
    return JsonResponse({"then": reverse("leaving:delete-now")})


@signed_in
@FORM
def delete_now(request: HttpRequest) -> HttpResponse:
    """Names once more what goes. The proof is spent by it: there is no account any more to use it with."""
    account, proven = own_account(request), deleting_proof(request)
    if proven is None:
        return redirect("leaving:delete-proof")
    found = obstacles(account, sure_since=proven.sure_since)
    if found:
        return render(request, PAGE, what_goes(account, found) | {"closed": True}, status=409)
    if request.method != "POST":
        return ask_once_more(request, account)
    if text_in(request.POST, "sure") != "on":
        return ask_once_more(request, account, news=_("Tick the box first."), status=400)
    return carried_out(request, account, proven)


def ask_once_more(
    request: HttpRequest, account: Account, *, news: str = "", status: int = 200
) -> HttpResponse:
    context = what_goes(account, []) | {"news": news}
    return render(request, "leaving/pages/delete_now.html", context, status=status)


def carried_out(request: HttpRequest, account: Account, proven: Proven) -> HttpResponse:
    where = Where(network_of(request), request.headers.get("User-Agent", ""))
    try:
        delete_account(proven=proven, where=where)
    except ProofsGone:
        return redirect("leaving:delete-proof")
    except CannotBeDeleted as refusal:
        context = what_goes(account, list(refusal.obstacles)) | {"closed": True}
        return render(request, PAGE, context, status=409)
    return leave_browser(request, then="leaving:deleted")


@public
@require_safe
def deleted(request: HttpRequest) -> HttpResponse:
    """Says no more than anybody may read: whoever comes to this browser next may."""
    return render(request, "leaving/pages/deleted.html", {"days": TAKE_BACK_DAYS})
