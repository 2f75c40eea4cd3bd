"""What became of the invitations: their states, and send again, withdraw, correct."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matricula.accounts.forms import EmailField
from matricula.invitations.errors import AlreadyInvited, AlreadyMember, InvitationAnswered, LetterJustSent
from matricula.invitations.invitations import (
    correct_address,
    renew_invitation,
    revoke_invitation,
    send_all_again,
)
from matricula.invitations.models import Invitation
from matricula.invitations.queries import STATES, numbers_by_state, page_of_invitations, state_of
from matricula.invitations.rounds import round_progress
from matricula.mail.leases import letters_promised, waiting_until_tomorrow
from matricula.organizations.access import actor_of, administering, overseeing
from matricula.organizations.models import Organization
from matricula.programs.errors import ProgramEnded
from matricula.web.table_rows import Calendar, Row, row
from matricula.web.templatetags.web import avatar

LONGEST_NOTE = 160
CHIPS = {"joined": "good", "failed": "bad", "opened": "info", "expired": "warn"}
"""How a state looks; the others are plain."""


class AddressForm(forms.Form):
    address = EmailField(label=gettext_lazy("Work e-mail"))


@overseeing
@require_safe
def invitations(request: HttpRequest, organization: Organization) -> HttpResponse:
    page = page_of_invitations(organization, request.GET)
    labels, calendar = {state: str(label) for state, label in STATES.items()}, Calendar()
    context = {
        "organization": organization,
        "page": page,
        "rows": [invitation_row(one, labels, calendar) for one in page.rows],
        "states": [(key, labels[key], n) for key, n in numbers_by_state(organization).items()],
        "programs": organization.programs.order_by("name"),
        "asked": request.GET,
        "round": round_progress(organization),
        "held_back": waiting_until_tomorrow(organization.pk),
        "daily_limit": settings.MAIL_DAILY_LIMIT,
    }
    return render(request, "invitations/console/invitations.html", context)


def invitation_row(one: Any, labels: dict[str, str], calendar: Calendar) -> Row:
    """An invitation in the list, with what `page_of_invitations` found beside it."""
    state = state_of(one)
    note = noted(one, state, calendar)
    return row(
        {
            "failed": state == "failed",
            "noted": bool(note),
            "timed": state not in ("failed", "corrected"),
            "was_sent": bool(one.sent_at) and state != "failed",
            "live": one.state in Invitation.LIVE,
            "of_file": bool(one.file_id),
            "says_more": bool(one.note),
        },
        avatar=avatar(one.name or one.address),
        name=one.name or one.address,
        more=one.address if one.name else one.program_name,
        chip=CHIPS.get(state, "line"),
        label=labels[state],
        note=note,
        sent=calendar.day(one.sent_at),
        sent_time=calendar.clock(one.sent_at),
        until=calendar.day(one.expires_at if one.state in Invitation.LIVE else None),
        said=said(one.note) if one.note else "",
        file=one.file_name or "",
        file_id=one.file_id or "",
        public_id=one.public_id,
        address=one.address,
    )


def said(note: dict[str, str]) -> str:
    """What the file said of the person besides, cut where it would fill the list; their page has it all."""
    return Truncator(" · ".join(f"{header}: {text}" for header, text in note.items())).chars(LONGEST_NOTE)


def noted(one: Any, state: str, calendar: Calendar) -> str:
    """What is worth saying beside the state: the mail server's words, a time, the address that is right."""
    if state == "failed":
        return str(one.error or "")
    if state == "corrected":
        return str(one.right_address)
    return calendar.day_and_time(one.opened_at if state == "opened" else one.answered_at)


def live_invitation(organization: Organization, invitation_id: str) -> Invitation:
    rows = Invitation.objects.live().filter(program__organization=organization)
    return get_object_or_404(rows.select_related("program"), public_id=invitation_id)


@administering
@require_POST
def send_again(request: HttpRequest, organization: Organization, invitation_id: str) -> HttpResponse:
    try:
        renew_invitation(invitation=live_invitation(organization, invitation_id), actor=actor_of(request))
    except (LetterJustSent, InvitationAnswered, ProgramEnded) as refusal:
        messages.warning(request, str(refusal))
    else:
        words = _("The letter is on its way again. Links sent before end when it has left.")
        messages.success(request, letters_promised(words, organization.pk))
    return redirect("invitations:invitations", organization.slug)


@administering
@require_POST
def send_all(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Send again to everybody who has not answered, in all programs of the organization."""
    programs = organization.programs.current()
    people = sum(send_all_again(program=program, actor=actor_of(request)) for program in programs)
    if not people:
        messages.info(request, _("There is nobody to write to: all have answered or got a letter just now."))
    return redirect("invitations:invitations", organization.slug)


@administering
@require_POST
def withdraw(request: HttpRequest, organization: Organization, invitation_id: str) -> HttpResponse:
    if revoke_invitation(invitation=live_invitation(organization, invitation_id), actor=actor_of(request)):
        messages.success(request, _("The invitation is withdrawn."))
    return redirect("invitations:invitations", organization.slug)


@administering
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, organization: Organization, invitation_id: str) -> HttpResponse:
    """Correct the address of an invitation that could not be delivered."""
    invitation = live_invitation(organization, invitation_id)
    form = AddressForm(request.POST or None, initial={"address": invitation.address})
    if request.method == "POST" and form.is_valid() and corrected(request, invitation, form):
        return redirect("invitations:invitations", organization.slug)
    context = {"organization": organization, "invitation": invitation, "form": form}
    return render(request, "invitations/console/correct.html", context)


def corrected(request: HttpRequest, invitation: Invitation, form: AddressForm) -> bool:
    address = form.cleaned_data["address"]
    try:
        correct_address(invitation=invitation, address=address, actor=actor_of(request))
    except (AlreadyInvited, AlreadyMember, InvitationAnswered) as refusal:
        form.add_error("address", str(refusal))
        return False
    except ProgramEnded as refusal:
        form.add_error(None, str(refusal))
        return False
    words = _("A new invitation is on its way to %s.") % address
    messages.success(request, letters_promised(words, invitation.organization_id))
    return True
