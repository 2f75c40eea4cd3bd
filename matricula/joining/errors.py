from collections.abc import Sequence
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


class LetterJustSent(JoiningError):
    """The person was written to within the last ten minutes."""

    code = "letter_just_sent"


class InvitationAnswered(JoiningError):
    """The invitation can no longer be changed: it was answered, revoked or replaced."""

    code = "invitation_answered"


class AlreadyInvited(JoiningError):
    """The address has a live invitation to the program already."""

    code = "already_invited"


class AlreadyMember(JoiningError):
    """The address is that of somebody who is in the program."""

    code = "already_member"


class RequestAnswered(JoiningError):
    """Somebody answered the request before."""

    code = "request_answered"


class FileRefused(JoiningError):
    """A file of people is not what it says, or too large; nothing of it may be kept.

    `line` is where reading stopped, 0 when it is the whole file. `str()` says what is wrong and what to do.
    """

    def __init__(self, code: str, words: Sequence[object] = (), line: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
        self.line = line

    def __str__(self) -> str:
        return " ".join(map(str, self.words)) or self.code


class NotToConfirm(JoiningError):
    """The file is not waiting to be confirmed: it was confirmed, cancelled or refused."""

    code = "not_to_confirm"


class ColumnsUndecided(JoiningError):
    """Somebody has to choose which column of the file holds the e-mail addresses."""

    code = "columns_undecided"


class ColumnsRefused(JoiningError):
    """What was chosen cannot be: two columns of e-mail addresses, or a column the file does not have."""

    code = "columns_refused"


class NotToStop(JoiningError):
    """Nothing of the file is under way: it is not confirmed, stopped, or its letters are in the outbox."""

    code = "not_to_stop"


class NoWorkEmail(JoiningError):
    """The organization knows no work e-mail of this person to write to."""

    code = "no_work_email"
