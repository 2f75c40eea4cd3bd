"""What becomes of e-mail addresses."""

from matricula.leaving.combining.dialect import Dialect
from matricula.leaving.combining.lines import CHANGED, MOVED, REMOVED, line
from matricula.leaving.combining.tie_lines import TIES, going

ADDRESS = (
    "account_id",
    "address",
    "canonical",
    "is_primary",
    "signs_in",
    "added_at",
    "confirmed_at",
    "vouched_at",
    "power_ends_at",
    "power_zone",
)
ADDRESSES = "accounts_emailaddress"


def work_email(words: Dialect) -> str:
    """Whether an organization named one of the two by it, or says that its domain is its own."""
    return f"""(EXISTS (SELECT 1 FROM organizations_affiliation f
        WHERE f.account_id IN ({words.kept}, {words.given}) AND f.canonical = a.canonical)
    OR EXISTS (SELECT 1 FROM organizations_domain d
        WHERE d.proven_at IS NOT NULL AND d.lost_at IS NULL AND a.canonical LIKE '%%@' || d.name))"""


def left_behind(words: Dialect) -> str:
    """Whether it is of a company that the person left, or that knows them by another one from now on."""
    ties = f"SELECT 1 FROM {TIES} f WHERE f.canonical = a.canonical AND f.account_id"
    both = f"IN ({words.kept}, {words.given})"
    stays = f"f.ended_at IS NULL AND NOT {going(words, 'f')}"
    return f"""(a.power_ends_at IS NOT NULL OR (EXISTS ({ties} {both} AND NOT ({stays}))
        AND NOT EXISTS ({ties} {both} AND {stays})))"""


def of_ending_entry(words: Dialect) -> str:
    """Whether the work e-mail of one of two entries is it, and nothing else names the person by it."""
    ties = f"SELECT 1 FROM {TIES} f WHERE f.canonical = a.canonical AND {going(words, 'f')}"
    return f"""({left_behind(words)} AND EXISTS ({ties} AND f.account_id IN ({words.kept}, {words.given})))"""


def awaited(words: Dialect) -> str:
    """Whether somebody on their way into a program waits for it to be confirmed, and only here."""
    return f"""(EXISTS (SELECT 1 FROM joining_arrival w WHERE w.account_id = {words.given}
        AND w.finished_at IS NULL AND w.work_email IN (a.address, a.canonical))
    AND NOT EXISTS (SELECT 1 FROM {ADDRESSES} o
        WHERE o.account_id = {words.kept} AND o.canonical = a.canonical))"""


def coming(words: Dialect) -> str:
    return f"""(NOT {left_behind(words)} AND (a.confirmed_at IS NOT NULL OR {awaited(words)}))"""


def removing_addresses(words: Dialect) -> str:
    """They are free from now on; the ledger keeps them."""
    reason = f"""CASE WHEN {of_ending_entry(words)} THEN 'entry'
        WHEN {left_behind(words)} THEN 'left' ELSE 'unconfirmed' END"""
    before, after = words.columns(*ADDRESS, row="a"), words.columns(row="a")
    told = line(ADDRESSES, REMOVED, row="a", before=before, after=after, reason=reason)
    ending = f"(a.account_id = {words.kept} AND NOT a.is_primary AND {of_ending_entry(words)})"
    return f"""{told} FROM {ADDRESSES} a
    WHERE (a.account_id = {words.given} AND NOT {coming(words)}) OR {ending}"""


def removing_twins(words: Dialect) -> str:
    """The account kept lists, unconfirmed, what the other one proved."""
    before, after = words.columns(*ADDRESS, row="t"), words.columns(row="t")
    told = line(ADDRESSES, REMOVED, row="t", before=before, after=after, beside="a.id", reason="'twin'")
    return f"""{told} FROM {ADDRESSES} a JOIN {ADDRESSES} t
        ON t.canonical = a.canonical AND t.account_id = {words.kept}
    WHERE a.account_id = {words.given} AND {coming(words)}"""


def moving_addresses(words: Dialect) -> str:
    """Never as the primary one; to log in with only what did before and is no company's."""
    signs_in = f"(a.signs_in AND NOT {work_email(words)} AND a.id NOT IN {words.numbers})"
    before = words.columns("account_id", "is_primary", "signs_in", row="a")
    after = words.columns(row="a", account_id=words.kept, is_primary="false", signs_in=signs_in)
    reason = f"CASE WHEN {work_email(words)} THEN 'work' ELSE '' END"
    told = line(ADDRESSES, MOVED, row="a", before=before, after=after, reason=reason)
    return f"{told} FROM {ADDRESSES} a WHERE a.account_id = {words.given} AND {coming(words)}"


def changing_addresses(words: Dialect) -> str:
    """No company's mailbox logs in to the whole person, also not one that the account kept had before."""
    before, after = words.columns("signs_in", row="a"), words.columns(row="a", signs_in="false")
    told = line(ADDRESSES, CHANGED, row="a", before=before, after=after, reason="'work'")
    return f"""{told} FROM {ADDRESSES} a WHERE a.account_id = {words.kept} AND a.signs_in
    AND NOT a.is_primary AND {work_email(words)} AND NOT {of_ending_entry(words)}
    AND NOT EXISTS (SELECT 1 FROM {ADDRESSES} o WHERE o.account_id = {words.given}
        AND o.canonical = a.canonical AND o.confirmed_at IS NOT NULL)"""
