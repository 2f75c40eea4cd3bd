"""Groups and who is in them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from matricula.bulk.verbs import total_in_words
from matricula.db.paging import Total, keyset_page
from matricula.organizations.access import acting_role, actor_of, administering, managing_groups, viewing
from matricula.organizations.models import Affiliation, Organization
from matricula.programs.counting import counted_numbers
from matricula.programs.errors import NameTaken, NotAMember, TooLateToUndo
from matricula.programs.forms import GroupForm, MemberForm, NewGroupForm
from matricula.programs.groups import (
    add_to_group,
    change_group,
    delete_group,
    make_group,
    put_back_in_group,
    take_out_of_group,
    taken_out_lately,
)
from matricula.programs.models import Group, Membership, Program
from matricula.web.access import FORM
from matricula.web.values import text_in


def shown_group(request: HttpRequest, group_id: int) -> Group:
    rows = Group.objects.shown_to(acting_role(request)).select_related("program__organization")
    return get_object_or_404(rows, pk=group_id)


@viewing
@require_safe
def list_groups(request: HttpRequest, organization: Organization) -> HttpResponse:
    role = acting_role(request)
    rows = Group.objects.shown_to(role).select_related("program").prefetch_related("managers")
    programs = list(Program.objects.shown_to(role).order_by("name"))
    if text_in(request.GET, "program"):
        rows = rows.filter(program__public_id=text_in(request.GET, "program"))
    kinds = ("group_joined", "group_invited", "group_completed")
    found = counted_numbers([one.pk for one in programs], *kinds)
    groups = list(rows.order_by("program__name", "name"))
    for one in groups:
        one.numbers = [found[kind].get(str(one.pk), 0) for kind in kinds]  # type: ignore[attr-defined]
    context = {
        "organization": organization,
        "groups": groups,
        "programs": programs,
        "asked": request.GET,
        "words": total_in_words(Total(len(groups)), narrowed=bool(text_in(request.GET, "program"))),
    }
    return render(request, "programs/console/groups.html", context)


@administering
@FORM
def new_group(request: HttpRequest, organization: Organization) -> HttpResponse:
    form = NewGroupForm(organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            group = make_group(**form.cleaned_data, actor=actor_of(request))
        except NameTaken as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect("groups:group", organization.slug, group.pk)
    return render(request, "programs/console/group_form.html", {"organization": organization, "form": form})


@viewing
@require_safe
def show_group(request: HttpRequest, organization: Organization, group_id: int) -> HttpResponse:
    return render_group(request, organization, shown_group(request, group_id), MemberForm())


def render_group(
    request: HttpRequest, organization: Organization, group: Group, form: MemberForm
) -> HttpResponse:
    members = Membership.objects.active().filter(groups=group).select_related("account")
    page = keyset_page(members, request.GET)
    ties = Affiliation.objects.live().filter(
        organization=organization, account__in=[one.account_id for one in page.rows]
    )
    emails = dict(ties.values_list("account_id", "work_email"))
    context = {
        "organization": organization,
        "group": group,
        "page": page,
        "rows": [(one, emails.get(one.account_id, "")) for one in page.rows],
        "managers": group.managers.order_by("full_name"),
        "taken_out": taken_out_lately(group, actor_of(request)),
        "numbers": numbers_of_group(group),
        "form": form,
    }
    return render(request, "programs/console/group.html", context)


def numbers_of_group(group: Group) -> list[tuple[str, int]]:
    """Invited, joined, started, completed."""
    kinds = {
        "group_invited": _("Invited"),
        "group_joined": _("Joined"),
        "group_started": _("Started"),
        "group_completed": _("Completed"),
    }
    found = counted_numbers([group.program_id], *kinds)
    return [(label, found[kind].get(str(group.pk), 0)) for kind, label in kinds.items()]


@administering
@FORM
def change_group_page(request: HttpRequest, organization: Organization, group_id: int) -> HttpResponse:
    """Rename a group, or open it."""
    group = shown_group(request, group_id)
    form = GroupForm(request.POST or None, initial={"name": group.name, "is_open": group.is_open})
    if request.method == "POST" and form.is_valid():
        try:
            change_group(group=group, values=form.cleaned_data, actor=actor_of(request))
        except NameTaken as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("groups:group", organization.slug, group.pk)
    context = {"organization": organization, "group": group, "form": form}
    return render(request, "programs/console/group_form.html", context)


@administering
@FORM
def group_deletion(request: HttpRequest, organization: Organization, group_id: int) -> HttpResponse:
    """Once asked."""
    group = shown_group(request, group_id)
    if request.method == "POST":
        delete_group(group=group, actor=actor_of(request))
        messages.success(request, _("The group is deleted. Its people stay in the program."))
        return redirect("groups:groups", organization.slug)
    members = counted_numbers([group.program_id], "group_joined")["group_joined"].get(str(group.pk), 0)
    words = ngettext("%(n)d person", "%(n)d people", members) % {"n": members}
    context = {
        "organization": organization,
        "question": _("Delete the group %s?") % group.name,
        "named": [f"{group.program} · {words}"],
        "consequence": _(
            "Its people stay in the program and keep their progress. Only the group goes, and it cannot be"
            " brought back."
        ),
        "label": _("Delete the group"),
        "grave": True,
        "back": reverse("groups:group", args=[organization.slug, group.pk]),
    }
    return render(request, "organizations/console/question.html", context)


@managing_groups
@require_POST
def add_member(request: HttpRequest, organization: Organization, group_id: int) -> HttpResponse:
    """By work e-mail; a group manager adds people of their own groups."""
    group, form = shown_group(request, group_id), MemberForm(request.POST)
    if form.is_valid():
        try:
            role, address = acting_role(request), form.cleaned_data["work_email"]
            add_to_group(group=group, work_email=address, role=role, actor=actor_of(request))
        except NotAMember as refusal:
            form.add_error("work_email", str(refusal))
        else:
            return redirect("groups:group", organization.slug, group.pk)
    return render_group(request, organization, group, form)


@managing_groups
@require_POST
def remove_member(
    request: HttpRequest, organization: Organization, group_id: int, membership_id: int
) -> HttpResponse:
    group = shown_group(request, group_id)
    membership = get_object_or_404(Membership.objects.filter(groups=group), pk=membership_id)
    take_out_of_group(group=group, membership=membership, actor=actor_of(request))
    return redirect("groups:group", organization.slug, group.pk)


@managing_groups
@require_POST
def put_back(
    request: HttpRequest, organization: Organization, group_id: int, membership_id: int
) -> HttpResponse:
    """Undo. Of somebody whom the same person took out, so a group manager still knows them."""
    group, actor = shown_group(request, group_id), actor_of(request)
    rows = Membership.objects.filter(program=group.program_id).select_related("account")
    membership = get_object_or_404(rows, pk=membership_id)
    try:
        put_back_in_group(group=group, membership=membership, actor=actor)
    except TooLateToUndo as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("%s is in the group again.") % membership.account.full_name)
    return redirect("groups:group", organization.slug, group.pk)
