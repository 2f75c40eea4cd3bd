"""Passkeys (WebAuthn Level 2): made by the person's device, bound to this site's name."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from matricula.accounts.errors import PasskeyRefused, RecoveryCodesMissing
from matricula.accounts.models import SEAL, Account, SecondFactor
from matricula.accounts.second_factors import codes_left, is_readable, opened, tell_of_factors
from matricula.security.secrets import seal

Ceremony = tuple[dict[str, Any], dict[str, Any]]
"""What the browser is asked, and what the session keeps until it answers."""


def can_work_here() -> bool:
    """Browsers allow passkeys over HTTPS with a name, and at localhost; never at a bare IP address."""
    base = urlsplit(settings.BASE_URL)
    name = base.hostname or ""
    bare = ":" in name or name.replace(".", "").isdigit()
    return name == "localhost" or (base.scheme == "https" and not bare)


def webauthn_server() -> Fido2Server:
    name = urlsplit(settings.BASE_URL).hostname or ""
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=name, name="Matricula"),
        verify_origin=lambda origin: origin == settings.BASE_URL,
    )


def ask_to_register(account: Account) -> Ceremony:
    address = account.primary_address
    user = PublicKeyCredentialUserEntity(
        id=account.public_id.encode(),
        name=address.address if address else account.full_name,
        display_name=account.full_name,
    )
    options, state = webauthn_server().register_begin(
        user,
        [credential for _, credential in credentials_of(account)],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options), json_ready(state)


@transaction.atomic
def register_passkey(
    *, account: Account, state: dict[str, Any], answer: Mapping[str, Any], name: str
) -> SecondFactor:
    """Raises PasskeyRefused, RecoveryCodesMissing."""
    if not codes_left(account):
        raise RecoveryCodesMissing
    try:
        made = webauthn_server().register_complete(state, answer)
    except (ValueError, KeyError, TypeError) as refusal:
        raise PasskeyRefused from refusal
    if made.credential_data is None:
        raise PasskeyRefused
    factor = SecondFactor.objects.create(
        account=account,
        kind=SecondFactor.Kind.PASSKEY,
        name=name or "Passkey",
        sealed=seal(SEAL, base64.b64encode(made.credential_data).decode()),
        counter=made.counter,
    )
    tell_of_factors(account, "added", factor)
    return factor


def ask_to_prove(account: Account | None, *, alone: bool = False) -> Ceremony:
    """For `account`'s second step; without one, for signing in with nothing but the passkey.

    `alone`: nothing else proves the person this time, so the device has to know them too, not only be there.
    """
    known = [credential for _, credential in credentials_of(account)] if account else None
    verified = UserVerificationRequirement.REQUIRED
    if account and not alone:
        verified = UserVerificationRequirement.PREFERRED
    options, state = webauthn_server().authenticate_begin(known, user_verification=verified)
    return dict(options), json_ready(state)


def can_prove(account: Account) -> bool:
    """Whether the account has a passkey that can be read, and browsers allow it here."""
    return can_work_here() and bool(credentials_of(account))


def prove_passkey(*, account: Account | None, state: dict[str, Any], answer: Mapping[str, Any]) -> Account:
    """Whose passkey answered. Raises PasskeyRefused: unknown, of somebody else, or copied."""
    try:
        given = AuthenticationResponse.from_dict(answer)
        owner = account or owner_of(given)
        known = credentials_of(owner)
        used = webauthn_server().authenticate_complete(state, [credential for _, credential in known], given)
    except (ValueError, KeyError, TypeError, Account.DoesNotExist) as refusal:
        raise PasskeyRefused from refusal
    factor = next(factor for factor, credential in known if credential.credential_id == used.credential_id)
    count_use(factor, given.response.authenticator_data.counter)
    return owner


def owner_of(given: AuthenticationResponse) -> Account:
    handle = given.response.user_handle or b""
    return Account.objects.get(public_id=handle.decode("ascii", errors="replace"), is_active=True)


def count_use(factor: SecondFactor, counter: int) -> None:
    """A counter that does not grow tells of a copied key (WebAuthn, section 6.1.1); zero: none is kept."""
    unused = SecondFactor.objects.filter(pk=factor.pk)
    if counter:
        unused = unused.filter(counter__lt=counter)
    if not unused.update(counter=counter, last_used_at=timezone.now()):
        raise PasskeyRefused


def credentials_of(account: Account) -> list[tuple[SecondFactor, AttestedCredentialData]]:
    """Those that can be read: one that was sealed with a key that is gone proves nothing."""
    rows = [one for one in account.second_factors.filter(kind=SecondFactor.Kind.PASSKEY) if is_readable(one)]
    return [(row, AttestedCredentialData(base64.b64decode(opened(row)))) for row in rows]


def json_ready(state: Any) -> dict[str, Any]:
    """A ceremony's state as JSON keeps it."""
    return {
        "challenge": state["challenge"],
        "user_verification": UserVerificationRequirement(state["user_verification"]).value,
    }
