"""Certificates of a SAML connection: theirs and ours, new beside old, and the old one's end."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from matricula.identities.models import Connection, ConnectionKey
from matricula.organizations.access import actor_of, freshly_owning
from matricula.organizations.models import Organization
from matricula.sso.certificates import (
    has_used_successor,
    others_in_force,
    pin_certificate,
    retire_certificate,
)
from matricula.sso.connections import entity_id
from matricula.sso.errors import SingleSignOnError
from matricula.sso.forms import CertificateForm, SureForm
from matricula.sso.own_keys import make_own_key
from matricula.sso.saml_errors import CertificateRefused, TooManyKeys
from matricula.web.access import FORM


def saml_connection_of(organization: Organization, connection_id: str) -> Connection:
    """OpenID Connect has no certificates."""
    return get_object_or_404(organization.connections, public_id=connection_id, kind=Connection.Kind.SAML)


@freshly_owning
@FORM
def certificates(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """Those in force, and the form for the next one."""
    shown = saml_connection_of(organization, connection_id)
    form = CertificateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            pin_certificate(connection=shown, given=form.entered(), actor=actor_of(request))
        except SingleSignOnError as refusal:
            form.add_error(form.source, str(refusal))
        else:
            messages.success(
                request, _("Added beside the others. Answers signed with it are accepted from now on.")
            )
            return redirect("sign-in:certificates", organization.slug, connection_id)
    context = {
        "organization": organization,
        "connection": shown,
        "form": form,
        "theirs": list(shown.certificates.signing().order_by("ends_at")),
    }
    return render(request, "sso/console/certificates.html", context)


@freshly_owning
@FORM
def retirement(
    request: HttpRequest, organization: Organization, connection_id: str, key_id: int
) -> HttpResponse:
    """A question, and its answer. Where nobody saw another one in use, it is asked twice."""
    shown = saml_connection_of(organization, connection_id)
    key = get_object_or_404(shown.certificates.in_force(), pk=key_id)
    form = None if has_used_successor(key) else SureForm(request.POST or None)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            retire_certificate(key=key, actor=actor_of(request), is_sure=form is not None)
        except CertificateRefused as refusal:
            messages.error(request, str(refusal))
        return redirect(keys_page(key), organization.slug, connection_id)
    context = {
        "organization": organization,
        "connection": shown,
        "key": key,
        "form": form,
        "is_ours": key.kind == ConnectionKey.Kind.OWN,
        "is_last": not others_in_force(key).exists(),
        "back": keys_page(key),
    }
    return render(request, "sso/console/retire_certificate.html", context)


def keys_page(key: ConnectionKey) -> str:
    return "sign-in:encryption" if key.kind == ConnectionKey.Kind.OWN else "sign-in:certificates"


@freshly_owning
@FORM
def encryption(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """Our own keys. POST makes one: the first switches encryption on, the second is for a rollover."""
    shown = saml_connection_of(organization, connection_id)
    if request.method == "POST":
        try:
            make_own_key(connection=shown, actor=actor_of(request))
        except TooManyKeys as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The new key is in our metadata."))
        return redirect("sign-in:encryption", organization.slug, connection_id)
    context = {
        "organization": organization,
        "connection": shown,
        "ours": shown.certificates.own().order_by("-added_at"),
        "address": entity_id(shown),
    }
    return render(request, "sso/console/encryption.html", context)
