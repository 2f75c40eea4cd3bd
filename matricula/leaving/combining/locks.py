"""What combining and undoing take hold of, and in which order, so that nobody waits in a circle.

The order of the house: the people by id; organizations that roles are of; arrivals; what is learned;
memberships; ties; programs. SQLite has one writer at a time and needs none of it.
"""

from django.db import connection

from matricula.accounts.models import Account
from matricula.leaving.combining.dialect import rows_of

BOTH = "(%(kept)s::bigint, %(given)s::bigint)"
ORGANIZATIONS = f"""SELECT id FROM organizations_organization WHERE id IN (
        SELECT organization_id FROM organizations_role WHERE account_id IN {BOTH}
        UNION SELECT organization_id FROM organizations_affiliation
            WHERE account_id IN {BOTH} AND ended_at IS NULL GROUP BY organization_id HAVING count(*) = 2)
    ORDER BY id"""
"""Of roles, and those that list the person twice: whoever says which entry stays, or who decides that, holds
the organization."""
HELD = (
    ORGANIZATIONS,
    f"SELECT id FROM joining_arrival WHERE account_id IN {BOTH} AND finished_at IS NULL ORDER BY id",
    f"SELECT id FROM learning_enrolment WHERE account_id IN {BOTH} ORDER BY account_id, id",
    f"SELECT id FROM learning_specializationenrolment WHERE account_id IN {BOTH} ORDER BY account_id, id",
    f"SELECT id FROM programs_membership WHERE account_id IN {BOTH} ORDER BY account_id, id",
    f"SELECT id FROM organizations_affiliation WHERE account_id IN {BOTH} ORDER BY id",
    f"""SELECT id FROM programs_program
        WHERE id IN (SELECT program_id FROM programs_membership WHERE account_id IN {BOTH}) ORDER BY id""",
)
CLOSED_TO_ALL = f"SELECT id FROM accounts_account WHERE id IN {BOTH} ORDER BY id FOR UPDATE"
"""Last: from now on nobody refers to either account (`triggers.py` takes its row first). Whoever finishes a
lesson holds its enrolment before a certificate refers to the account: taken first, this closed a circle."""


def hold_both(kept: int, given_up: int) -> dict[int, Account]:
    """The two accounts as they are now, held as whoever enters or leaves holds them."""
    rows = Account.objects.filter(pk__in=(kept, given_up)).order_by("pk").select_for_update(no_key=True)
    return {one.pk: one for one in rows}


def hold_organizations(kept: int, given_up: int) -> None:
    """Call it with both accounts held, before what organizations agreed to is read."""
    if connection.vendor == "postgresql":
        held = f"SELECT count(*) FROM ({ORGANIZATIONS} FOR NO KEY UPDATE) held"
        rows_of(held, {"kept": kept, "given": given_up})


def hold_what_is_theirs(kept: int, given_up: int) -> None:
    """Call it with both accounts held."""
    if connection.vendor != "postgresql":
        return
    for rows in HELD:
        rows_of(f"SELECT count(*) FROM ({rows} FOR NO KEY UPDATE) held", {"kept": kept, "given": given_up})
    rows_of(f"SELECT count(*) FROM ({CLOSED_TO_ALL}) held", {"kept": kept, "given": given_up})
