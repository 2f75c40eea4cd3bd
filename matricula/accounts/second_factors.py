"""What proves a person beside the password: an authenticator app, passkeys, recovery codes."""

import secrets
from datetime import datetime

import pyotp
from django.db import IntegrityError, transaction
from django.utils import timezone

from matricula.accounts.errors import AppCodeWrong, FactorExists
from matricula.accounts.models import Account, RecoveryCode, SecondFactor
from matricula.audit.models import record
from matricula.mail.models import Letter
from matricula.security.secrets import digest, seal, unseal

SEAL = "second factor"
STEP_SECONDS = 30
RECOVERY_CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
SECOND_FACTORS = "accounts.second_factor"


def has_second_factor(account: Account) -> bool:
    return account.second_factors.exists()


def enrolment_uri(account: Account, secret: str) -> str:
    """What an authenticator app reads from the QR code (the otpauth key URI format)."""
    address = account.primary_address
    name = address.address if address else account.full_name
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Matricula")


@transaction.atomic
def add_authenticator(*, account: Account, secret: str, code: str) -> SecondFactor:
    """The app that shows `code` for `secret`. Raises AppCodeWrong, FactorExists."""
    step = matching_step(secret, code)
    if step is None:
        raise AppCodeWrong
    try:
        with transaction.atomic():
            factor = SecondFactor.objects.create(
                account=account,
                kind=SecondFactor.Kind.TOTP,
                name="Authenticator app",
                sealed=seal(SEAL, secret),
                counter=step,
            )
    except IntegrityError as taken:
        raise FactorExists from taken
    tell_of_factors(account, "added", factor)
    return factor


def matching_step(secret: str, code: str) -> int | None:
    """The time step (RFC 6238) whose code this is: the present one or a neighbour."""
    now = int(datetime.now().timestamp()) // STEP_SECONDS
    totp, given = pyotp.TOTP(secret), "".join(code.split())
    fitting = [
        step for step in (now, now - 1, now + 1) if secrets.compare_digest(totp.generate_otp(step), given)
    ]
    return fitting[0] if fitting else None


def authenticator_accepts(account: Account, code: str) -> bool:
    """Whether the app shows this code now. Each code is accepted once (RFC 6238, section 5.2)."""
    factor = account.second_factors.filter(kind=SecondFactor.Kind.TOTP).first()
    if factor is None or not code.isascii():
        return False
    step = matching_step(unseal(SEAL, factor.sealed), code)
    if step is None:
        return False
    unused = SecondFactor.objects.filter(pk=factor.pk, counter__lt=step)
    return bool(unused.update(counter=step, last_used_at=timezone.now()))


@transaction.atomic
def renew_recovery_codes(*, account: Account) -> list[str]:
    """Ten new codes, shown once; those before them end, also those made at the same moment."""
    # Held, so that of two who ask at once one waits and ends the other's codes.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    account.recovery_codes.all().delete()
    codes = ["-".join(recovery_piece() for _ in range(2)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, digest=recovery_digest(account, code)) for code in codes
    )
    record("recovery_codes.renewed", actor=account, subject=account)
    return codes


def recovery_piece() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))


def recovery_digest(account: Account, code: str) -> str:
    return digest("recovery", f"{account.pk}:{''.join(code.lower().split()).replace('-', '')}")


def spend_recovery_code(account: Account, code: str) -> bool:
    """Whether this is an unused recovery code of the account; it is used now."""
    unused = account.recovery_codes.filter(digest=recovery_digest(account, code), used_at__isnull=True)
    return bool(unused.update(used_at=timezone.now()))


def codes_left(account: Account) -> int:
    return account.recovery_codes.filter(used_at__isnull=True).count()


@transaction.atomic
def remove_factor(*, factor: SecondFactor) -> None:
    """The last one takes the recovery codes with it, also when the last two are removed at one moment."""
    account = Account.objects.select_for_update(no_key=True).get(pk=factor.account_id)
    tell_of_factors(account, "removed", factor)
    factor.delete()
    if not has_second_factor(account):
        account.recovery_codes.all().delete()


def tell_of_factors(account: Account, change: str, factor: SecondFactor) -> None:
    """The audit log and a letter to the person."""
    record(f"second_factor.{change}", actor=account, subject=account, after={"kind": factor.kind})
    address = account.primary_address
    if address:
        context = {"change": change, "factor": factor.name, "kind": factor.kind}
        Letter.objects.create(
            kind=SECOND_FACTORS, to=address.address, language=account.language, context=context
        )
