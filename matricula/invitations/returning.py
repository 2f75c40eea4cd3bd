"""Who was in a program before: what comes back with them, as far as the organization knows them."""

from dataclasses import dataclass
from datetime import datetime

from matricula.db.queries import first_or_none
from matricula.invitations.models import Invitation
from matricula.mail.addresses import canonical
from matricula.organizations.models import Affiliation
from matricula.programs.models import Group, Membership, Program


@dataclass(frozen=True)
class Returning:
    """An ended `membership` that a new invitation revives."""

    membership: Membership

    @property
    def name(self) -> str:
        return self.membership.account.full_name

    @property
    def until(self) -> datetime | None:
        return self.membership.left_at

    @property
    def groups(self) -> list[Group]:
        """Those of then. They come back only if they are chosen."""
        return list(self.membership.groups.order_by("name"))

    @property
    def courses(self) -> int:
        """Whose progress comes back."""
        return self.membership.courses_started


def returning_member(*, program: Program, address: str) -> Returning | None:
    """Whoever was in `program`, by an address the organization knew them by: as work e-mail, or because it
    invited them there. Whose any other address is nobody learns by inviting it."""
    spelled = canonical(address)
    known = {"organization": program.organization_id, "canonical": spelled}
    tied = Affiliation.objects.filter(**known).values("account")
    joined = Invitation.objects.filter(**known, accepted_by__isnull=False).values("accepted_by")
    ended = Membership.objects.exclude(state=Membership.State.ACTIVE).filter(
        program=program, set_aside_at__isnull=True, account__in=tied.union(joined)
    )
    found = first_or_none(ended.select_related("account", "program").order_by("-left_at"))
    return Returning(found) if found else None
