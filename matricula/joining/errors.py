from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matricula.joining.origin import Origin

from django.utils.translation import gettext_lazy as _

from matricula.web.refusals import Refusal


class JoiningError(Refusal):
    """Joining could not go on."""

    code = "joining"


class LinkRefused(JoiningError):
    """The link opens nothing. The page `refused.html` says for each reason what to do next.

    `code` is unknown, replaced, expired, revoked, used, declined, off, ended (the program is over), lost,
    sign_in_again or closed_to_sign_in.

    `origin` is what it was a link of, where that is known: enough to ask its administrator.
    """

    sentence = _("This link opens nothing any more.")

    def __init__(self, code: str, origin: "Origin | None" = None) -> None:
        super().__init__(code)
        self.code = code
        self.origin = origin


class NotConfirmed(JoiningError):
    """The work e-mail must be confirmed first."""

    code = "not_confirmed"
    sentence = _("Confirm your work e-mail first.")


class WorkEmailTaken(JoiningError):
    """Somebody else in the organization, or another account, holds this work e-mail."""

    code = "work_email_taken"
    sentence = _("This work e-mail belongs to another account.")


class CrowdedNetwork(JoiningError):
    """Visitors of direct links gave so many addresses from this network that the next waits until `until`."""

    code = "crowded_network"
    sentence = _(
        "Many people gave their address from your network within the last hour. Wait until %s, then"
        " press the button again. Nothing is lost: this browser keeps your place."
    )

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until

    def __str__(self) -> str:
        return str(self.sentence) % f"{self.until:%H:%M}"


class DomainNotAllowed(JoiningError):
    """The direct link is for `allowed` domains only."""

    code = "domain_not_allowed"
    sentence = _("This link is for addresses at %s. Use your work e-mail.")

    def __init__(self, allowed: list[str]) -> None:
        super().__init__(allowed)
        self.allowed = allowed

    def __str__(self) -> str:
        return str(self.sentence) % ", ".join(self.allowed)


class RequestAnswered(JoiningError):
    """Somebody answered the request before."""

    code = "request_answered"
    sentence = _("Somebody answered this request already.")
