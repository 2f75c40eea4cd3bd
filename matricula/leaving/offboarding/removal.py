"""Removing somebody from a program: at once, or held until a day where it would take their only way in."""

from matricula.leaving.departing.ways_in import is_last_tie
from matricula.leaving.rehearsal.stranding import Stranding, strandings_of
from matricula.programs.models import Membership


def stranding_by(membership: Membership) -> Stranding | None:
    """Why the removal from this program would leave the person without a way in; None when it would not."""
    if not membership.is_active or not is_last_tie(membership):
        return None
    organization, account = membership.program.organization, membership.account_id
    why = strandings_of(organization, [account]).get(account)
    return Stranding(why) if why else None
