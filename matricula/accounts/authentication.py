"""How a password is hashed, and whose e-mail and password these are: the same work for known and unknown."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.module_loading import import_string

from matricula.accounts.models import IN_ORDER_OF_PROOF, Account, EmailAddress
from matricula.db.queries import first_or_none
from matricula.mail.addresses import AddressRefused, canonical


class OwaspArgon2(Argon2PasswordHasher):
    """argon2id as the OWASP cheat sheet has it: 19 MiB, two passes, one lane."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


TRIED = 2
"""Accounts whose password is compared, always as many: more than one may list an address, as long as nobody
has proven it, or as the last name its former owner has. The password tells which one is meant."""


class EmailBackend(BaseBackend):
    def authenticate(
        self,
        request: HttpRequest | None,
        email: str = "",
        password: str = "",
        *,
        to_take_back: bool = False,
        **_: Any,
    ) -> Account | None:
        """`to_take_back`: one that its owner deleted is meant as well, where no other fits."""
        named = [one for one in accounts_named(email) if one.has_usable_password()]
        fitting = [one for one in named if one.check_password(password)]
        for _unknown in range(TRIED - len(named)):
            make_password(password)
        active = [one for one in fitting if one.is_active]
        deleted = [one for one in fitting if one.deleted_at] if to_take_back else []
        return next(iter([*active, *deleted]), None)

    def get_user(self, user_id: int) -> Account | None:
        """With `administers`, for the menu on every page, in the same statement: whether there is a console
        to lead to. What is open there the console asks itself."""
        rows = Account.objects.filter(pk=user_id, is_active=True)
        having_roles = Account.objects.filter(pk=OuterRef("pk"), roles__isnull=False)
        return first_or_none(rows.annotate(administers=Exists(having_roles)))


def accounts_named(address: str) -> list[Account]:
    """Those that sign in with `address`. A claim that nobody proved comes last and takes nothing away; after
    it comes who gave the address back, as a room above knows: one place is theirs however many claim it."""
    try:
        rows = EmailAddress.objects.spelled(address).filter(signs_in=True).select_related("account")
    except AddressRefused:
        return []
    named = [row.account for row in rows.order_by(*IN_ORDER_OF_PROOF)[:TRIED]]
    released: list[Account] = import_string(settings.RELEASED_ACCOUNTS)(canonical(address))
    return [*named[: TRIED - len(released[:1])], *released][:TRIED]
