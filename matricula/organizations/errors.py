from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class OrganizationError(Refusal):
    """Something about an organization could not be done."""

    code = "organization"


class DomainRefused(OrganizationError):
    """That domain cannot be put on the list."""

    code = "domain_refused"
    sentence = _("Enter a domain, such as example.com.")


class DomainShared(DomainRefused):
    """Many who have nothing to do with each other have addresses or names there."""

    code = "domain_shared"
    sentence = _("Nobody has that domain alone: many people and companies have addresses there.")


class DomainListed(DomainRefused):
    code = "domain_listed"
    sentence = _("That domain is on your list already.")


class LastOwner(OrganizationError):
    """Without this owner the organization would have none."""

    code = "last_owner"
    sentence = _("This is the only owner. Make somebody else an owner first.")


class NotOwner(OrganizationError):
    """Who acts was an owner a moment ago and is one no longer."""

    code = "not_owner"
    sentence = _("Roles are changed by owners: whoever asks for it is none, or none any more.")
