class OrganizationError(Exception):
    """Something about an organization could not be done; `code` says what to windows and doors."""

    code = "organization"


class LastOwner(OrganizationError):
    """Without this owner the organization would have none."""

    code = "last_owner"


class NotOwner(OrganizationError):
    """Who acts was an owner a moment ago and is one no longer."""

    code = "not_owner"
