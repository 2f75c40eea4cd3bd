"""Log in: the e-mail first, then the password or a company's sign-in; the second step; log out."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlencode

from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from matricula.accounts import passkeys
from matricula.accounts.errors import FactorUnreadable, PasskeyRefused
from matricula.accounts.forms import AuthenticatorForm, EmailFirstForm, LogInForm, RecoveryCodeForm
from matricula.accounts.kept_forms import READER
from matricula.accounts.models import Account, SecondFactor
from matricula.accounts.second_factors import authenticator_accepts, codes_left, spend_recovery_code
from matricula.accounts.sign_in import (
    KEPT,
    OF_A_STEP,
    begin_session,
    check_password,
    finish_step,
    guess_step,
    is_company_only,
    note_password,
    pending_account,
    start_session,
)
from matricula.accounts.views.second_factors import forget_secret
from matricula.accounts.views.waiting import told_to_wait
from matricula.mail.addresses import domain_of
from matricula.security.errors import TooManyTries, how_long
from matricula.security.signed_cookies import cookie_value, keep_in_cookie
from matricula.web.access import FORM, public
from matricula.web.errors import ask_to_wait
from matricula.web.languages import forget_language
from matricula.web.redirects import begins_session, local_path, to_my_learning
from matricula.web.values import object_in, text_in

CEREMONY = "passkey_ceremony"
EMAIL_PAGE, PASSWORD_PAGE = "accounts/pages/sign_in.html", "accounts/pages/sign_in_password.html"
LOG_IN = reverse_lazy("accounts:sign-in")
TYPED, TYPED_SECONDS, TYPED_BELOW = "log_in_email", 600, reverse_lazy("accounts:home")
"""The cookie that brings the e-mail from one step to the next, or to the page for a lost password."""
BY_COMPANY = "company"
"""The step of whoever says that their company signs them in."""
Answer = TypeVar("Answer", bound=HttpResponse)


def next_in(request: HttpRequest) -> str:
    return text_in(request.POST, "next", text_in(request.GET, "next"))


def wanted(request: HttpRequest) -> str:
    return local_path(next_in(request), otherwise="/learn/")


@public
@FORM
@begins_session(to_my_learning)
def sign_in(request: HttpRequest) -> HttpResponse:
    """The e-mail, then whatever its domain leads to (decision 45). Both at once log in at once, which is
    what password managers send and what others' scripts do."""
    if request.method == "POST":
        step = text_in(request.POST, "step", "" if "password" in request.POST else "email")
        return take_email(request) if step == "email" else take_password(request)
    if request.user.is_authenticated and not next_in(request):
        # In person: whom a company alone signed in is nobody on a page of strangers. Whoever was sent here
        # from a page may want it as somebody else.
        return redirect(wanted(request))
    if step_of(request) not in ("", BY_COMPANY):
        return ask_password_of(request, typed_email(request))
    return render(request, EMAIL_PAGE, page_context(request, EmailFirstForm()))


def step_of(request: HttpRequest) -> str:
    """What the address asks for: the password, the password of somebody whom a company signed in, or the
    e-mail by which a company is found."""
    return text_in(request.GET, "step")


def typed_email(request: HttpRequest) -> str:
    """What was typed in the first step, a moment ago in this browser."""
    return unquote(cookie_value(request, TYPED) or "")


def take_email(request: HttpRequest) -> HttpResponse:
    """The next page depends on the domain alone, never on whether anybody has the address.

    A password that came along was filled in where nobody sees it: one that does not fit is no mistake that
    somebody made, so the next page comes as if there had been none.
    """
    form, filled = EmailFirstForm(request.POST), LogInForm(request.POST)
    if not form.is_valid():
        return render(request, EMAIL_PAGE, page_context(request, form))
    answer = try_password(request, filled) if filled.is_valid() else None
    return answer or go_on(request, form.cleaned_data["email"])


def go_on(request: HttpRequest, email: str) -> HttpResponse:
    """To the company that signs in whoever has an address in this domain, which a room above knows; else to
    the password. The browser keeps the e-mail for it: an address of a page stands in histories and logs."""
    company = import_string(settings.COMPANY_SIGN_IN)(domain_of(email))
    asked = {"next": wanted(request)} if company else {"next": wanted(request), "step": "password"}
    answer = redirect(f"{company or LOG_IN}?{urlencode(asked)}")
    keep_in_cookie(answer, TYPED, quote(email), path=str(TYPED_BELOW), seconds=TYPED_SECONDS)
    return answer


def ask_password_of(request: HttpRequest, email: str) -> HttpResponse:
    """With the e-mail in its place, to be seen and changed, where it was typed before."""
    form = LogInForm(initial={"email": email})
    form.fields["password" if email else "email"].widget.attrs["autofocus"] = True
    return render(request, PASSWORD_PAGE, page_context(request, form))


def take_password(request: HttpRequest) -> HttpResponse:
    form = LogInForm(request.POST)
    if form.is_valid():
        answer = try_password(request, form)
        if answer:
            return answer
        form.add_error("password", _("E-mail and password do not fit together. Check both and try again."))
    return render(request, PASSWORD_PAGE, page_context(request, form))


def try_password(request: HttpRequest, form: LogInForm) -> HttpResponse | None:
    """In, or told to wait; nothing where e-mail and password do not fit together."""
    try:
        account = check_password(request, **form.cleaned_data, to_take_back=True)
    except TooManyTries as wait:
        return told_to_wait(request, PASSWORD_PAGE, page_context(request, form), wait)
    if account and account.deleted_at:
        # A room above asks for the second factor, and takes it back.
        note_password(request, account)
        return forget_typed(redirect(settings.TAKES_BACK_AT))
    return forget_typed(redirect(begin_session(request, account, then=wanted(request)))) if account else None


def forget_typed(answer: Answer) -> Answer:
    """The e-mail, which nobody who comes next to this browser is to see."""
    answer.delete_cookie(TYPED, path=str(TYPED_BELOW))
    return answer


def page_context(request: HttpRequest, form: forms.Form) -> dict[str, Any]:
    """`in_person`: whoever a company signed in asked for what is the person's own; `by_code`: whoever came
    into its console by a recovery code."""
    in_person = step_of(request) == "in-person" and is_company_only(request)
    return {
        "form": form,
        "next": wanted(request),
        "passkeys": passkeys.can_work_here(),
        "by_company": step_of(request) == BY_COMPANY,
        "in_person": in_person,
        "by_code": in_person and text_in(request.GET, "by") == "code",
    }


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    return leave_browser(request, then="accounts:sign-in")


def leave_browser(request: HttpRequest, *, then: str) -> HttpResponse:
    """What the browser keeps of this site's pages and files goes as well, and what the visitor holds of
    arrivals, or of an app being added, stays with nobody who comes to it next; no form is kept from now on
    for whoever was here, and the language is the browser's again. The cookie that says which device this is
    stays."""
    logout(request)
    answer = redirect(then)
    answer["Clear-Site-Data"] = '"cache", "storage"'
    for name in KEPT:
        answer.delete_cookie(name, path="/join/")
    answer.delete_cookie(READER, path="/")
    forget_language(answer)
    forget_secret(answer)
    return forget_typed(answer)


@public
@FORM
@begins_session(to_my_learning)
def second_step(request: HttpRequest) -> HttpResponse:
    """After the password: the app's code, or a passkey."""
    account = pending_account(request)
    if account is None:
        return redirect("accounts:sign-in")
    form = AuthenticatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return stepped(request, account, form, authenticator_accepts)
    return show_step(request, account, form)


@public
@FORM
@begins_session(to_my_learning)
def recovery_step(request: HttpRequest) -> HttpResponse:
    """After the password, without the device: one of the recovery codes."""
    account = pending_account(request)
    if account is None:
        return redirect("accounts:sign-in")
    form = RecoveryCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return stepped(request, account, form, spend_recovery_code)
    return render(request, "accounts/pages/recovery_step.html", {"form": form})


def stepped(
    request: HttpRequest, account: Account, form: forms.Form, accepts: Callable[[Account, str], bool]
) -> HttpResponse:
    """A recovery code typed again counts once; an app's code may be right a minute later, so it does not."""
    code = form.cleaned_data["code"]
    given = f"recovery:{account.pk}:{code}" if isinstance(form, RecoveryCodeForm) else ""
    try:
        if guess_step(request, account, lambda: accepts(account, code), given=given):
            return redirect(finish_step(request, account))
        form.add_error("code", _("That is not the code. Check it, or use another way."))
    except TooManyTries as wait:
        return start_over(request, wait)
    except FactorUnreadable as gone:
        form.add_error("code", str(gone))
    if isinstance(form, RecoveryCodeForm):
        return render(request, "accounts/pages/recovery_step.html", {"form": form})
    return show_step(request, account, form)


def start_over(request: HttpRequest, wait: TooManyTries) -> HttpResponse:
    """At once, when only this log-in had too many tries; else when those of the account are free again."""
    words = "" if wait.limit == OF_A_STEP.name else how_long(wait.until)
    return ask_to_wait(request, "accounts/pages/step_ended.html", {"words": words}, until=wait.until)


def show_step(request: HttpRequest, account: Account, form: forms.Form) -> HttpResponse:
    kinds = set(account.second_factors.values_list("kind", flat=True))
    context = {
        "form": form,
        "authenticator": SecondFactor.Kind.TOTP in kinds,
        "passkeys": SecondFactor.Kind.PASSKEY in kinds and passkeys.can_work_here(),
        "codes_left": codes_left(account),
    }
    return render(request, "accounts/pages/second_step.html", context)


@public
@require_POST
def ask_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser asks the device: for the second step, else for signing in without a password."""
    pending = pending_account(request)
    options, state = passkeys.ask_to_prove(pending)
    request.session[CEREMONY] = {"second_step_of": pending and pending.pk, "state": state}
    return JsonResponse(options)


@public
@require_POST
def answer_passkey(request: HttpRequest) -> HttpResponse:
    """The device's answer. Alone it is enough: it was unlocked by its owner. What a second step asked for
    need not have been, and answers that step only."""
    pending = pending_account(request)
    asked = request.session.pop(CEREMONY, None)
    try:
        if asked is None or asked["second_step_of"] != (pending and pending.pk):
            raise PasskeyRefused
        account = passkeys.prove_passkey(account=pending, state=asked["state"], answer=object_in(request))
    except PasskeyRefused:
        return passkey_refused()
    if pending:
        return JsonResponse({"then": finish_step(request, account)})
    start_session(request, account)
    return forget_typed(JsonResponse({"then": wanted(request)}))


def passkey_refused() -> JsonResponse:
    return JsonResponse({"error": str(PasskeyRefused.sentence)}, status=400)
