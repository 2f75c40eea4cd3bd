"""What became of the invitations: their states, and send again, withdraw, correct."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.forms import EmailField
from matricula.audit.models import record
from matricula.bulk.choosing import ticked_in
from matricula.bulk.verbs import bar_of
from matricula.files.tables import streamed_table_response
from matricula.invitations.errors import AlreadyInvited, AlreadyMember, InvitationAnswered, LetterJustSent
from matricula.invitations.invitations import (
    correct_address,
    renew_invitation,
    revoke_invitation,
    send_all_again,
)
from matricula.invitations.models import Invitation
from matricula.invitations.queries import (
    STATES,
    matching_invitations,
    numbers_by_state,
    page_of_invitations,
    state_of,
    total_of,
    unanswered,
)
from matricula.invitations.rounds import round_progress
from matricula.invitations.signals import list_taken
from matricula.invitations.timeline import invitation_table, steps_of
from matricula.mail.leases import letters_promised, waiting_until_tomorrow
from matricula.organizations.access import acting_role, actor_of, administering, overseeing
from matricula.organizations.models import Organization
from matricula.programs.errors import ProgramEnded
from matricula.web.access import FORM
from matricula.web.heavy_work import heavy
from matricula.web.table_rows import Calendar, Row, row
from matricula.web.templatetags.web import avatar
from matricula.web.values import text_in

LONGEST_NOTE = 160
CHIPS = {"joined": "good", "failed": "bad", "opened": "info", "expired": "warn"}
"""How a state looks; the others are plain."""
VERBS = ("invitations.send_again", "invitations.add_to_group", "invitations.withdraw")
"""What the bar above the list offers."""


class AddressForm(forms.Form):
    address = EmailField(label=gettext_lazy("Work e-mail"))


@overseeing
@require_safe
def invitations(request: HttpRequest, organization: Organization) -> HttpResponse:
    page = page_of_invitations(organization, request.GET)
    labels, calendar = {state: str(label) for state, label in STATES.items()}, Calendar()
    numbers = numbers_by_state(organization, text_in(request.GET, "program"))
    context = {
        "organization": organization,
        "page": page,
        "rows": [invitation_row(one, labels, calendar) for one in page.rows],
        "states": [(key, labels[key], n) for key, n in numbers.items()],
        "unanswered": unanswered(numbers),
        **bar_of(request.GET, total_of(organization, request.GET, numbers), *VERBS),
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
        pk=str(one.pk),
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


def back_to_list(request: HttpRequest, organization: Organization) -> HttpResponse:
    """With the search it was left with, which stands in the address of whatever was done from there."""
    page = reverse("invitations:invitations", args=[organization.slug])
    return redirect(f"{page}?{request.GET.urlencode()}" if request.GET else page)


@overseeing
@require_safe
def one_invitation(request: HttpRequest, organization: Organization, invitation_id: str) -> HttpResponse:
    """What became of it, step by step."""
    rows = Invitation.objects.filter(organization=organization).select_related(
        "program", "letter", "superseded_by", "from_file", "course", "specialization", "invited_by"
    )
    invitation = get_object_or_404(rows.prefetch_related("groups"), public_id=invitation_id)
    state = state_of(invitation)
    context = {
        "organization": organization,
        "invitation": invitation,
        "state": STATES[state],
        "chip": CHIPS.get(state, "line"),
        "failed": state == "failed",
        "live": invitation.state in Invitation.LIVE,
        "steps": steps_of(invitation),
    }
    return render(request, "invitations/console/invitation.html", context)


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
    return back_to_list(request, organization)


@administering
@FORM
def send_all(request: HttpRequest, organization: Organization) -> HttpResponse:
    """Send again to everybody who has not answered, in all programs of the organization, once asked."""
    if request.method != "POST":
        n = unanswered(numbers_by_state(organization))
        context = {
            "organization": organization,
            "question": _("Send again to everybody who has not answered?"),
            "consequence": ngettext(
                "%(n)d person whose invitation is unanswered gets a new letter, if it is open and none went"
                " to them within ten minutes. The link they have stops working when it has left.",
                "%(n)d people whose invitations are unanswered get a new letter, if theirs is open and none"
                " went to them within ten minutes. The links they have stop working when it has left.",
                n,
            )
            % {"n": n},
            "label": _("Send again"),
            "back": reverse("invitations:invitations", args=[organization.slug]),
        }
        return render(request, "organizations/console/question.html", context)
    programs = organization.programs.current()
    people = sum(send_all_again(program=program, actor=actor_of(request)) for program in programs)
    if not people:
        messages.info(request, _("There is nobody to write to: all have answered or got a letter just now."))
    return redirect("invitations:invitations", organization.slug)


@administering
@FORM
def withdraw(request: HttpRequest, organization: Organization, invitation_id: str) -> HttpResponse:
    """Once asked."""
    invitation = live_invitation(organization, invitation_id)
    if request.method == "POST":
        if revoke_invitation(invitation=invitation, actor=actor_of(request)):
            messages.success(request, _("The invitation is withdrawn."))
        return back_to_list(request, organization)
    context = {
        "organization": organization,
        "question": _("Withdraw the invitation of %s?") % (invitation.name or invitation.address),
        "named": [f"{invitation.address} · {invitation.program}"],
        "consequence": _(
            "Its link stops working. It cannot be undone; you may invite the same person again."
        ),
        "label": _("Withdraw"),
        "grave": True,
        "back": reverse("invitations:invitation", args=[organization.slug, invitation.public_id]),
    }
    return render(request, "organizations/console/question.html", context)


@administering
@require_safe
@heavy
def export(request: HttpRequest, organization: Organization) -> HttpResponseBase:
    """Those that were ticked, or all that fit the search, as CSV, however many. Taking it is noted."""
    chosen = ticked_in(request.GET)
    rows = (
        Invitation.objects.filter(organization=organization, pk__in=chosen)
        if chosen
        else matching_invitations(organization, request.GET)
    )
    if request.method != "HEAD":
        program = organization.programs.filter(public_id=text_in(request.GET, "program")).first()
        is_part = bool(chosen or text_in(request.GET, "q") or text_in(request.GET, "state"))
        record("invitations.exported", actor=actor_of(request), organization=organization)
        list_taken.send(Invitation, role=acting_role(request), program=program, is_part=is_part)
    return streamed_table_response(invitation_table(rows, organization), f"{organization.slug}-invitations")


@administering
@FORM
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
