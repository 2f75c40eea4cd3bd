"""A new password, or the first one. Every other session ends, and the person is told."""

from django.db import transaction
from django.utils import timezone

from matricula.accounts.models import Account, PasswordReset
from matricula.audit.models import record
from matricula.mail.models import Letter
from matricula.mail.rendering import Reading, writes

KIND = "accounts.password"


@transaction.atomic
def change_password(*, account: Account, password: str) -> None:
    """The caller starts a new session for whoever changed it."""
    put_password(account, password)
    record("password.changed", actor=account, subject=account)


def put_password(account: Account, password: str) -> None:
    """With a new password, links that would choose another one end, and so does every session."""
    unused = PasswordReset.objects.filter(email__account=account, ended_at__isnull=True)
    unused.update(ended_at=timezone.now())
    account.set_password(password)
    account.save(update_fields=["password"])
    account.end_sessions()
    tell_of_password(account)


def tell_of_password(account: Account) -> None:
    address = account.primary_address
    if address:
        Letter.objects.create(kind=KIND, to=address.address, language=account.language)


@writes(KIND)
def password_letter(letter: Letter) -> Reading:
    return Reading("accounts/email/password")
