"""What becomes of invitations: whoever is in a program is not invited to it."""

from matricula.leaving.combining.address_lines import ADDRESSES, left_behind
from matricula.leaving.combining.dialect import Dialect
from matricula.leaving.combining.lines import CHANGED, line, moving

INVITATIONS = "invitations_invitation"
LIVE = "('queued', 'sent', 'failed')"
moving_invitations = moving(INVITATIONS, "true", column="accepted_by_id")


def settling_invitations(words: Dialect) -> str:
    """Those that still wait at an address of either, in programs in which the person is with either."""
    before = words.columns("state", "accepted_by_id", "answered_at", "remind_at", row="i")
    news = {"state": "'joined'", "accepted_by_id": words.kept, "answered_at": words.now}
    after = words.columns(row="i", **news, remind_at="NULL")
    told = line(INVITATIONS, CHANGED, row="i", before=before, after=after)
    both = f"({words.kept}, {words.given})"
    return f"""{told} FROM {INVITATIONS} i WHERE i.state IN {LIVE}
    AND i.program_id IN (SELECT m.program_id FROM place w JOIN programs_membership m ON m.id = w.id
        WHERE w.active)
    AND i.canonical IN (SELECT a.canonical FROM {ADDRESSES} a WHERE a.confirmed_at IS NOT NULL
            AND (a.account_id = {words.kept} OR (a.account_id = {words.given} AND NOT {left_behind(words)}))
        UNION SELECT f.canonical FROM organizations_affiliation f WHERE f.account_id IN {both}
            AND f.organization_id = i.organization_id AND f.ended_at IS NULL)"""


def invited_anew() -> str:
    """Whether another invitation took the place of one that would be open again: `t` is its row."""
    return f"""(l.act = '{CHANGED}' AND EXISTS (SELECT 1 FROM {INVITATIONS} n WHERE n.id <> t.id
        AND n.program_id = t.program_id AND n.canonical = t.canonical AND n.state IN {LIVE}))"""
