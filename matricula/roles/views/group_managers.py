"""Who manages a group, from the page of the group."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from matricula.accounts.models import Account
from matricula.organizations.access import acting_role, actor_of, administering
from matricula.organizations.models import Organization
from matricula.programs.models import Group, Membership
from matricula.roles.roles import dismiss_group_manager, name_group_manager


def managed_group(request: HttpRequest, group_id: int) -> Group:
    rows = Group.objects.shown_to(acting_role(request)).select_related("program__organization")
    return get_object_or_404(rows, pk=group_id)


@administering
@require_POST
def add_group_manager(
    request: HttpRequest, organization: Organization, group_id: int, membership_id: int
) -> HttpResponse:
    """A member of the group becomes its manager."""
    group = managed_group(request, group_id)
    membership = get_object_or_404(Membership.objects.active().filter(groups=group), pk=membership_id)
    name_group_manager(group=group, account=membership.account, actor=actor_of(request))
    messages.success(request, _("%s manages this group now.") % membership.account)
    return redirect("groups:group", organization.slug, group.pk)


@administering
@require_POST
def remove_group_manager(
    request: HttpRequest, organization: Organization, group_id: int, account_id: str
) -> HttpResponse:
    group = managed_group(request, group_id)
    manager = get_object_or_404(Account.objects.filter(managed_groups=group), public_id=account_id)
    dismiss_group_manager(group=group, account=manager, actor=actor_of(request))
    return redirect("groups:group", organization.slug, group.pk)
