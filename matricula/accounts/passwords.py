"""A new password, or the first one. Every other session ends, and the person is told."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from matricula.accounts.confirmation import put_proof
from matricula.accounts.errors import CodeEnded
from matricula.accounts.factor_removals import stop_removal
from matricula.accounts.mailboxes import hold_accounts_listing
from matricula.accounts.models import IN_ORDER_OF_PROOF, Account, EmailAddress, PasswordReset
from matricula.audit.models import record
from matricula.mail.addresses import AddressRefused, canonical
from matricula.mail.models import Letter
from matricula.security.secrets import digests
from matricula.security.throttling import LETTERS, Limit, MailboxLimit, NetworkLimit, Tally, spend

PASSWORD = "accounts.password"


@transaction.atomic
def change_password(*, account: Account, password: str) -> None:
    """The caller starts a new session for whoever changed it."""
    put_password(account, password)
    record("password.changed", actor=account, subject=account)


def put_password(account: Account, password: str) -> None:
    """With a new password, links that would choose another one end, so does every session, and what somebody
    who knew the old one asked for (`factor_removals`)."""
    unused = PasswordReset.objects.filter(email__account=account, ended_at__isnull=True)
    unused.update(ended_at=timezone.now())
    account.set_password(password)
    account.save(update_fields=["password"])
    account.end_sessions()
    stop_removal(account=account)
    tell_of_password(account)


def tell_of_password(account: Account) -> None:
    address = account.primary_address
    if address:
        Letter.objects.create(kind=PASSWORD, to=address.address, language=account.language)


RESET = "accounts.password_reset"
OF_AN_ADDRESS, OF_A_DEVICE = MailboxLimit("reset"), Limit("reset-device")
OF_A_NETWORK = NetworkLimit("reset-network")


@transaction.atomic
def ask_to_reset(*, address: str, network: str = "", next_path: str = "", device: str = "") -> None:
    """Write to an address that recovers, as its owner spelled it; say nothing either way.

    For an unknown address the same letter is queued, and the worker finds it moot: the same work for both.
    A `device` the account has signed in from has tries of its own. Raises TooManyTries, for both alike.
    """
    try:
        spelled = canonical(address)
    except AddressRefused:
        return
    own = [Tally(limit, f"{spelled}:{device}") for limit in (OF_A_DEVICE, LETTERS)]
    strangers = [Tally(OF_AN_ADDRESS, spelled), Tally(LETTERS, spelled), Tally(OF_A_NETWORK, network)]
    spend(own if device else strangers)
    rows = EmailAddress.objects.filter(canonical=spelled).recovering().select_related("account")
    email = rows.order_by(*IN_ORDER_OF_PROOF).first()
    Letter.objects.create(
        kind=RESET,
        to=email.address if email else address,
        language=email.account.language if email else settings.LANGUAGE_CODE,
        reference=email.pk if email else None,
        context={"next": next_path[:300]},
    )


def reset_of_link(secret: str) -> PasswordReset:
    """Raises CodeEnded."""
    return open_reset(link_digest__in=digests("reset", secret))


def open_reset(**known: object) -> PasswordReset:
    """The one whose link still opens something, of an address that still recovers. Raises CodeEnded."""
    since = timezone.now() - timedelta(hours=PasswordReset.HOURS)
    rows = PasswordReset.objects.filter(email__in=EmailAddress.objects.recovering(), requested_at__gt=since)
    found = rows.filter(**known, ended_at__isnull=True).select_related("email__account").first()
    if found is None:
        raise CodeEnded
    return found


@transaction.atomic
def choose_password(*, reset: PasswordReset, password: str) -> Account:
    """The new password holds and every session has ended. Raises CodeEnded for whoever comes second
    or too late.

    Whoever read the letter proved its mailbox, where only a program had answered for it. Raises MailboxTaken.
    """
    hold_accounts_listing(reset.email.canonical)
    email = open_reset(pk=reset.pk).email
    if not PasswordReset.objects.filter(pk=reset.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        raise CodeEnded
    if email.confirmed_at is None:
        put_proof(email)
    account = email.account
    put_password(account, password)
    record("password.reset", actor=account, subject=account, after={"address": email.canonical})
    return account
