"""Who may change what matters: the person, not whoever finds their device open."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from matricula.accounts.models import Account
from matricula.accounts.sign_in import is_fresh
from matricula.web.access import access_rule


def freshly_signed_in(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Hands the view the Account, proven within ten minutes; else asks for proof and comes back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        account = request.user
        if not isinstance(account, Account):
            return redirect_to_login(request.path if request.method == "GET" else "/account/")
        if not is_fresh(request):
            back = request.path if request.method == "GET" else reverse("accounts:home")
            return redirect(f"{reverse('accounts:prove')}?{urlencode({'next': back})}")
        return view(request, account, *args, **kwargs)

    return access_rule("freshly_signed_in", view, guarded, freshly=True)
