"""What proves a person beside the password: an authenticator app, passkeys, recovery codes."""

import secrets
from datetime import datetime
from itertools import groupby

import pyotp
from django.db import IntegrityError, transaction
from django.utils import timezone

from matricula.accounts.errors import AppCodeWrong, FactorExists, FactorUnreadable
from matricula.accounts.models import SEAL, Account, RecoveryCode, SecondFactor
from matricula.audit.models import record
from matricula.mail.models import Letter
from matricula.security.secrets import SealUnreadable, digest, digests, seal, unseal

STEP_SECONDS = 30
RECOVERY_CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
SECOND_FACTORS, REMOVALS = "accounts.second_factor", "accounts.factor_removal"


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
    """Whether the app shows this code now. Each code is accepted once (RFC 6238, section 5.2).

    Raises FactorUnreadable.
    """
    factor = account.second_factors.filter(kind=SecondFactor.Kind.TOTP).first()
    if factor is None or not code.isascii():
        return False
    step = matching_step(opened(factor), code)
    if step is None:
        return False
    unused = SecondFactor.objects.filter(pk=factor.pk, counter__lt=step)
    return bool(unused.update(counter=step, last_used_at=timezone.now()))


def opened(factor: SecondFactor) -> str:
    """What the factor is checked by. Raises FactorUnreadable."""
    try:
        return unseal(SEAL, factor.sealed)
    except SealUnreadable as gone:
        raise FactorUnreadable from gone


def is_readable(factor: SecondFactor) -> bool:
    try:
        return bool(opened(factor))
    except FactorUnreadable:
        return False


def accounts_with_unreadable_factors() -> list[Account]:
    """Those who have second factors, none of which any key of the site opens."""
    rows = SecondFactor.objects.select_related("account").order_by("account").iterator(chunk_size=500)
    owned = ((account, list(factors)) for account, factors in groupby(rows, key=lambda one: one.account))
    return [account for account, factors in owned if not any(is_readable(one) for one in factors)]


@transaction.atomic
def renew_recovery_codes(*, account: Account) -> list[str]:
    """Ten new codes, shown once; those before them end, also those made at the same moment."""
    # Held, so that of two who ask at once one waits and ends the other's codes.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    account.recovery_codes.all().delete()
    codes = new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, digest=digest("recovery", spelled_code(account, code)))
        for code in codes
    )
    record("recovery_codes.renewed", actor=account, subject=account)
    return codes


def new_recovery_codes() -> list[str]:
    """Each of ten characters: 49 random bits."""
    return ["-".join(recovery_piece() for _ in range(2)) for _ in range(RECOVERY_CODES)]


def recovery_piece() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))


def spelled_code(account: Account, code: str) -> str:
    return f"{account.pk}:{plain_recovery_code(code)}"


def plain_recovery_code(code: str) -> str:
    """However it was typed."""
    return "".join(code.lower().split()).replace("-", "")


def spend_recovery_code(account: Account, code: str) -> bool:
    """Whether this is an unused recovery code of the account; it is used now."""
    known = digests("recovery", spelled_code(account, code))
    unused = account.recovery_codes.filter(digest__in=known, used_at__isnull=True)
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


@transaction.atomic
def lift_factors(*, account: Account, why: str) -> int:
    """Every second factor comes off, and the recovery codes; all proven addresses are told. How many.

    `why` is for the audit log: by a command, or because nobody objected.
    """
    account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    lifted, _ = account.second_factors.all().delete()
    account.recovery_codes.all().delete()
    if lifted:
        record("second_factor.lifted", subject=account, after={"factors": lifted, "reason": why})
        tell_everywhere(account, "lifted")
    return lifted


def tell_everywhere(account: Account, change: str, reference: int | None = None) -> None:
    """A letter to every address that is known to be the person's."""
    context = {"change": change}
    Letter.objects.bulk_create(
        Letter(kind=REMOVALS, to=one.address, language=account.language, context=context, reference=reference)
        for one in account.addresses.lasting().order_by("pk")
    )


def tell_of_factors(account: Account, change: str, factor: SecondFactor) -> None:
    """The audit log and a letter to the person."""
    record(f"second_factor.{change}", actor=account, subject=account, after={"kind": factor.kind})
    address = account.primary_address
    if address:
        context = {"change": change, "factor": factor.name, "kind": factor.kind}
        Letter.objects.create(
            kind=SECOND_FACTORS, to=address.address, language=account.language, context=context
        )
