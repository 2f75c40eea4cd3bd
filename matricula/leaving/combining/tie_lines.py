"""What becomes of entries in organizations, and of one that lists the person twice.

It says which work e-mail stays (`doubled/agreements.py`); the ids of those entries are the parameter
`staying`, one of each two. The entry of the account given up ends first, with its external id; where its work
e-mail stays, the entry of the account kept takes that over, and the one before becomes history.
"""

from matricula.leaving.combining.dialect import Dialect
from matricula.leaving.combining.lines import CHANGED, COPIED, SET_ASIDE, line, moving

TIES = "organizations_affiliation"
NAMED = "named"
"""The reason of an entry whose work e-mail stays although the entry ends."""
moving_ties = moving(
    TIES,
    """NOT EXISTS (SELECT 1 FROM organizations_affiliation o WHERE o.account_id = {kept}
        AND o.organization_id = r.organization_id AND o.ended_at IS NULL)""",
)


def both_live(words: Dialect) -> str:
    """`g` and `k` are live in one organization: of the account given up, and of the one kept."""
    return f"""{TIES} g JOIN {TIES} k ON k.organization_id = g.organization_id
        AND g.account_id = {words.given} AND k.account_id = {words.kept}
        AND g.ended_at IS NULL AND k.ended_at IS NULL"""


def going(words: Dialect, row: str) -> str:
    """Whether the organization knows the person no longer by the work e-mail of the entry `row`."""
    return f"""({row}.ended_at IS NULL AND {row}.id NOT IN {words.staying} AND EXISTS (
        SELECT 1 FROM {TIES} b WHERE b.organization_id = {row}.organization_id AND b.id <> {row}.id
        AND b.account_id IN ({words.kept}, {words.given}) AND b.ended_at IS NULL))"""


def setting_ties_aside(words: Dialect) -> str:
    before, after = words.columns("ended_at", row="g"), words.columns(row="g", ended_at=words.now)
    reason = f"CASE WHEN g.id IN {words.staying} THEN '{NAMED}' ELSE '' END"
    told = line(TIES, SET_ASIDE, row="g", before=before, after=after, beside="k.id", reason=reason)
    return f"{told} FROM {both_live(words)}"


def changing_ties(words: Dialect) -> str:
    before = words.columns("work_email", "canonical", row="k")
    after = words.columns("work_email", "canonical", row="g")
    told = line(TIES, CHANGED, row="k", before=before, after=after, beside="g.id")
    return f"{told} FROM {both_live(words)} WHERE g.id IN {words.staying}"


def copying_ties(words: Dialect) -> str:
    """Whoever looks for the work e-mail of before finds the person."""
    columns = ("account_id", "organization_id", "work_email", "canonical", "started_at")
    after = words.columns(*columns, row="k", ended_at=words.now)
    told = line(TIES, COPIED, row="k", before=words.columns(row="k"), after=after, beside="g.id")
    return f"{told} FROM {both_live(words)} WHERE g.id IN {words.staying}"


def taken(words: Dialect) -> str:
    """Whether the work e-mail that an entry, `t`, would have again is somebody else's meanwhile, or still the
    one of the account kept, whose own is."""
    before = words.value("l.before", "canonical", "varchar")
    before_kept = words.value("c.before", "canonical", "varchar")
    still = f"""EXISTS (SELECT 1 FROM {TIES} k WHERE k.id = l.counterpart AND k.ended_at IS NULL
        AND k.canonical = t.canonical AND NOT EXISTS (SELECT 1 FROM {words.lines} c
            WHERE c.{words.key} = l.{words.key} AND c.table_name = l.table_name AND c.act = '{CHANGED}'
            AND c.row_id = k.id AND k.work_email = {words.value("c.after", "work_email", "varchar")}
            AND NOT {somebody_elses(words, before_kept)}))"""
    return f"""((l.act = '{CHANGED}' AND {somebody_elses(words, before)})
        OR (l.act = '{SET_ASIDE}' AND ({somebody_elses(words, "t.canonical")} OR {still})))"""


def somebody_elses(words: Dialect, canonical: str) -> str:
    both = f"({words.kept}, {words.given})"
    return f"""(EXISTS (SELECT 1 FROM {TIES} n WHERE n.organization_id = t.organization_id
            AND n.ended_at IS NULL AND n.canonical = {canonical} AND n.account_id NOT IN {both})
        OR EXISTS (SELECT 1 FROM accounts_emailaddress p WHERE p.canonical = {canonical}
            AND p.confirmed_at IS NOT NULL AND p.account_id NOT IN {both}))"""
