"""What organizations read in their audit logs of a deletion and its taking back: of their own rows only."""

from collections.abc import Mapping

from matricula.leaving.combining.dialect import run
from matricula.leaving.combining.journal import ENTRY
from matricula.leaving.combining.ledger import Ledger
from matricula.leaving.combining.program_lines import MEMBERS
from matricula.leaving.deletion.plan import IDENTITIES, ROLES, TIES

KINDS = {
    MEMBERS: ("programs.membership", "membership"),
    TIES: ("organizations.affiliation", "affiliation"),
    ROLES: ("organizations.role", "role"),
    IDENTITIES: ("identities.identity", "identity"),
}
DELETED = {"membership": "ended", "affiliation": "ended", "role": "removed", "identity": "ended"}
TAKEN_BACK = dict.fromkeys(DELETED, "taken_back")


def write_lines(ledger: Ledger, acts: Mapping[str, set[str]], verbs: Mapping[str, str]) -> None:
    """One statement, however many rows. Call it while the rows are there: before they go, after they came."""
    selects = [select_lines(ledger, one, verbs) for one in KINDS if one in acts]
    if selects:
        run(f"INSERT INTO audit_entry ({ENTRY}) {' UNION ALL '.join(selects)}", ledger.params)


def select_lines(ledger: Ledger, table: str, verbs: Mapping[str, str]) -> str:
    words, (kind, noun) = ledger.book.words, KINDS[table]
    beside = "JOIN identities_connection o ON o.id = t.connection_id" if table == IDENTITIES else ""
    organization = "o.organization_id" if beside else "t.organization_id"
    back = " AND l.undone = 'back'" if verbs is TAKEN_BACK else ""
    told = words.columns(row="t", account=words.given, deleted="true")
    nothing = words.columns(row="t")
    before, after = (told, nothing) if verbs is TAKEN_BACK else (nothing, told)
    verb = f"{noun}.{verbs[noun]}"
    return f"""SELECT {words.now}, {organization}, {words.given}, 'personal', '{verb}', '{kind}', t.id,
        {before}, {after} FROM {words.lines} l JOIN {table} t ON t.id = l.row_id {beside}
        WHERE l.{words.key} = {words.deed} AND l.table_name = '{table}'{back}"""
