"""Administrators and roles: who may do what in this organization, and who is asked to."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.mail.leases import letters_promised
from matricula.organizations.access import actor_of, freshly_owning, owning
from matricula.organizations.errors import LastOwner, NotOwner
from matricula.organizations.models import Organization, Role
from matricula.programs.forms import SureForm
from matricula.programs.models import Group
from matricula.roles.appointments import offer_again, offer_role, withdraw_offer
from matricula.roles.errors import AlreadyOffered, OfferEnded, OfferJustSent, OffersUsedUp
from matricula.roles.forms import OfferForm, RoleForm
from matricula.roles.models import Appointment
from matricula.roles.queries import administrators_of, waiting_offers
from matricula.roles.roles import change_role, remove_role
from matricula.web.access import FORM


@owning
@require_safe
def administrators(request: HttpRequest, organization: Organization) -> HttpResponse:
    context = {
        "organization": organization,
        "rows": administrators_of(organization),
        "offers": waiting_offers(organization),
        "me": actor_of(request),
    }
    return render(request, "roles/console/administrators.html", context)


@freshly_owning
@FORM
def new_offer(request: HttpRequest, organization: Organization) -> HttpResponse:
    """The answer is the same whether or not an account with the address exists."""
    form = OfferForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid() and offer_made(request, organization, form):
        return redirect("administrators:administrators", organization.slug)
    return render(request, "roles/console/offer_role.html", {"organization": organization, "form": form})


def offer_made(request: HttpRequest, organization: Organization, form: OfferForm) -> bool:
    address = form.cleaned_data["email"]
    try:
        offer_role(organization=organization, address=address, actor=actor_of(request), **form.role())
    except (AlreadyOffered, OffersUsedUp) as refusal:
        form.add_error("email", str(refusal))
    except NotOwner:
        return True
    else:
        words = _("The offer is on its way to %s.") % address
        messages.success(request, letters_promised(words, organization.pk))
        return True
    return False


def role_of(organization: Organization, role_id: int) -> Role:
    rows = organization.roles.select_related("organization", "account")
    return get_object_or_404(rows, pk=role_id)


@freshly_owning
@FORM
def change_role_page(request: HttpRequest, organization: Organization, role_id: int) -> HttpResponse:
    role = role_of(organization, role_id)
    mine = role.account == actor_of(request)
    managed = Group.objects.filter(program__organization=organization, managers=role.account_id)
    form = RoleForm(
        organization, request.POST or None, mine=mine, initial={"kind": role.kind, "groups": managed}
    )
    if request.method == "POST" and form.is_valid() and changed(request, role, form):
        return redirect("console:home" if mine else "administrators:administrators", organization.slug)
    context = {"organization": organization, "role": role, "form": form, "mine": mine}
    return render(request, "roles/console/change_role.html", context)


def changed(request: HttpRequest, role: Role, form: RoleForm) -> bool:
    try:
        change_role(role=role, actor=actor_of(request), **form.role())
    except LastOwner as refusal:
        form.add_error("kind", str(refusal))
        return False
    except (NotOwner, Role.DoesNotExist):
        return True
    label = Role.Kind(form.cleaned_data["kind"]).label
    messages.success(
        request, _("%(name)s is %(role)s now.") % {"name": role.account.full_name, "role": label}
    )
    return True


@freshly_owning
@FORM
def role_removal(request: HttpRequest, organization: Organization, role_id: int) -> HttpResponse:
    """Asks first; and of one's own role, twice."""
    role = role_of(organization, role_id)
    mine = role.account == actor_of(request)
    form = SureForm(request.POST if request.method == "POST" else None, mine=mine)
    if request.method == "POST" and form.is_valid() and removed(request, role, form):
        if mine:
            return redirect("learning:home")
        return redirect("administrators:administrators", organization.slug)
    context = {"organization": organization, "role": role, "form": form, "mine": mine}
    return render(request, "roles/console/remove_role.html", context)


def removed(request: HttpRequest, role: Role, form: SureForm) -> bool:
    try:
        remove_role(role=role, actor=actor_of(request))
    except LastOwner as refusal:
        form.add_error(None, str(refusal))
        return False
    except (NotOwner, Role.DoesNotExist):
        return True
    messages.success(request, _("%s has no role here any more.") % role.account.full_name)
    return True


def offer_of(organization: Organization, appointment_id: str) -> Appointment:
    rows = organization.appointments.select_related("organization")
    return get_object_or_404(rows, public_id=appointment_id)


@owning
@require_POST
def letter(request: HttpRequest, organization: Organization, appointment_id: str) -> HttpResponse:
    """The offer again, with a new link."""
    offer = offer_of(organization, appointment_id)
    try:
        offer_again(appointment=offer, actor=actor_of(request))
        words = _("A new letter is on its way to %s.") % offer.address
        messages.success(request, letters_promised(words, organization.pk))
    except (OfferJustSent, OfferEnded) as refusal:
        messages.info(request, str(refusal))
    except NotOwner:
        pass
    return redirect("administrators:administrators", organization.slug)


@owning
@require_POST
def withdrawal(request: HttpRequest, organization: Organization, appointment_id: str) -> HttpResponse:
    offer = offer_of(organization, appointment_id)
    with suppress(NotOwner):
        if withdraw_offer(appointment=offer, actor=actor_of(request)):
            messages.success(request, _("The offer is withdrawn. Its link opens nothing any more."))
    return redirect("administrators:administrators", organization.slug)
