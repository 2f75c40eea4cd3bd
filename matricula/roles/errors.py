from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class RoleError(Refusal):
    """Something about a role could not be done."""

    code = "role"


class AlreadyOffered(RoleError):
    """A role is waiting for this address to accept it."""

    code = "already_offered"
    sentence = _("A role is waiting for this address already. Withdraw it first.")


class OfferEnded(RoleError):
    """The role was accepted, withdrawn, or waited too long."""

    code = "offer_ended"
    sentence = _("This offer was accepted, withdrawn, or waited too long.")


class MailboxUnproven(RoleError):
    """The account has not proven the mailbox that the role was offered to."""

    code = "mailbox_unproven"
    sentence = _("Prove first that the mailbox which the role was offered to is yours.")


class GroupsMissing(RoleError):
    """A group manager manages at least one group."""

    code = "groups_missing"
    sentence = _("A group manager manages at least one group. Choose at least one group, or make one first.")


class OffersUsedUp(RoleError):
    """So many roles were offered within a day that the next one waits for tomorrow."""

    code = "offers_used_up"
    sentence = _("So many roles were offered today that the next one waits for tomorrow.")


class OfferJustSent(RoleError):
    """A letter with the offer went out within the last ten minutes."""

    code = "offer_just_sent"
    sentence = _("A letter went out a moment ago. Wait ten minutes, then send it again.")
