"""The person: accounts, addresses, ways in, browsers. Secrets are not told: of a factor its name and day."""

from collections.abc import Sequence
from typing import Any

from matricula.accounts.models import (
    Account,
    EmailAddress,
    FactorRemoval,
    RecoveryCode,
    SecondFactor,
    Session,
)
from matricula.identities.models import CompanySession, Identity
from matricula.leaving.data.sections import (
    FILLED,
    MOMENT,
    TEXT,
    YES_OR_NO,
    Row,
    Section,
    Whose,
    or_none,
)


def fill_passwords(_whose: Whose, keys: Sequence[Any], rows: list[Row]) -> None:
    found = Account.objects.in_bulk(list(keys))
    for key, row in zip(keys, rows, strict=True):
        row["has_password"] = found[key].has_usable_password() if key in found else False


def fill_devices(_whose: Whose, keys: Sequence[Any], rows: list[Row]) -> None:
    found = Session.objects.defer("session_data").in_bulk(list(keys))
    for key, row in zip(keys, rows, strict=True):
        row["device"] = found[key].device if key in found else ""


SECTIONS = (
    Section(
        "accounts",
        "Your account, and those you combined into it.",
        {
            "id": ("public_id", TEXT),
            "full_name": ("full_name", TEXT),
            "certificate_name": ("certificate_name", TEXT),
            "language": ("language", TEXT),
            "created_at": ("created_at", MOMENT),
            "answered_for_since": ("vouched_at", or_none(MOMENT)),
            "has_password": (FILLED, YES_OR_NO),
            "is_active": ("is_active", YES_OR_NO),
            "combined_into": ("combined_into__public_id", or_none(TEXT)),
        },
        lambda whose: Account.objects.filter(pk__in=whose.accounts),
        of=("accounts_account.combined_into_id",),
        fill=fill_passwords,
    ),
    Section(
        "addresses",
        "Your e-mail addresses, and which of them log you in.",
        {
            "account": ("account__public_id", TEXT),
            "address": ("address", TEXT),
            "is_primary": ("is_primary", YES_OR_NO),
            "logs_in": ("signs_in", YES_OR_NO),
            "added_at": ("added_at", MOMENT),
            "confirmed_at": ("confirmed_at", or_none(MOMENT)),
            "answered_for_since": ("vouched_at", or_none(MOMENT)),
            "proves_nothing_from": ("power_ends_at", or_none(MOMENT)),
        },
        lambda whose: EmailAddress.objects.filter(account__in=whose.accounts),
        of=("accounts_emailaddress.account_id",),
        is_table=True,
    ),
    Section(
        "second_factors",
        "Authenticator apps and passkeys, by the names you gave them.",
        {
            "account": ("account__public_id", TEXT),
            "kind": ("kind", TEXT),
            "name": ("name", TEXT),
            "created_at": ("created_at", MOMENT),
            "last_used_at": ("last_used_at", or_none(MOMENT)),
        },
        lambda whose: SecondFactor.objects.filter(account__in=whose.accounts),
        of=("accounts_secondfactor.account_id",),
    ),
    Section(
        "recovery_codes",
        "Your recovery codes: not what they are, only which were used, and when.",
        {"account": ("account__public_id", TEXT), "used_at": ("used_at", or_none(MOMENT))},
        lambda whose: RecoveryCode.objects.filter(account__in=whose.accounts),
        of=("accounts_recoverycode.account_id",),
    ),
    Section(
        "factor_removals",
        "Where second factors are to come off because device and codes are lost.",
        {
            "account": ("account__public_id", TEXT),
            "asked_at": ("asked_at", MOMENT),
            "due_at": ("due_at", MOMENT),
        },
        lambda whose: FactorRemoval.objects.filter(account__in=whose.accounts),
        of=("accounts_factorremoval.account_id",),
    ),
    Section(
        "sessions",
        "Browsers in which you are logged in.",
        {
            "device": (FILLED, TEXT),
            "browser": ("browser", TEXT),
            "network": ("network", TEXT),
            "started_at": ("started_at", MOMENT),
            "seen_at": ("seen_at", MOMENT),
            "seen_from": ("seen_from", TEXT),
            "ends_at": ("expire_date", MOMENT),
        },
        lambda whose: Session.objects.filter(account_id__in=whose.accounts),
        of=("accounts_session.account_id",),
        fill=fill_devices,
        is_table=True,
    ),
    Section(
        "company_sign_ins",
        "Sign-ins of companies that were linked with your account.",
        {
            "account": ("account__public_id", TEXT),
            "organization": ("connection__organization__name", TEXT),
            "known_there_as": ("subject", TEXT),
            "email": ("email", TEXT),
            "linked_at": ("linked_at", MOMENT),
            "last_at": ("last_at", MOMENT),
            "ended_at": ("ended_at", or_none(MOMENT)),
            "ended_by": ("ended_by", TEXT),
        },
        lambda whose: Identity.objects.filter(account__in=whose.accounts),
        of=("identities_identity.account_id",),
    ),
    Section(
        "company_sessions",
        "When you came by a company's sign-in.",
        {
            "organization": ("organization__name", TEXT),
            "started_at": ("started_at", MOMENT),
            "ends_at": ("expires_at", MOMENT),
            "ended_at": ("ended_at", or_none(MOMENT)),
        },
        lambda whose: CompanySession.objects.filter(account__in=whose.accounts),
        of=("identities_companysession.account_id",),
    ),
)
