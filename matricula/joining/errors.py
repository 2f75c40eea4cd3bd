from datetime import datetime
from typing import Any


class JoiningError(Exception):
    """Joining could not go on; `code` says why to windows and doors."""

    code = "joining"


class LinkRefused(JoiningError):
    """The link opens nothing.

    `code` is unknown, replaced, expired, revoked, used, declined, off, ended (the program is over) or lost.

    `evidence` is what it was a link of, where that is known: enough to ask its administrator.
    """

    def __init__(self, code: str, evidence: Any = None) -> None:
        super().__init__(code)
        self.code = code
        self.evidence = evidence


class NotConfirmed(JoiningError):
    """The work e-mail must be confirmed first."""

    code = "not_confirmed"


class WorkEmailTaken(JoiningError):
    """Somebody else in the organization, or another account, holds this work e-mail."""

    code = "work_email_taken"


class CrowdedNetwork(JoiningError):
    """Visitors of direct links gave so many addresses from this network that the next waits until `until`."""

    code = "crowded_network"

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class DomainNotAllowed(JoiningError):
    """The direct link is for `allowed` domains only."""

    code = "domain_not_allowed"

    def __init__(self, allowed: list[str]) -> None:
        super().__init__(allowed)
        self.allowed = allowed


class RequestAnswered(JoiningError):
    """Somebody answered the request before."""

    code = "request_answered"
