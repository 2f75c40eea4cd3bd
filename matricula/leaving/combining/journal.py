"""What organizations read in their audit logs of a combining and of its undoing: of their own rows only."""

from collections.abc import Mapping

from matricula.leaving.combining.dialect import dialect, run
from matricula.leaving.combining.invitation_lines import INVITATIONS
from matricula.leaving.combining.ledger import Ledger
from matricula.leaving.combining.lines import CHANGED
from matricula.leaving.combining.tie_lines import TIES

TOLD = {
    "programs_membership": ("programs.membership", "membership"),
    "organizations_affiliation": ("organizations.affiliation", "affiliation"),
    "organizations_role": ("organizations.role", "role"),
    "identities_identity": ("identities.identity", "identity"),
}
OWNED_BY = {
    "identities_identity": "JOIN identities_connection o ON o.id = t.connection_id",
}
COMBINED = {"moved": "moved", "set_aside": "set_aside"}
UNDONE = {"moved": "moved_back", "set_aside": "taken_up"}
ENTRY = "at, organization_id, actor_id, assurance, verb, subject_type, subject_id, before, after"


def write_lines(
    ledger: Ledger, acts: Mapping[str, set[str]], verbs: Mapping[str, str], *, actor: int
) -> None:
    """One statement, however many rows moved."""
    selects = [select_lines(one, verbs) for one in TOLD if acts.get(one, set()) & verbs.keys()]
    if CHANGED in acts.get(INVITATIONS, set()):
        selects.append(select_invitations(verbs))
    if CHANGED in acts.get(TIES, set()):
        selects.append(select_renamed(verbs))
    if selects:
        told = " UNION ALL ".join(selects)
        run(f"INSERT INTO audit_entry ({ENTRY}) {told}", ledger.params | {"actor": actor})


def select_invitations(verbs: Mapping[str, str]) -> str:
    """Those of people who turned out to be members, and those that are open again."""
    words, undoing = dialect(), verbs is UNDONE
    verb, back = ("reopened", " AND l.undone = 'back'") if undoing else ("settled", "")
    nothing = words.columns(row="t")
    return f"""SELECT {words.now}, t.organization_id, {words.kept.replace("kept", "actor")}, 'personal',
        'invitation.{verb}', 'invitations.invitation', t.id, {nothing}, {nothing}
        FROM {words.lines} l JOIN {INVITATIONS} t ON t.id = l.row_id WHERE l.{words.key} = {words.deed}
        AND l.table_name = '{INVITATIONS}' AND l.act = '{CHANGED}'{back}"""


def select_renamed(verbs: Mapping[str, str]) -> str:
    """Entries that took over the work e-mail of another one, or have their own again."""
    words, undoing = dialect(), verbs is UNDONE
    sides = ("after", "before") if undoing else ("before", "after")
    told = (words.columns(row="t", address=words.value(f"l.{one}", "work_email", "varchar")) for one in sides)
    back = " AND l.undone = 'back'" if undoing else ""
    return f"""SELECT {words.now}, t.organization_id, {words.kept.replace("kept", "actor")}, 'personal',
        'affiliation.renamed', 'organizations.affiliation', t.id, {", ".join(told)}
        FROM {words.lines} l JOIN {TIES} t ON t.id = l.row_id WHERE l.{words.key} = {words.deed}
        AND l.table_name = '{TIES}' AND l.act = '{CHANGED}'{back}"""


def select_lines(table: str, verbs: Mapping[str, str]) -> str:
    words, (kind, noun) = dialect(), TOLD[table]
    beside = OWNED_BY.get(table, "")
    organization = "o.organization_id" if beside else "t.organization_id"
    undoing = verbs is UNDONE
    whose = f"CASE WHEN l.act = 'moved' THEN {words.kept} ELSE {words.given} END"
    before, after = (words.given, whose) if not undoing else (whose, words.given)
    told = " ".join(f"WHEN '{act}' THEN '{noun}.{verb}'" for act, verb in verbs.items())
    actor = words.kept.replace("kept", "actor")
    back = " AND l.undone = 'back'" if undoing else ""
    listed = ", ".join(f"'{act}'" for act in verbs)
    return f"""SELECT {words.now}, {organization}, {actor}, 'personal', CASE l.act {told} END, '{kind}', t.id,
        {words.columns(row="t", account=before)}, {words.columns(row="t", account=after)}
        FROM {words.lines} l JOIN {table} t ON t.id = l.row_id {beside}
        WHERE l.{words.key} = {words.deed} AND l.table_name = '{table}' AND l.act IN ({listed}){back}"""
