"""The owner's pages for company sign-in: connections, their set-up in steps, and test runs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matricula.accounts.models import Account
from matricula.identities.identities import refusing
from matricula.identities.models import CompanySession, Connection, Flow
from matricula.identities.recovery_codes import owner_codes_left, owners_with_way_in
from matricula.organizations.access import actor_of, freshly_owning, owning
from matricula.organizations.models import Organization
from matricula.organizations.ownership import owners_of
from matricula.programs.errors import SignInRequired
from matricula.programs.sign_in_requirement import has_live_connection, live_connections, requiring_programs
from matricula.security.outgoing import FetchFailed
from matricula.sso.connections import (
    acs_address,
    begin_connection,
    callback_address,
    entity_id,
    remove_connection,
    save_attributes,
    save_openid_settings,
    sign_in_address,
    switch_off,
    switch_on,
)
from matricula.sso.errors import ConnectionInUse, NotTested, SingleSignOnError
from matricula.sso.forms import SEEN, AttributesForm, NewForm, OpenIdForm, SamlForm
from matricula.sso.history import identity_of, lines_of, refused_sign_ins
from matricula.sso.refusal_words import OWNERS_WORDS
from matricula.sso.saml_errors import SeveralIdentityProviders
from matricula.sso.saml_settings import save_saml_settings
from matricula.sso.views.sign_in import leave
from matricula.sso.xml_documents import LARGEST_METADATA
from matricula.web.access import FORM
from matricula.web.bodies import MIB
from matricula.web.middleware import takes_files
from matricula.web.values import text_in

SHOWN = 20
KEPT = ("name", "issuer", "client_id", "scopes", "metadata_address", "takes_unsolicited")
CONSTANT_ISSUERS = {Connection.Product.GOOGLE.value: "https://accounts.google.com"}
"""Of providers that have one for everybody."""


@owning
@require_safe
def connections(request: HttpRequest, organization: Organization) -> HttpResponse:
    context = {
        "organization": organization,
        "rows": organization.connections.order_by("name", "pk"),
        "address": sign_in_address(organization),
        **requirement_of(organization, actor_of(request)),
    }
    return render(request, "sso/console/connections.html", context)


def requirement_of(organization: Organization, reader: Account) -> dict[str, Any]:
    """Which programs ask for it, and which owners get in on a day when it does not work."""
    able = set(owners_with_way_in(organization.pk).values_list("account__full_name", "account"))
    return {
        "requiring": list(requiring_programs(organization.pk)),
        "works": has_live_connection(organization.pk),
        "able": sorted(name for name, _pk in able),
        "owners": owners_of(organization.pk).count(),
        "codes_left": owner_codes_left(organization=organization.pk, account=reader.pk),
    }


@freshly_owning
@FORM
def new_connection(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Provider, protocol and name first: the provider asks for addresses that are made with them."""
    form = NewForm(request.POST or None, initial={"kind": Connection.Kind.OIDC})
    if request.method == "POST" and form.is_valid():
        made = begin_connection(organization=organization, actor=actor_of(request), **form.cleaned_data)
        return redirect("sign-in:connection", organization.slug, made.public_id)
    return render(request, "sso/console/new.html", {"organization": organization, "form": form})


def connection_of(organization: Organization, connection_id: str) -> Connection:
    return get_object_or_404(organization.connections, public_id=connection_id)


@takes_files(LARGEST_METADATA + MIB)
@freshly_owning
@FORM
def connection(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """What to enter there, what to enter here, the test, and the switch."""
    shown = connection_of(organization, connection_id)
    form = form_of(shown, request)
    if request.method == "POST" and form.is_valid():
        try:
            save(shown, form, actor_of(request))
        except SeveralIdentityProviders:
            return redirect("sign-in:choose", organization.slug, shown.public_id)
        except (SingleSignOnError, FetchFailed) as refusal:
            form.add_error(form.field_of(refusal), str(refusal))
        else:
            messages.success(request, _("Saved. Now test it."))
            return redirect("sign-in:connection", organization.slug, shown.public_id)
    return render(request, "sso/console/connection.html", about(shown) | {"form": form})


def about(shown: Connection) -> dict[str, Any]:
    """All that the page of a connection shows."""
    certificates = list(shown.certificates.signing().order_by("ends_at"))
    return {
        "organization": shown.organization,
        "connection": shown,
        "recipe": f"sso/console/recipes/{shown.product}_{shown.kind}.html",
        "callback": callback_address(shown),
        "entity_id": entity_id(shown),
        "acs": acs_address(shown),
        "step": next_step(shown),
        "last_ends": certificates[-1] if certificates else None,
        "encrypts": shown.certificates.own().exists(),
        "tests": shown.judged_answers.filter(purpose=Flow.Purpose.TEST).order_by("-at")[:SHOWN],
        "refused": refused_sign_ins(shown),
        "address": sign_in_address(shown.organization),
        "is_used": shown.identities.exists(),
        "requiring": list(requiring_programs(shown.organization_id)),
    }


def next_step(shown: Connection) -> str:
    """Where one stands: at what has to be done next."""
    if not shown.issuer:
        return "there"
    if shown.tested_at is None:
        return "test"
    return "done" if shown.state == Connection.State.LIVE else "live"


def form_of(shown: Connection, request: HttpRequest) -> SamlForm | OpenIdForm:
    initial = {name: getattr(shown, name) for name in KEPT}
    initial["issuer"] = shown.issuer or CONSTANT_ISSUERS.get(shown.product, "")
    if shown.kind == Connection.Kind.SAML:
        return SamlForm(request.POST or None, request.FILES or None, initial=initial)
    return OpenIdForm(request.POST or None, initial=initial, has_secret=bool(shown.sealed_secret))


def save(shown: Connection, form: SamlForm | OpenIdForm, actor: Account) -> None:
    if isinstance(form, SamlForm):
        save_saml_settings(connection=shown, entered=form.entered(), actor=actor)
    else:
        save_openid_settings(connection=shown, entered=form.entered(), actor=actor)


@freshly_owning
@FORM
def attributes(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """Which claim or attribute says what; the last test that passed says which there are."""
    shown = connection_of(organization, connection_id)
    initial = {name: getattr(shown, name) for name in ("subject_from", "email_from", "name_from")}
    form = AttributesForm(request.POST or None, initial=initial, kind=shown.kind)
    if request.method == "POST" and form.is_valid():
        try:
            save_attributes(connection=shown, entered=form.entered(), actor=actor_of(request))
        except SingleSignOnError as refusal:
            form.add_error("subject_from", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("sign-in:connection", organization.slug, shown.public_id)
    last = shown.judged_answers.filter(purpose=Flow.Purpose.TEST, passed=True).order_by("-at").first()
    context = {"organization": organization, "connection": shown, "form": form, "last": last, "names": SEEN}
    return render(request, "sso/console/attributes.html", context)


@freshly_owning
@FORM
def try_connection(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
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
    signed_by = shown.certificates.filter(fingerprint=answer.signed_by).first() if answer.signed_by else None
    identity = identity_of(answer)
    context = {
        "organization": organization,
        "connection": shown,
        "answer": answer,
        "lines": lines_of(answer),
        "certificate": signed_by,
        "words": OWNERS_WORDS.get(answer.reason, answer.words),
        "identity": identity,
        "is_refusing": identity is not None and refusing().filter(pk=identity.pk).exists(),
    }
    return render(request, "sso/console/judged.html", context)


@freshly_owning
@FORM
def connection_removal(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """A question, and its answer."""
    shown = connection_of(organization, connection_id)
    if request.method != "POST":
        context = {"organization": organization, "connection": shown}
        return render(request, "sso/console/remove.html", context)
    try:
        remove_connection(connection=shown, actor=actor_of(request))
    except (ConnectionInUse, SignInRequired) as refusal:
        messages.error(request, str(refusal))
        return redirect("sign-in:connection", organization.slug, connection_id)
    messages.success(request, _("%s is removed.") % shown.name)
    return redirect("sign-in:connections", organization.slug)


@freshly_owning
@FORM
def switch(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """On, or off: `to` says which. Off is asked about first."""
    shown = connection_of(organization, connection_id)
    if request.method != "POST" and shown.state == Connection.State.LIVE:
        return render(request, "sso/console/switch_off.html", about_switching_off(shown))
    if request.method == "POST":
        try:
            turn_switch(request, shown)
        except (NotTested, SignInRequired) as refusal:
            messages.error(request, str(refusal))
    return redirect("sign-in:connection", organization.slug, connection_id)


def turn_switch(request: HttpRequest, shown: Connection) -> None:
    """Raises NotTested, SignInRequired."""
    if text_in(request.POST, "to") == "live":
        switch_on(connection=shown, actor=actor_of(request))
        messages.success(request, _("%s is on: your people can sign in by it.") % shown.name)
    else:
        switch_off(connection=shown, actor=actor_of(request))
        messages.success(
            request, _("%s is off: nobody signs in by it until you switch it on again.") % shown.name
        )


def about_switching_off(shown: Connection) -> dict[str, Any]:
    """Whom it concerns."""
    others = live_connections(shown.organization_id).exclude(pk=shown.pk)
    return {
        "organization": shown.organization,
        "connection": shown,
        "linked": shown.identities.live().count(),
        "open": CompanySession.objects.live().filter(identity__connection=shown).count(),
        "requiring": list(requiring_programs(shown.organization_id)),
        "is_last": not others.exists(),
    }
