"""The owner's pages for company sign-in: connections, their set-up in steps, and test runs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matricula.identities.models import Connection, Flow
from matricula.organizations.access import actor_of, freshly_owning, owning
from matricula.organizations.models import Organization
from matricula.security.outgoing import FetchFailed
from matricula.sso.connections import (
    OpenIdSettings,
    begin_connection,
    callback_address,
    save_openid_settings,
    switch_off,
    switch_on,
)
from matricula.sso.errors import NotTested, SingleSignOnError
from matricula.sso.forms import NameForm, OpenIdForm
from matricula.sso.history import lines_of
from matricula.sso.views.sign_in import leave, own_address

SHOWN = 20
FORM = require_http_methods(["GET", "HEAD", "POST"])


@owning
@require_safe
def connections(request: HttpRequest, organization: Organization) -> HttpResponse:
    context = {
        "organization": organization,
        "rows": organization.connections.order_by("name", "pk"),
        "address": own_address(organization),
    }
    return render(request, "sso/console/connections.html", context)


@freshly_owning
@FORM
def new(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The name first: the provider asks for addresses that are made with it."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        made = begin_connection(organization=organization, name=name, actor=actor_of(request))
        return redirect("sign-in:connection", organization.slug, made.public_id)
    return render(request, "sso/console/new.html", {"organization": organization, "form": form})


def connection_of(organization: Organization, connection_id: str) -> Connection:
    return get_object_or_404(organization.connections, public_id=connection_id)


@freshly_owning
@FORM
def connection(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """What to enter there, what to enter here, the test, and the switch."""
    shown = connection_of(organization, connection_id)
    has_secret = bool(shown.sealed_secret)
    initial = {"name": shown.name, "issuer": shown.issuer, "client_id": shown.client_id}
    form = OpenIdForm(request.POST or None, initial=initial, has_secret=has_secret)
    if request.method == "POST" and form.is_valid():
        try:
            entered = OpenIdSettings(**form.cleaned_data)
            save_openid_settings(connection=shown, entered=entered, actor=actor_of(request))
        except (SingleSignOnError, FetchFailed) as refusal:
            form.add_error("issuer", str(refusal))
        else:
            messages.success(request, _("Saved. Now test it."))
            return redirect("sign-in:connection", organization.slug, shown.public_id)
    context = {
        "organization": organization,
        "connection": shown,
        "form": form,
        "callback": callback_address(shown),
        "history": shown.judged_answers.order_by("-at")[:SHOWN],
        "address": own_address(organization),
    }
    return render(request, "sso/console/connection.html", context)


@freshly_owning
@FORM
def test(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """Leave for the provider as somebody who signs in would; it opens nothing and links nobody."""
    shown = connection_of(organization, connection_id)
    if request.method != "POST" or not shown.issuer:
        return redirect("sign-in:connection", organization.slug, connection_id)
    return leave(request, shown, purpose=Flow.Purpose.TEST, account=actor_of(request))


@owning
@require_safe
def judged(
    request: HttpRequest, organization: Organization, connection_id: str, answer_id: str
) -> HttpResponse:
    """Each check with what was expected and seen, and what came."""
    shown = connection_of(organization, connection_id)
    answer = get_object_or_404(shown.judged_answers, public_id=answer_id)
    context = {"organization": organization, "connection": shown, "answer": answer, "lines": lines_of(answer)}
    return render(request, "sso/console/judged.html", context)


@freshly_owning
@FORM
def switch(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """On, or off: `to` says which."""
    shown = connection_of(organization, connection_id)
    if request.method == "POST":
        try:
            turn = switch_on if request.POST.get("to") == "live" else switch_off
            turn(connection=shown, actor=actor_of(request))
        except NotTested as refusal:
            messages.error(request, str(refusal))
    return redirect("sign-in:connection", organization.slug, connection_id)
