"""What may be done to many people at once: each by the function that does it to one."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from matricula.bulk.models import BulkAct
from matricula.bulk.verbs import Asked, Verb, register_verb
from matricula.organizations.models import Organization
from matricula.programs.groups import group_choices, group_named, put_in_group
from matricula.programs.models import Membership
from matricula.reporting.people import matching_members, number_of_members
from matricula.reporting.person_pages import as_administrator


def members_meant(organization: Organization, asked: Asked) -> QuerySet[Membership]:
    return matching_members(as_administrator(organization), asked)


def number_meant(organization: Organization, asked: Asked) -> int:
    return number_of_members(as_administrator(organization), asked)


def member_names(ids: list[int]) -> dict[int, str]:
    return dict(Membership.objects.filter(pk__in=ids).values_list("pk", "account__full_name"))


def add_one_to_group(membership: Membership, act: BulkAct) -> None:
    group = group_named(act.organization, act.option)
    put_in_group(group=group, membership=membership, actor=act.asked_by)


register_verb(
    Verb(
        kind="people.add_to_group",
        rows=members_meant,
        perform=add_one_to_group,
        names=member_names,
        number=number_meant,
        label=_("Add to a group"),
        question=lambda n: (
            ngettext("Add %(n)d person to a group?", "Add %(n)d people to a group?", n) % {"n": n}
        ),
        consequence=_("Who is not in the group's program, or has left it, is left out."),
        told=lambda n: (
            ngettext("%(n)d person is in the group.", "%(n)d people are in the group.", n) % {"n": n}
        ),
        belongs_to="people:people",
        option_label=_("Group"),
        options=group_choices,
    )
)
