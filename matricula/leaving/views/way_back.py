"""Where somebody was when they said that they have another account, and where they go on afterwards.

It stands in the addresses of the whole way, as `next`: looking keeps nothing.
"""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from matricula.accounts.views.sign_in import next_in
from matricula.web.redirects import local_path


def way_back(request: HttpRequest) -> str:
    """A page of this site, or nothing."""
    return local_path(next_in(request), otherwise="")


def go_to(request: HttpRequest, page: str, *named: str) -> HttpResponseRedirect:
    """To the page that is next, with the way back."""
    return redirect(page_with(way_back(request), page, *named))


def page_with(back: str, page: str, *named: str, **more: str) -> str:
    said = more | ({"next": back} if back else {})
    address = reverse(page, args=named)
    return f"{address}?{urlencode(said)}" if said else address
