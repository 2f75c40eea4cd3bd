"""What becomes of every row of an account when its owner deletes it: one SELECT of lines, as for combining.

At once ends what others would stumble over: addresses, seats, ties, sign-ins, roles. What was learned stays
until nothing can be taken back, so it has no line; `erasing.py` has it go.
"""

from functools import cache

from matricula.leaving.combining.address_lines import ADDRESS, ADDRESSES
from matricula.leaving.combining.dialect import Dialect, dialect
from matricula.leaving.combining.ledger import NUMBER, PROVEN_ELSEWHERE, TIME, YES, Book, Ledgered
from matricula.leaving.combining.lines import CHANGED, CLOSED, REMOVED, Select, line
from matricula.leaving.combining.program_lines import MEMBERS

ACCOUNTS, TIES, IDENTITIES = "accounts_account", "organizations_affiliation", "identities_identity"
ROLES, MANAGERS, ARRIVALS = "organizations_role", "programs_group_managers", "joining_arrival"
ROLE = ("organization_id", "account_id", "kind", "since")
MANAGER = ("group_id", "account_id")


def closing(words: Dialect) -> str:
    """First, so that its columns say of what kind those of all lines are."""
    before = words.columns("is_active", "deleted_at", row="r")
    after = words.columns(row="r", is_active="false", deleted_at=words.now)
    told = line(ACCOUNTS, CLOSED, row="r", before=before, after=after)
    return f"{told} FROM {ACCOUNTS} r WHERE r.id = {words.given}"


def ending_rows(table: str, which: str, *kept: str, **news: str) -> Select:
    """Rows that end; `kept`: columns of theirs that the line tells of beside those that change."""

    def select(words: Dialect) -> str:
        changed = {name: value.format(**vars(words)) for name, value in news.items()}
        before, after = words.columns(*changed, row="r"), words.columns(row="r", **changed)
        told = line(table, CHANGED, row="r", before=before, after=after)
        return f"{told} FROM {table} r WHERE r.account_id = {words.given} AND {which.format(**vars(words))}"

    return select


def removing(table: str, *columns: str) -> Select:
    """Rows that go; the line keeps them."""

    def select(words: Dialect) -> str:
        before, after = words.columns(*columns, row="r"), words.columns(row="r")
        told = line(table, REMOVED, row="r", before=before, after=after)
        return f"{told} FROM {table} r WHERE r.account_id = {words.given}"

    return select


SELECTS: tuple[Select, ...] = (
    closing,
    ending_rows(MEMBERS, "r.state = 'active'", state="'left'", left_at="{now}"),
    ending_rows(TIES, "r.ended_at IS NULL", ended_at="{now}", leaving_at="NULL"),
    ending_rows(IDENTITIES, "r.ended_at IS NULL", ended_at="{now}", ended_by="'person'"),
    removing(ROLES, *ROLE),
    removing(MANAGERS, *MANAGER),
    removing(ADDRESSES, *ADDRESS),
    ending_rows(ARRIVALS, "r.finished_at IS NULL AND r.expires_at > {now}", expires_at="{now}"),
)


@cache
def deletion_sql() -> str:
    """All lines. Parameters: given, the account; now."""
    words = dialect()
    return "\nUNION ALL\n".join(select(words) for select in SELECTS)


def tie_taken(organization: str, account: str) -> str:
    """Whether a tie that ended by this deletion cannot come back: the organization has somebody else under
    its work e-mail."""
    return f"""EXISTS (SELECT 1 FROM {TIES} own
        JOIN {TIES} other ON other.organization_id = own.organization_id
            AND other.canonical = own.canonical AND other.ended_at IS NULL AND other.id <> own.id
        WHERE own.organization_id = {organization} AND own.account_id = {account}
        AND own.id IN (SELECT x.row_id FROM leaving_deletionline x
            WHERE x.deletion_id = l.deletion_id AND x.table_name = '{TIES}'))"""


def deleted_tables(words: Dialect) -> list[Ledgered]:
    """In the order in which lines are carried out; the account is closed last, and opened first."""
    company = "(SELECT o.organization_id FROM identities_connection o WHERE o.id = t.connection_id)"
    role_there = f"""EXISTS (SELECT 1 FROM leaving_deletionline x WHERE x.deletion_id = l.deletion_id
        AND x.table_name = '{ROLES}' AND {words.value("x.before", "organization_id", NUMBER)} = {company})"""
    linked = f"""EXISTS (SELECT 1 FROM {IDENTITIES} i WHERE i.connection_id = t.connection_id
        AND i.subject = t.subject AND i.ended_at IS NULL AND i.id <> t.id)"""
    return [
        Ledgered(
            MEMBERS,
            {"state": "varchar", "left_at": TIME},
            taken=tie_taken("t.organization_id", "t.account_id"),
        ),
        Ledgered(
            TIES,
            {"ended_at": TIME, "leaving_at": TIME},
            taken=tie_taken("t.organization_id", "t.account_id"),
        ),
        Ledgered(
            IDENTITIES,
            {"ended_at": TIME, "ended_by": "varchar"},
            taken=f"({linked} OR ({tie_taken(company, 't.account_id')} AND NOT {role_there}))",
        ),
        Ledgered(
            ROLES,
            {"organization_id": NUMBER, "account_id": NUMBER, "kind": "varchar", "since": TIME},
            gone=f"""NOT EXISTS (SELECT 1 FROM organizations_organization o
                WHERE o.id = {words.value("l.before", "organization_id", NUMBER)})""",
        ),
        Ledgered(
            MANAGERS,
            {"group_id": NUMBER, "account_id": NUMBER},
            gone=f"""NOT EXISTS (SELECT 1 FROM programs_group g
                WHERE g.id = {words.value("l.before", "group_id", NUMBER)})""",
        ),
        Ledgered(
            ADDRESSES,
            {
                "account_id": NUMBER,
                "address": "varchar",
                "canonical": "varchar",
                "is_primary": YES,
                "signs_in": YES,
                "added_at": TIME,
                "confirmed_at": TIME,
                "vouched_at": TIME,
                "power_ends_at": TIME,
                "power_zone": "varchar",
            },
            gone=PROVEN_ELSEWHERE.format(
                confirmed=words.value("l.before", "confirmed_at", TIME),
                canonical=words.value("l.before", "canonical", "varchar"),
            ),
        ),
        Ledgered(ARRIVALS, {"expires_at": TIME}),
        Ledgered(ACCOUNTS, {"is_active": YES, "deleted_at": TIME}),
    ]


DELETIONS = Book("leaving_deletionline", "deletion_id", deletion_sql, deleted_tables)
