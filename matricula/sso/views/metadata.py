"""Metadata of a SAML provider: one is chosen of several, and an address is looked at again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.organizations.access import actor_of, freshly_owning
from matricula.organizations.models import Organization
from matricula.security.outgoing import FetchFailed
from matricula.sso.errors import SingleSignOnError
from matricula.sso.metadata_renewal import renew_metadata
from matricula.sso.models import OfferedMetadata
from matricula.sso.saml_metadata import ListedProvider, list_identity_providers
from matricula.sso.saml_settings import choose_provider
from matricula.sso.views.certificates import saml_connection_of
from matricula.web.access import FORM
from matricula.web.values import text_in

SHOWN = 50


@freshly_owning
@FORM
def choice(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """A federation describes thousands: `q` finds those whose name or entityID has it."""
    shown = saml_connection_of(organization, connection_id)
    offered = OfferedMetadata.objects.filter(connection=shown).first()
    if offered is None:
        if request.method == "POST":
            messages.info(request, _("Nothing waits for a choice. Bring the metadata again."))
        return redirect("sign-in:connection", organization.slug, connection_id)
    refusal = ""
    if request.method == "POST":
        try:
            entity_id = text_in(request.POST, "entity_id")
            choose_provider(offered=offered, entity_id=entity_id, actor=actor_of(request))
        except (SingleSignOnError, FetchFailed) as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("Saved. Now test it."))
            return redirect("sign-in:connection", organization.slug, connection_id)
    sought = text_in(request.GET, "q").strip()
    listed = list_identity_providers(offered.content.encode())
    found = [one for one in listed if is_sought(one, sought)]
    context = {
        "organization": organization,
        "connection": shown,
        "sought": sought,
        "found": found[:SHOWN],
        "more": len(found) - SHOWN,
        "all": len(listed),
        "refusal": refusal,
    }
    return render(request, "sso/console/choose_provider.html", context)


def is_sought(listed: ListedProvider, sought: str) -> bool:
    return sought.casefold() in f"{listed.name}\n{listed.entity_id}".casefold()


@freshly_owning
@FORM
def renewal(request: HttpRequest, organization: Organization, connection_id: str) -> HttpResponse:
    """Look at the address now."""
    shown = saml_connection_of(organization, connection_id)
    if request.method == "POST" and shown.metadata_address and shown.issuer:
        try:
            came = renew_metadata(connection=shown, actor=actor_of(request))
        except (SingleSignOnError, FetchFailed) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, words_of_news(came))
    return redirect("sign-in:connection", organization.slug, connection_id)


def words_of_news(came: int) -> str:
    if not came:
        return _("There is no new certificate.")
    return ngettext("%d new certificate came.", "%d new certificates came.", came) % came
