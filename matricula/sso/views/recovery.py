"""The day a company's sign-in does not work: an owner comes in by a recovery code, to mend it.

E-mail and code, then the owner's own second factor where they have one; never anything that is theirs.
"""

import secrets
import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.accounts.errors import FactorUnreadable
from matricula.accounts.models import Account
from matricula.accounts.second_factors import authenticator_accepts, has_second_factor, spend_recovery_code
from matricula.accounts.sign_in import OF_A_STEP, STEPS
from matricula.accounts.views.second_factors import code_sheet
from matricula.accounts.views.waiting import told_to_wait
from matricula.identities.company_sessions import start_recovery_session
from matricula.identities.recovery_codes import (
    owner_codes_left,
    owners_with_way_in,
    renew_owner_codes,
    spend_owner_code,
)
from matricula.mail.addresses import canonical
from matricula.organizations.access import actor_of, freshly_owning
from matricula.organizations.errors import NotOwner
from matricula.organizations.models import Organization
from matricula.organizations.ownership import owners_of
from matricula.security.clients import network_of
from matricula.security.errors import TooManyTries
from matricula.security.sent_forms import is_sent_again
from matricula.security.throttling import Limit, NetworkLimit, Tally, guess
from matricula.sso.forms import OwnerRecoveryForm, OwnerStepForm
from matricula.web.access import FORM, public
from matricula.web.redirects import begins_session

WAITING, SECONDS = "owner_recovery", 600
OF_AN_OWNER, OF_A_NETWORK = Limit("owner-recovery"), NetworkLimit("owner-recovery-network")
PAGE, STEP_PAGE = "sso/pages/recovery.html", "sso/pages/recovery_step.html"


def to_connections(slug: str) -> str:
    return reverse("sign-in:connections", args=[slug])


@public
@FORM
@begins_session(to_connections)
def recover(request: HttpRequest, slug: str) -> HttpResponse:
    """E-mail and code. Whoever is here in person and owns it needs none."""
    organization = get_object_or_404(Organization, slug=slug)
    if owns(request, organization):
        return redirect("sign-in:connections", slug)
    form = OwnerRecoveryForm(request.POST or None)
    context = {"organization": organization, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            account = guess_owner(request, organization, **form.cleaned_data)
        except TooManyTries as wait:
            return told_to_wait(request, PAGE, context, wait)
        if account:
            return code_fits(request, organization, account)
        form.add_error("code", _("E-mail and code do not fit together, or the code was used already."))
    return render(request, PAGE, context)


def owns(request: HttpRequest, organization: Organization) -> bool:
    return request.user.is_authenticated and owners_of(organization.pk).filter(account=request.user).exists()


def guess_owner(request: HttpRequest, organization: Organization, *, email: str, code: str) -> Account | None:
    """Counted by address and by network before anybody looks. Raises TooManyTries."""
    whom = f"{organization.pk}:{canonical(email)}"
    return guess(
        [Tally(OF_AN_OWNER, whom), Tally(OF_A_NETWORK, network_of(request))],
        lambda: spend_owner_code(organization=organization, email=email, code=code),
        given=f"owner-recovery:{whom}:{code}",
    )


def code_fits(request: HttpRequest, organization: Organization, account: Account) -> HttpResponse:
    if not has_second_factor(account):
        return come_in(request, organization, account)
    request.session.cycle_key()
    request.session[WAITING] = {
        "organization": organization.pk,
        "account": account.pk,
        "until": time.time() + SECONDS,
        "id": secrets.token_urlsafe(16),
    }
    return redirect("sso:recovery-step", organization.slug)


def come_in(request: HttpRequest, organization: Organization, account: Account) -> HttpResponse:
    try:
        start_recovery_session(request, organization=organization, account=account)
    except NotOwner:
        return redirect("sso:recovery", organization.slug)
    messages.success(
        request, _("You are in, for an hour, to mend the sign-in. Every owner gets a letter about it.")
    )
    return redirect("sign-in:connections", organization.slug)


def waiting_in(request: HttpRequest, organization: Organization) -> tuple[Account, str] | None:
    """Which owner's code was right in this browser a moment ago, and the name of this attempt."""
    kept: dict[str, Any] = request.session.get(WAITING) or {}
    if kept.get("organization") != organization.pk or kept["until"] < time.time():
        return None
    role = owners_of(organization.pk).filter(account=kept["account"]).select_related("account").first()
    return (role.account, kept["id"]) if role else None


@public
@FORM
@begins_session(to_connections)
def recovery_step(request: HttpRequest, slug: str) -> HttpResponse:
    """The owner's own second factor. A code of the company's console takes nothing of theirs off."""
    organization = get_object_or_404(Organization, slug=slug)
    waiting = waiting_in(request, organization)
    if waiting is None:
        return redirect("sso:recovery", slug)
    form = OwnerStepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if step_fits(*waiting, code=form.cleaned_data["code"]):
                del request.session[WAITING]
                return come_in(request, organization, waiting[0])
            form.add_error("code", _("That is not the code. Check it, or use another way."))
        except FactorUnreadable as gone:
            form.add_error("code", str(gone))
        except TooManyTries as wait:
            del request.session[WAITING]
            return told_to_wait(request, STEP_PAGE, {"organization": organization, "form": form}, wait)
    return render(request, STEP_PAGE, {"organization": organization, "form": form})


def step_fits(account: Account, attempt: str, *, code: str) -> bool:
    """The app's code, or one of the person's own recovery codes. Raises TooManyTries, FactorUnreadable."""

    def look() -> bool | None:
        return spend_recovery_code(account, code) or authenticator_accepts(account, code) or None

    return bool(guess([Tally(OF_A_STEP, attempt), Tally(STEPS, account.pk)], look))


@freshly_owning
@FORM
def owner_codes(request: HttpRequest, organization: Organization) -> HttpResponse:
    """How many the reader has left; pressed, ten new ones, on the only page where they ever stand. A reload
    ends no codes that were just written down."""
    account = actor_of(request)
    if request.method == "POST" and is_sent_again(request):
        messages.info(request, _("Your codes are made, and were shown once. Lost them? Make new ones."))
        return redirect("owner-codes:codes", organization.slug)
    if request.method == "POST":
        try:
            codes = renew_owner_codes(organization=organization, account=account)
        except NotOwner:
            return redirect("console:home", organization.slug)
        return show_owner_codes(request, organization, codes)
    context = {
        "organization": organization,
        "codes_left": owner_codes_left(organization=organization.pk, account=account.pk),
        "able": owners_with_way_in(organization.pk).count(),
        "address": recovery_address(organization),
    }
    return render(request, "sso/console/owner_codes.html", context)


def show_owner_codes(request: HttpRequest, organization: Organization, codes: list[str]) -> HttpResponse:
    lead = _(
        "On a day when your company's sign-in does not work, one of them and your e-mail open the console of"
        " %(organization)s for an hour, at %(address)s. Each works once. They are shown only now: print them,"
        " or keep them where you keep what matters."
    )
    address = recovery_address(organization)
    return code_sheet(
        request,
        codes,
        lead=lead % {"organization": organization.name, "address": address},
        title=_("Recovery codes %s") % organization.slug,
        then=reverse("owner-codes:codes", args=[organization.slug]),
        place=address,
    )


def recovery_address(organization: Organization) -> str:
    return settings.BASE_URL + reverse("sso:recovery", args=[organization.slug])
