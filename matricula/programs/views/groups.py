"""Groups and who is in them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from matricula.db.paging import keyset_page
from matricula.organizations.access import acting_role, actor_of, administering, managing_groups, viewing
from matricula.organizations.models import Affiliation, Organization
from matricula.programs.errors import NameTaken, NotAMember
from matricula.programs.forms import GroupForm, MemberForm, NewGroupForm
from matricula.programs.groups import (
    add_to_group,
    change_group,
    delete_group,
    make_group,
    take_out_of_group,
)
from matricula.programs.models import Group, Membership
from matricula.web.access import FORM


def shown_group(request: HttpRequest, group_id: int) -> Group:
    rows = Group.objects.shown_to(acting_role(request)).select_related("program__organization")
    return get_object_or_404(rows, pk=group_id)


@viewing
@require_safe
def list_groups(request: HttpRequest, organization: Organization) -> HttpResponse:
    rows = Group.objects.shown_to(acting_role(request)).select_related("program")
    context = {
        "organization": organization,
        "groups": rows.prefetch_related("managers").order_by("program__name", "name"),
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
        "form": form,
    }
    return render(request, "programs/console/group.html", context)


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
@require_POST
def group_deletion(request: HttpRequest, organization: Organization, group_id: int) -> HttpResponse:
    delete_group(group=shown_group(request, group_id), actor=actor_of(request))
    messages.success(request, _("The group is deleted. Its people stay in the program."))
    return redirect("groups:groups", organization.slug)


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
