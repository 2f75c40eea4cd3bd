"""Signing in: a password that fits, a second factor where there is one, and a session of its own."""

import secrets
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, authenticate, get_user, login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from matricula.accounts.kept_forms import COMPANY_ONLY, KEPT_FORM, READER, is_readers_own, mark_reader
from matricula.accounts.known_devices import device_known_at, known_device, remember, tell_browser
from matricula.accounts.models import Account
from matricula.accounts.second_factors import has_second_factor
from matricula.mail.addresses import AddressRefused, canonical
from matricula.security.clients import network_of
from matricula.security.errors import TooManyTries
from matricula.security.throttling import Found, Limit, NetworkLimit, Tally, guess, network_part

KEPT = ("arrivals", "sso_pending")
"""What a visitor brings along into the session they log in to: joining that was begun, a company's answer."""
COMPANY_SESSIONS = "company_sessions"
"""In a session: the handles of what companies opened (`identities`)."""
HANDLE = "handle"
"""In a session: a name for it that stays when its key changes, and that no other session has."""
PENDING = "pending_sign_in"
PENDING_SECONDS = 600
TAKING_BACK = "taking_back"
OF_A_STEP, STEPS = Limit("second-step-log-in"), Limit("second-step")
STEPS_OF_A_DEVICE = Limit("second-step-device")
OF_AN_ADDRESS, OF_A_DEVICE = Limit("password"), Limit("password-device")
OF_A_NETWORK = NetworkLimit("password-network")
FRESH_SECONDS = 600


def note_seen(answer: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: the list of sessions says when and from where a browser was here last; HEAD is no visit."""

    def noting(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        if request.method != "HEAD":
            request.session.note_seen(network_of(request))  # type: ignore[attr-defined]
        tell_browser(request, response)
        return response

    return noting


def name_reader(
    answer: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, around the one that stores sessions and knows their new keys: with each session cookie goes
    one that says whose it is, and none with what a company alone opened: nothing typed there is kept."""

    def naming(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        given = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if given is not None:
            account = "" if is_company_only(request) else str(request.session.get(SESSION_KEY, ""))
            if account or READER in request.COOKIES:
                mark_reader(response, session=given.value, account=account)
        return response

    return naming


def check_password(
    request: HttpRequest, *, email: str, password: str, to_take_back: bool = False
) -> Account | None:
    """The account, or None: wrong and unknown look the same. Raises TooManyTries, for both alike.

    `to_take_back`: it may be one that its owner deleted, which lets nobody in.
    """
    try:
        whom = canonical(email)
    except AddressRefused:
        whom = "malformed"

    def look() -> Account | None:
        account = authenticate(request, email=email, password=password, to_take_back=to_take_back)
        return account if isinstance(account, Account) else None

    device = device_known_at(request, whom)
    return guess_password(request, look, whom=whom, device=device, given=password)


def knows_password(request: HttpRequest, *, account: Account, password: str, given_up: bool = False) -> bool:
    """Whether it is this account's, whoever else lists its addresses. Raises TooManyTries.

    A try counts as one of logging in with its first address does: both doors open to the same password. That
    of an account that was `given_up` for another, or deleted, is asked for where that is undone, and nowhere
    else.
    """
    closed = account.combined_into_id is not None or account.deleted_at is not None
    opens = closed if given_up else account.is_active

    first = account.addresses.filter(signs_in=True).order_by("-is_primary", "pk").first()

    def look() -> bool | None:
        return (opens and account.check_password(password)) or None

    whom, device = first.canonical if first else f"account {account.pk}", known_device(request, account)
    given = f"{account.pk}:{password}"
    return bool(guess_password(request, look, whom=whom, device=device, given=given))


def guess_password(
    request: HttpRequest, look: Callable[[], Found | None], *, whom: str, device: str, given: str
) -> Found | None:
    """Counted for a device that is known, else for the address and the network. Raises TooManyTries."""
    network = network_of(request)
    strangers = [Tally(OF_AN_ADDRESS, whom), Tally(OF_A_NETWORK, network)]
    return guess(
        [Tally(OF_A_DEVICE, f"{whom}:{device}")] if device else strangers,
        look,
        given=f"password:{whom}:{device or network_part(network)}:{given}",
    )


def begin_session(request: HttpRequest, account: Account, *, then: str) -> str:
    """Where the person goes now: `then`, signed in, or first to the second step."""
    if not has_second_factor(account):
        start_session(request, account)
        return then
    request.session.cycle_key()
    known = {"account": account.pk, "known_by": account.get_session_auth_hash()}
    request.session[PENDING] = {**known, "then": then, "at": time.time(), "id": secrets.token_urlsafe(16)}
    return reverse("accounts:second-step")


def note_password(request: HttpRequest, account: Account) -> None:
    """The password of an account that was deleted was right: who took it back a moment later shows that."""
    request.session.cycle_key()
    known = {"account": account.pk, "known_by": account.get_session_auth_hash()}
    request.session[TAKING_BACK] = {**known, "at": time.time(), "id": secrets.token_urlsafe(16)}


def noted_account(request: HttpRequest) -> tuple[Account | None, str]:
    """Whose password, still the same, was right here a moment ago though they deleted the account; and the
    name of the one occasion."""
    noted = request.session.get(TAKING_BACK) or {}
    if not noted or time.time() - noted["at"] > PENDING_SECONDS:
        return None, ""
    account = Account.objects.filter(pk=noted["account"], deleted_at__isnull=False).first()
    still = account and any(constant_time_compare(noted["known_by"], one) for one in account.session_hashes())
    return (account, str(noted["id"])) if still else (None, "")


def pending_account(request: HttpRequest) -> Account | None:
    """Whose password, still the same, was right here a moment ago, while the second step is awaited."""
    pending = request.session.get(PENDING)
    if not pending or time.time() - pending["at"] > PENDING_SECONDS:
        request.session.pop(PENDING, None)
        return None
    account = Account.objects.filter(pk=pending["account"], is_active=True).first()
    known = pending.get("known_by", "")
    still = account and any(constant_time_compare(known, one) for one in account.session_hashes())
    return account if still else None


def guess_step(request: HttpRequest, account: Account, look: Callable[[], bool], *, given: str = "") -> bool:
    """Whether the second step was right. Raises TooManyTries: signing in starts over.

    Five of one log-in, wherever its cookie is shown at once, and so many of the account.
    """
    this = str(request.session[PENDING].get("id", account.pk))
    try:
        return guess_factor(request, account, look, this=this, given=given)
    except TooManyTries:
        request.session.pop(PENDING)
        raise


def guess_factor(
    request: HttpRequest, account: Account, look: Callable[[], bool], *, this: str, given: str = ""
) -> bool:
    """Whether a second factor was right, at a log-in or where one is asked for. Raises TooManyTries.

    `this` names the one occasion, which has tries of its own.
    """
    device = known_device(request, account)
    of_all = Tally(STEPS_OF_A_DEVICE, f"{account.pk}:{device}") if device else Tally(STEPS, account.pk)
    return bool(guess([Tally(OF_A_STEP, this), of_all], lambda: look() or None, given=given))


def finish_step(request: HttpRequest, account: Account) -> str:
    """The second factor was right: a session, and where the person was going."""
    then = str(request.session.pop(PENDING)["then"])
    start_session(request, account)
    return then


def mark_fresh(request: HttpRequest, *, seconds: int = FRESH_SECONDS) -> None:
    """The person proved just now who they are; it counts for so many `seconds`."""
    request.session["proved_at"] = time.time() + seconds - FRESH_SECONDS


def is_fresh(request: HttpRequest) -> bool:
    return bool(time.time() - request.session.get("proved_at", 0) < FRESH_SECONDS)


def start_session(request: HttpRequest, account: Account) -> None:
    """A personal one: the account's own password, passkey or letter was right just now. What the same person
    typed before their last session ended goes along."""
    typed = request.session.get(KEPT_FORM)
    begin_session_of(request, account)
    if typed and is_readers_own(typed, account):
        request.session[KEPT_FORM] = typed
    mark_fresh(request)
    remember(request, account)


def start_company_only_session(request: HttpRequest, account: Account) -> None:
    """A company says that it is this account: what is personal stays closed, and the device unknown."""
    begin_session_of(request, account)
    request.session[COMPANY_ONLY] = True


def is_company_only(request: HttpRequest) -> bool:
    """Whether a company alone says who this is."""
    return bool(request.session.get(COMPANY_ONLY))


def begin_session_of(request: HttpRequest, account: Account) -> None:
    """A new session key. What the visitor holds of arrivals goes along, what was open by a company's sign-in
    only for the same account, and nothing of another who was here before."""
    # Of the session itself: on pages of strangers nobody is there who is not there in person.
    before = get_user(request)
    names = (*KEPT, COMPANY_SESSIONS) if before.pk == account.pk else () if before.pk else KEPT
    kept: dict[str, Any] = {name: request.session[name] for name in names if name in request.session}
    request.session.begin_anew()  # type: ignore[attr-defined]
    login(request, account, backend="matricula.accounts.authentication.EmailBackend")
    request.session.update(kept)
    request.session[HANDLE] = secrets.token_urlsafe(16)
    request.session["network"] = network_of(request)
    request.session["browser"] = request.headers.get("User-Agent", "")[:200]
    request.session["started_at"] = timezone.now().isoformat()
