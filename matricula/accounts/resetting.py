"""A forgotten password: whoever holds the mailbox chooses a new one, once."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from matricula.accounts.addresses import AddressRefused
from matricula.accounts.errors import CodeEnded
from matricula.accounts.models import Account, EmailAddress, PasswordReset
from matricula.accounts.throttling import allows
from matricula.audit.models import record
from matricula.mail.models import Letter
from matricula.mail.rendering import Reading, writes
from matricula.web.secret import digest, new_link_secret

KIND = "accounts.password_reset"


@transaction.atomic
def ask_to_reset(*, address: str, next_path: str = "") -> None:
    """Write to a confirmed address that signs in; say nothing either way."""
    try:
        rows = (
            EmailAddress.objects.spelled(address).confirmed().filter(signs_in=True).select_related("account")
        )
    except AddressRefused:
        return
    email = rows.first()
    if not allows("reset", address.lower(), tries=3, minutes=15) or email is None:
        return
    reset = PasswordReset.objects.create(email=email, next_path=next_path[:300])
    Letter.objects.create(kind=KIND, to=email.address, language=email.account.language, reference=reset.pk)


@writes(KIND)
def reset_letter(letter: Letter) -> Reading | None:
    reset = PasswordReset.objects.filter(pk=letter.reference or 0, ended_at__isnull=True).first()
    if reset is None:
        return None
    secret = new_link_secret()
    PasswordReset.objects.filter(pk=reset.pk).update(link_digest=digest("reset", secret))
    return Reading("accounts/email/reset", {"link": f"{settings.BASE_URL}/account/reset/{secret}/"})


def reset_of_link(secret: str) -> PasswordReset:
    """Raises CodeEnded."""
    since = timezone.now() - timedelta(hours=PasswordReset.HOURS)
    rows = PasswordReset.objects.select_related("email__account")
    found = rows.filter(
        link_digest=digest("reset", secret), ended_at__isnull=True, requested_at__gt=since
    ).first()
    if found is None:
        raise CodeEnded
    return found


@transaction.atomic
def choose_password(*, reset: PasswordReset, password: str) -> Account:
    """The new password holds and every session has ended. Raises CodeEnded for who comes second."""
    if not PasswordReset.objects.filter(pk=reset.pk, ended_at__isnull=True).update(ended_at=timezone.now()):
        raise CodeEnded
    account = reset.email.account
    PasswordReset.objects.filter(email__account=account, ended_at__isnull=True).update(
        ended_at=timezone.now()
    )
    account.set_password(password)
    account.save(update_fields=["password"])
    account.end_sessions()
    record("password.reset", actor=account, subject=account)
    return account
