"""A forgotten password: whoever holds the mailbox chooses a new one, once."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from matricula.accounts.addresses import AddressRefused, canonical
from matricula.accounts.changing_password import put_password
from matricula.accounts.errors import CodeEnded
from matricula.accounts.models import Account, EmailAddress, PasswordReset
from matricula.accounts.throttling import LETTERS, Limit, MailboxLimit, NetworkLimit, Tally, spend
from matricula.audit.models import record
from matricula.mail.models import Letter
from matricula.mail.rendering import Reading, writes
from matricula.web.secret import digest, new_link_secret

KIND = "accounts.password_reset"
OF_AN_ADDRESS, OF_A_DEVICE = MailboxLimit("reset"), Limit("reset-device")
OF_A_NETWORK = NetworkLimit("reset-network")


@transaction.atomic
def ask_to_reset(*, address: str, network: str = "", next_path: str = "", device: str = "") -> None:
    """Write to a confirmed address that signs in, as its owner spelled it; say nothing either way.

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
    rows = EmailAddress.objects.filter(canonical=spelled).confirmed().filter(signs_in=True)
    email = rows.select_related("account").first()
    Letter.objects.create(
        kind=KIND,
        to=email.address if email else address,
        language=email.account.language if email else settings.LANGUAGE_CODE,
        reference=email.pk if email else None,
        context={"next": next_path[:300]},
    )


@writes(KIND)
def reset_letter(letter: Letter) -> Reading | None:
    """Mints the link. Moot unless the letter still goes to the confirmed address it was asked for."""
    email = EmailAddress.objects.confirmed().filter(pk=letter.reference or 0, address=letter.to).first()
    if email is None:
        return None
    secret, next_path = new_link_secret(), letter.context.get("next", "")
    PasswordReset.objects.create(email=email, next_path=next_path, link_digest=digest("reset", secret))
    return Reading("accounts/email/reset", {"link": f"{settings.BASE_URL}/account/reset/{secret}/"})


def reset_of_link(secret: str) -> PasswordReset:
    """Raises CodeEnded."""
    return open_reset(link_digest=digest("reset", secret))


def open_reset(**known: object) -> PasswordReset:
    """The one whose link still opens something. Raises CodeEnded."""
    since = timezone.now() - timedelta(hours=PasswordReset.HOURS)
    rows = PasswordReset.objects.select_related("email__account")
    found = rows.filter(**known, ended_at__isnull=True, requested_at__gt=since).first()
    if found is None:
        raise CodeEnded
    return found


@transaction.atomic
def choose_password(*, reset: PasswordReset, password: str) -> Account:
    """The new password holds and every session has ended. Raises CodeEnded for who comes second."""
    if not PasswordReset.objects.filter(pk=reset.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        raise CodeEnded
    account = reset.email.account
    put_password(account, password)
    record("password.reset", actor=account, subject=account)
    return account
