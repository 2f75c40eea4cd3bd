"""What may be done to many invitations at once: each by the function that does it to one."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from matricula.bulk.models import BulkAct
from matricula.bulk.verbs import Asked, Verb, register_verb
from matricula.invitations.errors import InvitationAnswered
from matricula.invitations.invitations import add_invitation_to_group, renew_invitation, revoke_invitation
from matricula.invitations.models import Invitation, InvitationQuerySet
from matricula.invitations.queries import matching_invitations, number_of_invitations
from matricula.organizations.models import Organization
from matricula.programs.groups import group_choices, group_named

LIST = "invitations:invitations"


def invitations_meant(organization: Organization, asked: Asked) -> InvitationQuerySet:
    rows = matching_invitations(organization, asked)
    return rows.select_related("program__organization", "letter")  # type: ignore[return-value]


def addresses_of(ids: list[int]) -> dict[int, str]:
    return dict(Invitation.objects.filter(pk__in=ids).values_list("pk", "address"))


def send_one_again(invitation: Invitation, act: BulkAct) -> None:
    renew_invitation(invitation=invitation, actor=act.asked_by)


def withdraw_one(invitation: Invitation, act: BulkAct) -> None:
    if not revoke_invitation(invitation=invitation, actor=act.asked_by):
        raise InvitationAnswered


def add_one_to_group(invitation: Invitation, act: BulkAct) -> None:
    group = group_named(act.organization, act.option)
    add_invitation_to_group(invitation=invitation, group=group, actor=act.asked_by)


register_verb(
    Verb(
        kind="invitations.send_again",
        rows=invitations_meant,
        perform=send_one_again,
        names=addresses_of,
        number=number_of_invitations,
        label=_("Send again"),
        question=lambda n: (
            ngettext("Send %(n)d invitation again?", "Send %(n)d invitations again?", n) % {"n": n}
        ),
        consequence=_(
            "Whoever has not answered gets a new letter, and the links sent before end when it has left. Who"
            " has answered, or got a letter within the last ten minutes, is left out."
        ),
        told=lambda n: (
            ngettext("%(n)d invitation was sent again.", "%(n)d invitations were sent again.", n) % {"n": n}
        ),
        belongs_to=LIST,
    )
)
register_verb(
    Verb(
        kind="invitations.withdraw",
        rows=invitations_meant,
        perform=withdraw_one,
        names=addresses_of,
        number=number_of_invitations,
        label=_("Withdraw"),
        question=lambda n: (
            ngettext("Withdraw %(n)d invitation?", "Withdraw %(n)d invitations?", n) % {"n": n}
        ),
        consequence=_(
            "Their links stop working. It cannot be undone; you may invite the same people again. Who has"
            " answered is left out."
        ),
        told=lambda n: (
            ngettext("%(n)d invitation is withdrawn.", "%(n)d invitations are withdrawn.", n) % {"n": n}
        ),
        belongs_to=LIST,
        is_grave=True,
    )
)
register_verb(
    Verb(
        kind="invitations.add_to_group",
        rows=invitations_meant,
        perform=add_one_to_group,
        names=addresses_of,
        number=number_of_invitations,
        label=_("Add to a group"),
        question=lambda n: (
            ngettext("Add %(n)d invitation to a group?", "Add %(n)d invitations to a group?", n) % {"n": n}
        ),
        consequence=_("They will be in the group when they join. Who has answered is left out."),
        told=lambda n: (
            ngettext("%(n)d invitation leads into the group.", "%(n)d invitations lead into the group.", n)
            % {"n": n}
        ),
        belongs_to=LIST,
        option_label=_("Group"),
        options=group_choices,
    )
)
