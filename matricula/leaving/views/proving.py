"""I have another account: both are shown to be one's own, in a browser that stays logged in to the first."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from matricula.accounts import passkeys
from matricula.accounts.errors import PasskeyRefused
from matricula.accounts.forms import LogInForm
from matricula.accounts.models import Account, SecondFactor
from matricula.accounts.sign_in import check_password
from matricula.accounts.views.account import own_account
from matricula.accounts.views.sign_in import passkey_refused
from matricula.accounts.views.waiting import told_to_wait
from matricula.leaving.combining.reasons import OFF
from matricula.leaving.forms import PASSKEY, FactorForm, OwnerForm
from matricula.leaving.proofs import (
    OTHER,
    OWN,
    PROOFS,
    forget_proofs,
    had_since,
    keep,
    keep_proof,
    other_proof,
    own_proof,
    password_was_right,
    pending_name,
    pending_other,
    proofs_in,
)
from matricula.leaving.views.way_back import go_to, page_with, way_back
from matricula.security.errors import TooManyTries
from matricula.security.throttling import Tally, spend
from matricula.web.access import FORM, signed_in
from matricula.web.redirects import belongs_to
from matricula.web.values import object_in

STEPS = {
    OWN: "leaving/pages/own.html",
    OTHER: "leaving/pages/other.html",
    "factor": "leaving/pages/factor.html",
}


@signed_in
@FORM
def prove_both(request: HttpRequest) -> HttpResponse:
    """The step that is next: oneself, then the other account, then what becomes of both."""
    account = own_account(request)
    if settings.COMBINING == OFF:
        return render(request, "leaving/pages/off.html")
    if own_proof(request) is None:
        return prove_oneself(request, account)
    if other_proof(request) is None:
        return prove_other(request, account)
    return go_to(request, "leaving:preview")


def on_the_way(request: HttpRequest, **known: Any) -> dict[str, Any]:
    """What every step shows: where "not now" leads, and where a forgotten password comes back to."""
    back = way_back(request)
    return {**known, "next": back, "here": page_with(back, "leaving:combine")}


def prove_oneself(request: HttpRequest, account: Account) -> HttpResponse:
    form = OwnerForm(account, request.POST or None)
    context = on_the_way(request, form=form, account=account, passkeys=passkeys.can_prove(account))
    context["has_password"] = account.has_usable_password()
    try:
        if (
            request.method == "POST"
            and form.is_valid()
            and form.proves(request, this=f"combine-{account.pk}")
        ):
            since = had_since(account, form.how)
            keep_proof(request, OWN, account, how=form.how, sure_since=since)
            return go_to(request, "leaving:combine")
    except TooManyTries as wait:
        return told_to_wait(request, STEPS[OWN], context, wait)
    return render(request, STEPS[OWN], context)


def prove_other(request: HttpRequest, account: Account) -> HttpResponse:
    """The log-in, inside the flow: the session stays the one of `account`."""
    form = LogInForm(request.POST or None)
    context = on_the_way(request, form=form, account=account, passkeys=passkeys.can_work_here())
    try:
        if request.method == "POST" and form.is_valid():
            found = check_password(request, **form.cleaned_data)
            if found is None:
                form.add_error(
                    "password", _("E-mail and password do not fit together. Check both and try again.")
                )
            elif found.pk == account.pk:
                form.add_error("email", _("That is the account you are in. Log in to the other one."))
            else:
                spend([Tally(PROOFS, account.pk)])
                enough = password_was_right(request, OTHER, found)
                return go_to(request, "leaving:preview" if enough else "leaving:second-step")
    except TooManyTries as wait:
        return told_to_wait(request, STEPS[OTHER], context, wait)
    return render(request, STEPS[OTHER], context)


@signed_in
@FORM
def second_step(request: HttpRequest) -> HttpResponse:
    """The other account asks for more than its password."""
    other = pending_other(request)
    if own_proof(request) is None or other is None:
        return go_to(request, "leaving:combine")
    form = FactorForm(request.POST or None)
    kinds = set(other.second_factors.values_list("kind", flat=True))
    can = SecondFactor.Kind.PASSKEY in kinds and passkeys.can_work_here()
    context = on_the_way(request, form=form, account=own_account(request), passkeys=can)
    try:
        asked = request.method == "POST" and form.is_valid()
        if asked and form.shows_factor(request, other, this=pending_name(request)):
            keep_proof(request, OTHER, other, how=form.how, sure_since=had_since(other, form.how))
            return go_to(request, "leaving:preview")
    except TooManyTries as wait:
        return told_to_wait(request, STEPS["factor"], context, wait)
    return render(request, STEPS["factor"], context)


@signed_in
@belongs_to("leaving:combine")
@require_POST
def ask_for_passkey(request: HttpRequest) -> HttpResponse:
    """Of oneself first, with the device unlocked by its owner; then any passkey but one's own."""
    account = own_account(request)
    side = OTHER if own_proof(request) else OWN
    asked = account if side == OWN else pending_other(request)
    options, state = passkeys.ask_to_prove(asked, alone=True)
    keep(request, ceremony={"side": side, "of": asked and asked.pk, "state": state})
    return JsonResponse(options)


@signed_in
@belongs_to("leaving:combine")
@require_POST
def answer_with_passkey(request: HttpRequest) -> HttpResponse:
    asked = proofs_in(request).get("ceremony")
    keep(request, ceremony=None)
    try:
        if not asked or (asked["side"] == OTHER and own_proof(request) is None):
            raise PasskeyRefused
        whose = Account.objects.filter(pk=asked["of"], is_active=True).first() if asked["of"] else None
        if asked["of"] and whose is None:
            raise PasskeyRefused
        shown = passkeys.prove_passkey(account=whose, state=asked["state"], answer=object_in(request))
        if (shown.pk == own_account(request).pk) != (asked["side"] == OWN):
            raise PasskeyRefused
    except PasskeyRefused:
        return passkey_refused()
    since = had_since(shown, PASSKEY)
    keep_proof(request, asked["side"], shown, how=PASSKEY, sure_since=since)
    return JsonResponse({"then": page_with(way_back(request), "leaving:combine")})


@signed_in
@belongs_to("leaving:combine")
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Not now: what was shown is forgotten."""
    forget_proofs(request)
    return redirect(way_back(request) or "accounts:home")
