"""Whose e-mail and password these are. Known and unknown addresses cost the same work."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.http import HttpRequest

from matricula.accounts.addresses import AddressRefused
from matricula.accounts.models import Account, EmailAddress
from matricula.web.finding import only


class EmailBackend(BaseBackend):
    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str = "", **_: Any
    ) -> Account | None:
        account = account_at(email)
        if account is None or not account.has_usable_password():
            make_password(password)
            return None
        return account if account.check_password(password) and account.is_active else None

    def get_user(self, user_id: int) -> Account | None:
        return only(Account.objects.filter(pk=user_id, is_active=True))


def account_at(address: str) -> Account | None:
    """The account that signs in with `address`: the one that proved it, else the latest that claims it."""
    try:
        rows = EmailAddress.objects.spelled(address).filter(signs_in=True).select_related("account")
    except AddressRefused:
        return None
    row = rows.order_by(F("confirmed_at").asc(nulls_last=True), "-id").first()
    return row.account if row else None
