"""People: who is in, who was, and one person's page."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.accounts.models import Account
from matricula.invitations.queries import STATES, state_of
from matricula.learning.models import Enrolment
from matricula.learning.outline import with_progress
from matricula.organizations.access import acting_role, actor_of, administering, viewing
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import end_membership
from matricula.programs.models import Group, Membership, Program
from matricula.reporting.audit_log import in_words, newest_about
from matricula.reporting.people import (
    certificates_of_person,
    group_names,
    invitations_of_person,
    moved_to,
    page_of_members,
    sign_ins_of,
)
from matricula.web.redirects import belongs_to
from matricula.web.table_rows import Calendar, Row, row
from matricula.web.templatetags.web import avatar


@viewing
@require_safe
def people(request: HttpRequest, organization: Organization) -> HttpResponse:
    role = acting_role(request)
    page = page_of_members(role, request.GET)
    groups = group_names(role, page.rows)
    states, calendar = {state.value: str(state.label) for state in Membership.State}, Calendar()
    context = {
        "organization": organization,
        "page": page,
        "rows": [member_row(one, groups.get(one.pk, "–"), states, calendar) for one in page.rows],
        "programs": Program.objects.shown_to(role).order_by("name"),
        "groups": Group.objects.shown_to(role).select_related("program").order_by("program__name", "name"),
        "states": states.items(),
        "asked": request.GET,
    }
    return render(request, "reporting/console/people.html", context)


def member_row(one: Any, groups: str, states: dict[str, str], calendar: Calendar) -> Row:
    """A member in the list, with what `page_of_members` found beside it."""
    return row(
        {"active": one.state == Membership.State.ACTIVE},
        label=states[one.state],
        avatar=avatar(one.full_name),
        name=one.full_name,
        account=one.account_public_id,
        work_email=one.work_email or "",
        program=one.program_name,
        groups=groups,
        joined=calendar.day(one.joined_at),
    )


@viewing
@require_safe
def somebody(request: HttpRequest, organization: Organization, account_id: str) -> HttpResponse:
    """One person, as far as the role sees them: memberships, progress, what came of it, and what was done."""
    role = acting_role(request)
    shown = Membership.objects.shown_to(role).filter(account__public_id=account_id)
    groups = Prefetch("groups", Group.objects.shown_to(role).order_by("name"))
    memberships = list(shown.select_related("account", "program").prefetch_related(groups))
    if not memberships and (moved := moved_to(role, account_id)):
        return to_their_page(organization, moved)
    account = memberships[0].account if memberships else get_object_or_404(Account.objects.none())
    ties = Affiliation.objects.filter(organization=organization, account=account).live_first()
    enrolments = with_progress(Enrolment.objects.of_members(memberships))
    invitations = invitations_of_person(account, role).select_related("program", "letter", "from_file")
    about = [*memberships, *enrolments, *invitations, *ties]
    context = {
        "organization": organization,
        "person": account,
        "memberships": memberships,
        "tie": ties.first(),
        "enrolments": enrolments,
        "certificates": certificates_of_person(memberships),
        "invitations": [(one, STATES[state_of(one)]) for one in invitations],
        "sign_ins": sign_ins_of(organization, account),
        "lines": in_words(newest_about(organization, about)),
        "role": Role.objects.filter(organization=organization, account=account).first(),
    }
    return render(request, "reporting/console/somebody.html", context)


def to_their_page(organization: Organization, account: Account) -> HttpResponse:
    """No browser keeps it: the person may have their two accounts again."""
    answer = redirect("people:somebody", organization.slug, account.public_id)
    answer.status_code = 307
    answer["Cache-Control"] = "no-store"
    return answer


def shown_membership(request: HttpRequest, membership_id: int) -> Membership:
    rows = Membership.objects.shown_to(acting_role(request)).select_related("account", "program")
    return get_object_or_404(rows, pk=membership_id)


@administering
@require_POST
@belongs_to("people:people", "slug")
def removal(request: HttpRequest, organization: Organization, membership_id: int) -> HttpResponse:
    """Remove somebody from a program. Certificates, progress and the account stay theirs."""
    membership = shown_membership(request, membership_id)
    end_membership(membership=membership, actor=actor_of(request), state=Membership.State.REMOVED)
    names = {"who": membership.account.full_name, "program": membership.program.name}
    messages.success(request, _("%(who)s is no longer in %(program)s. The seat is free.") % names)
    return redirect("people:somebody", organization.slug, membership.account.public_id)
