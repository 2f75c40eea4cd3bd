"""A program removed one entry of somebody who is in it with the other: nobody comes back by combining.

What remains is what remains to whoever was removed: to ask, and to be invited again.
"""

from matricula.joining.models import REMOVED_ENTRY
from matricula.joining.requests import ask_administrator
from matricula.leaving.combining.lost_seats import known_address
from matricula.leaving.combining.reasons import Pair, removals_of
from matricula.organizations.models import Organization


def ask_to_come_back(pair: Pair, organization: Organization, *, network: str) -> None:
    """A request for each program, at the work e-mail of the entry that was removed. Raises TooManyTries."""
    rows = removals_of(pair).filter(organization=organization).select_related("program", "account")
    for one in rows.order_by("pk"):
        address = known_address(one.account, organization.pk)
        ask_administrator(reason=REMOVED_ENTRY, program=one.program, address=address, network=network)
