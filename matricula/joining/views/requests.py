"""Requests of people whose link no longer opens."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.bulk.verbs import total_in_words
from matricula.db.paging import NEWEST, OLDEST, count_some, keyset_page
from matricula.invitations.errors import AlreadyMember, InvitationAnswered, LetterJustSent
from matricula.joining.errors import RequestAnswered
from matricula.joining.models import Request
from matricula.joining.requests import answer_with_letter, dismiss_waiting_request
from matricula.mail.leases import letters_promised
from matricula.organizations.access import actor_of, administering, overseeing
from matricula.organizations.models import Organization
from matricula.programs.errors import ProgramEnded
from matricula.web.values import text_in


@overseeing
@require_safe
def requests(request: HttpRequest, organization: Organization) -> HttpResponse:
    rows = Request.objects.waiting().filter(program__organization=organization).select_related("program")
    if text_in(request.GET, "program"):
        rows = rows.filter(program__public_id=text_in(request.GET, "program"))
    order = OLDEST if text_in(request.GET, "sort") == "oldest" else NEWEST
    context = {
        "organization": organization,
        "page": keyset_page(rows, request.GET, order=order),
        "words": total_in_words(count_some(rows), narrowed=bool(text_in(request.GET, "program"))),
        "programs": organization.programs.order_by("name"),
        "asked": request.GET,
    }
    return render(request, "joining/console/requests.html", context)


def request_of(organization: Organization, request_id: str) -> Request:
    rows = Request.objects.filter(program__organization=organization).select_related("program", "invitation")
    return get_object_or_404(rows, public_id=request_id)


@administering
@require_POST
def send_invitation(request: HttpRequest, organization: Organization, request_id: str) -> HttpResponse:
    try:
        answer_with_letter(request=request_of(organization, request_id), actor=actor_of(request))
    except AlreadyMember as refusal:
        messages.info(request, f"{refusal} {_('You can dismiss the request.')}")
    except (LetterJustSent, RequestAnswered, InvitationAnswered, ProgramEnded) as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, letters_promised(_("The invitation is on its way."), organization.pk))
    return redirect("requests:requests", organization.slug)


@administering
@require_POST
def dismissal(request: HttpRequest, organization: Organization, request_id: str) -> HttpResponse:
    try:
        dismiss_waiting_request(request=request_of(organization, request_id), actor=actor_of(request))
    except RequestAnswered as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("The request is dismissed."))
    return redirect("requests:requests", organization.slug)
