"""What becomes of memberships and groups."""

from matricula.leaving.combining.dialect import Dialect
from matricula.leaving.combining.lines import CHANGED, COPIED, MOVED, REMOVED, SET_ASIDE, line

MEMBERS = "programs_membership"


def doubled(words: Dialect) -> str:
    return f"""{MEMBERS} m JOIN {MEMBERS} o ON o.program_id = m.program_id
        AND o.account_id = {words.kept} AND m.account_id = {words.given}"""


def moving_memberships(words: Dialect) -> str:
    before, after = words.columns("account_id", row="m"), words.columns(row="m", account_id=words.kept)
    told = line(MEMBERS, MOVED, row="m", before=before, after=after)
    return f"""{told} FROM {MEMBERS} m WHERE m.account_id = {words.given}
    AND NOT EXISTS (SELECT 1 FROM {MEMBERS} o
        WHERE o.program_id = m.program_id AND o.account_id = {words.kept})"""


def setting_memberships_aside(words: Dialect) -> str:
    before = words.columns("state", "left_at", "set_aside_at", row="m")
    state = "CASE WHEN m.state = 'active' THEN 'left' ELSE m.state END"
    left = f"coalesce(m.left_at, {words.now})"
    after = words.columns(row="m", state=state, left_at=left, set_aside_at=words.now)
    told = line(MEMBERS, SET_ASIDE, row="m", before=before, after=after, beside="o.id")
    return f"{told} FROM {doubled(words)}"


def changing_memberships(words: Dialect) -> str:
    """The one that stays has the better state of both, and is as old as the older."""
    changed = {
        "state": """CASE WHEN 'active' IN (o.state, m.state) THEN 'active'
            WHEN 'removed' IN (o.state, m.state) THEN 'removed' ELSE o.state END""",
        "joined_at": words.earlier("o.joined_at", "m.joined_at"),
        "left_at": f"""CASE WHEN 'active' IN (o.state, m.state) THEN NULL
            ELSE {words.later("o.left_at", "m.left_at")} END""",
    }
    before, after = words.columns(*changed, row="o"), words.columns(row="o", **changed)
    told = line(MEMBERS, CHANGED, row="o", before=before, after=after, beside="m.id")
    same = " AND ".join(f"o.{name} {words.same} {value}" for name, value in changed.items())
    return f"{told} FROM {doubled(words)} WHERE NOT ({same})"


HELD = "leaving_helddeparture"


def moving_departures(words: Dialect) -> str:
    """A removal that waits for its day waits for the membership that stays, and goes back with the other one.
    Where both wait, each keeps its own: that of what is set aside sleeps."""
    before, after = words.columns("membership_id", row="h"), words.columns(row="h", membership_id="o.id")
    told = line(HELD, CHANGED, row="h", before=before, after=after, beside="o.id")
    return f"""{told} FROM {doubled(words)} JOIN {HELD} h ON h.membership_id = m.id AND h.state = 'held'
    WHERE NOT EXISTS (SELECT 1 FROM {HELD} k WHERE k.membership_id = o.id AND k.state = 'held')"""


def removed_since(words: Dialect, row: str) -> str:
    """Whether the organization removed somebody by `row`, a membership, since the two are one."""
    return f"""({row}.state = 'removed'
        AND {row}.left_at > (SELECT d.made_at FROM leaving_combining d WHERE d.id = {words.deed}))"""


def membership_over(words: Dialect) -> str:
    """Whoever was removed as the account kept is not in again as the other one."""
    return f"""(l.act = '{SET_ASIDE}' AND EXISTS (SELECT 1 FROM {MEMBERS} k
        WHERE k.id = l.counterpart AND {removed_since(words, "k")}))"""


GROUPS = "programs_membership_groups"


def removing_from_groups(words: Dialect) -> str:
    """What is set aside is in no group, or the person would be counted there twice."""
    before = words.columns("membership_id", "group_id", row="x")
    told = line(GROUPS, REMOVED, row="x", before=before, after=words.columns(row="x"), beside="o.id")
    return f"{told} FROM {doubled(words)} JOIN {GROUPS} x ON x.membership_id = m.id"


def copying_groups(words: Dialect) -> str:
    after = words.columns("group_id", row="x", membership_id="o.id")
    told = line(GROUPS, COPIED, row="x", before=words.columns(row="x"), after=after, beside="o.id")
    return f"""{told} FROM {doubled(words)} JOIN {GROUPS} x ON x.membership_id = m.id
    WHERE m.state = 'active' AND NOT EXISTS (SELECT 1 FROM {GROUPS} y
        WHERE y.membership_id = o.id AND y.group_id = x.group_id)"""
