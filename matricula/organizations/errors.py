from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class OrganizationError(Refusal):
    """Something about an organization could not be done."""

    code = "organization"


class LastOwner(OrganizationError):
    """Without this owner the organization would have none."""

    code = "last_owner"
    sentence = _("This is the only owner. Make somebody else an owner first.")


class NotOwner(OrganizationError):
    """Who acts was an owner a moment ago and is one no longer."""

    code = "not_owner"
    sentence = _("Roles are changed by owners: whoever asks for it is none, or none any more.")
