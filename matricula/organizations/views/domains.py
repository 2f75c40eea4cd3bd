"""The owner's pages for domains: the list, one with its record, and taking one off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.organizations.access import actor_of, owning
from matricula.organizations.domains import CHECKS, add_domain, check_domain, remove_domain
from matricula.organizations.errors import DomainRefused
from matricula.organizations.forms import DomainForm
from matricula.organizations.models import Domain, Organization
from matricula.security.errors import TooManyTries
from matricula.security.throttling import Tally, spend
from matricula.web.errors import ask_to_wait

NEWS = {
    Domain.Finding.FOUND: gettext_lazy("The record is there: %s is proven to be yours."),
    Domain.Finding.TAKEN: gettext_lazy(
        "The record is there, but another organization on this site has proven %s before."
    ),
}


@owning
@require_http_methods(["GET", "HEAD", "POST"])
def domains(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The list, and a field for one more."""
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_domain(
                organization=organization, typed=form.cleaned_data["domain"], actor=actor_of(request)
            )
        except DomainRefused as refusal:
            form.add_error("domain", str(refusal))
        else:
            return redirect("console:domain", organization.slug, made.public_id)
    context = {"organization": organization, "form": form, "rows": organization.domains.order_by("name")}
    return render(request, "organizations/console/domains.html", context)


def domain_of(organization: Organization, domain_id: str) -> Domain:
    return get_object_or_404(organization.domains, public_id=domain_id)


@owning
@require_safe
def domain(request: HttpRequest, organization: Organization, domain_id: str) -> HttpResponse:
    return render(request, "organizations/console/domain.html", domain_context(organization, domain_id))


def domain_context(organization: Organization, domain_id: str) -> dict[str, object]:
    return {"organization": organization, "domain": domain_of(organization, domain_id)}


@owning
@require_POST
def domain_check(request: HttpRequest, organization: Organization, domain_id: str) -> HttpResponse:
    """Look for the record now."""
    try:
        spend([Tally(CHECKS, organization.pk)])
    except TooManyTries as wait:
        context = domain_context(organization, domain_id) | {"wait": str(wait)}
        return ask_to_wait(request, "organizations/console/domain.html", context, until=wait.until)
    shown = domain_of(organization, domain_id)
    finding = check_domain(domain=shown, actor=actor_of(request))
    if finding in NEWS:
        tell = messages.success if finding == Domain.Finding.FOUND else messages.error
        tell(request, NEWS[finding] % shown.name)
    return redirect("console:domain", organization.slug, domain_id)


@owning
@require_http_methods(["GET", "HEAD", "POST"])
def domain_removal(request: HttpRequest, organization: Organization, domain_id: str) -> HttpResponse:
    """A question, and its answer."""
    shown = domain_of(organization, domain_id)
    if request.method != "POST":
        context = {"organization": organization, "domain": shown}
        return render(request, "organizations/console/remove_domain.html", context)
    remove_domain(domain=shown, actor=actor_of(request))
    messages.success(request, _("%s is off your list.") % shown.name)
    return redirect("console:domains", organization.slug)
