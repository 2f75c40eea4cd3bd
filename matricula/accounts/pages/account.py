"""The account: name, addresses, sessions."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from matricula.accounts.forms import NameForm
from matricula.accounts.models import Account, Session
from matricula.accounts.signing_in import start_session
from matricula.web.access import signed_in

FORM = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@FORM
def home(request: HttpRequest) -> HttpResponse:
    account = request.user
    assert isinstance(account, Account)  # noqa: S101 - signed_in saw to it
    initial = {"full_name": account.full_name, "certificate_name": account.certificate_name}
    form = NameForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        Account.objects.filter(pk=account.pk).update(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:home")
    sessions = Session.objects.filter(account_id=account.pk).order_by("-started_at")
    context = {
        "form": form,
        "addresses": account.addresses.order_by("-is_primary", "id"),
        "sessions": sessions,
    }
    return render(request, "accounts/pages/home.html", context)


@signed_in
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    account = request.user
    assert isinstance(account, Account)  # noqa: S101 - signed_in saw to it
    account.end_sessions()
    start_session(request, account)
    messages.success(request, _("Every other session has ended."))
    return redirect("accounts:home")
