"""What an origin is: all that joining asks of whatever brought somebody. The ones there are: `origins.py`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Protocol

from matricula.accounts.models import Account
from matricula.invitations.models import Invitation
from matricula.programs.models import Program
from matricula.programs.terms import Terms


class Origin(Protocol):
    """What brought a visitor. An origin that says no more proves nothing and is open to everybody."""

    relation: ClassVar[str]
    """Of `Arrival`: where it is kept."""

    @property
    def program(self) -> Program: ...

    @property
    def terms(self) -> Terms: ...

    @property
    def columns(self) -> Mapping[str, Any]:
        """What an arrival keeps of it."""

    def why_closed(self) -> str:
        """The code of the refusal, when it opens no more; else nothing."""

    def accept(self, account: Account) -> Terms:
        """Answer it or use it up: what it brings the account. Raises LinkRefused for whoever comes second,
        RemovedFromProgram."""

    @property
    def key(self) -> str:
        """What the browser keeps to find it again; nothing where it cannot."""
        return ""

    @property
    def invitation(self) -> Invitation | None:
        """The one that joining answers, that can be declined and asked about."""
        return None

    @property
    def is_answered(self) -> bool:
        """Whether somebody joined by it already, so that nobody else can."""
        return False

    @property
    def invited_at(self) -> datetime | None:
        """When an administrator let this person in: who was removed before may come back. None where nobody
        in particular was."""
        return None

    @property
    def address(self) -> str:
        """The work e-mail it is for; nothing where the visitor says it."""
        return ""

    @property
    def name(self) -> str:
        """What its person is called, as far as anybody said."""
        return ""

    @property
    def allowed_domains(self) -> Sequence[str]:
        """Of a work e-mail that the visitor says; none means any."""
        return ()

    @property
    def holding(self) -> str:
        """What its visitor has from the work e-mail, so that strangers who type that address into forms use
        up no letters and no tries of theirs."""
        return ""

    @property
    def is_a_sign_in(self) -> bool:
        """Whether the company's sign-in is all that there is: without it nobody joins."""
        return False

    def reached(self, address: str) -> bool:
        """Whether it came by this mailbox: then it may be told whose that is."""
        return False

    def proves(self, address: str, since: datetime | None = None) -> bool:
        """Whether it is taken for proof of the mailbox; what is older than `since` proves nothing."""
        return False

    def mark_opened(self) -> None:
        """A person has opened it."""
        return
