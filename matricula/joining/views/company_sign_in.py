"""JOIN NOW by whoever signed in with their company, in a program that is open to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from matricula.accounts.forms import AddressForm
from matricula.identities.asserted_identities import (
    AssertedIdentity,
    asserted_here,
    forget_asserted,
    keep_asserted,
)
from matricula.identities.company_sessions import identity_here
from matricula.identities.models import Identity
from matricula.invitations.invitations import last_work_email
from matricula.joining.access import holding_arrival, remember_arrival
from matricula.joining.arrivals import begin_arrival
from matricula.joining.company_sign_ins import enter_as_linked, removed_membership
from matricula.joining.errors import NotConfirmed
from matricula.joining.models import Arrival
from matricula.joining.origins import WITHOUT_SIGN_IN, CompanySignInOrigin
from matricula.joining.refusals import refused, show_removed
from matricula.joining.views.opening import look_around, send_request
from matricula.organizations.models import Organization
from matricula.programs.errors import ProgramEnded, ProgramFull, RemovedFromProgram
from matricula.programs.memberships import refuse_removed_mailbox
from matricula.programs.models import Program
from matricula.web.access import public
from matricula.web.redirects import belongs_to


@public
@require_POST
@belongs_to("sso:company", "slug")
def join_with_company(request: HttpRequest, slug: str, program_id: str) -> HttpResponse:
    """Whoever is linked comes straight in; others look around first, and set an account up."""
    programs = Program.objects.current().select_related("organization")
    program = get_object_or_404(programs, organization__slug=slug, public_id=program_id, open_to_sign_in=True)
    try:
        return join(request, program)
    except RemovedFromProgram:
        return show_removed(request, program)
    except (ProgramFull, ProgramEnded) as refusal:
        return refused(request, refusal.code)


def join(request: HttpRequest, program: Program) -> HttpResponse:
    identity = identity_here(request, organization=program.organization_id)
    if identity:
        return go_straight_in(request, program, identity)
    asserted = asserted_here(request, organization=program.organization_id)
    if asserted is None:
        return redirect("sso:company", program.organization.slug)
    return begin(request, program, asserted)


def go_straight_in(request: HttpRequest, program: Program, identity: Identity) -> HttpResponse:
    """Whoever has a role here but is in no program yet says their work e-mail, as everybody does."""
    try:
        enter_as_linked(program=program, identity=identity)
    except NotConfirmed:
        asserted = AssertedIdentity.of(identity)
        keep_asserted(request, asserted)
        return begin(request, program, asserted)
    return redirect("learning:program", program.public_id)


def begin(request: HttpRequest, program: Program, asserted: AssertedIdentity) -> HttpResponse:
    if asserted.proves(asserted.email):
        refuse_removed_mailbox(program=program, address=asserted.email)
    origin = CompanySignInOrigin(asserted, program)
    arrival = begin_arrival(origin=origin, account=None)
    response = look_around(arrival)
    remember_arrival(request, response, arrival)
    return response


@public
@require_POST
@belongs_to("sso:company", "slug")
def ask_by_company(request: HttpRequest, slug: str) -> HttpResponse:
    """Somebody whose sign-in the company ended asks for an invitation, in one click."""
    organization = get_object_or_404(Organization, slug=slug)
    asserted = asserted_here(request, organization=organization.pk)
    membership = removed_membership(asserted) if asserted else None
    if membership is None:
        return redirect("sso:company", slug)
    return send_request(
        request,
        AddressForm(),
        reason=RemovedFromProgram.code,
        program=membership.program,
        address=last_work_email(membership),
    )


@holding_arrival
@require_POST
@belongs_to("joining:account", "public_id")
def drop_sign_in(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """ "This is not me": whoever sat here before signed in with the company."""
    forget_asserted(request)
    slug, unfinished = arrival.program.organization.slug, Arrival.objects.filter(pk=arrival.pk, account=None)
    if arrival.origin.is_a_sign_in:
        unfinished.delete()
        return redirect("sso:company", slug)
    unfinished.update(**WITHOUT_SIGN_IN)
    return redirect("joining:account", arrival.public_id)
