"""What becomes of courses, lessons, Specializations and certificates."""

from matricula.leaving.combining.dialect import Dialect
from matricula.leaving.combining.lines import CHANGED, COPIED, MOVED, SET_ASIDE, UNITED, line

STANDING = ("started_at", "completed_at", "membership_id", "resumed_in_id", "last_lesson_id")


def moving_enrolments(words: Dialect) -> str:
    """Courses that only the account given up has, under the membership that goes on."""
    before = words.columns("account_id", "membership_id", "resumed_in_id", row="e")
    after = words.columns(
        row="e",
        account_id=words.kept,
        membership_id="coalesce(pm.id, e.membership_id)",
        resumed_in_id="coalesce(pr.id, e.resumed_in_id)",
    )
    told = line("learning_enrolment", MOVED, row="e", before=before, after=after)
    return f"""{told} FROM learning_enrolment e
    LEFT JOIN place pm ON pm.was = e.membership_id LEFT JOIN place pr ON pr.was = e.resumed_in_id
    WHERE e.account_id = {words.given} AND NOT EXISTS (SELECT 1 FROM united u WHERE u.g = e.id)"""


def setting_enrolments_aside(words: Dialect) -> str:
    """Their memberships go on counting them, unless the counterpart counts there already."""
    before = words.columns("membership_id", "resumed_in_id", row="e")
    counted = "(coalesce(u.new_membership, 0), coalesce(u.new_resumed, 0))"
    after = words.columns(
        row="e",
        membership_id=f"CASE WHEN u.g_membership IN {counted} THEN NULL ELSE u.g_membership END",
        resumed_in_id=f"CASE WHEN u.g_resumed IN {counted} THEN NULL ELSE u.g_resumed END",
    )
    told = line("learning_enrolment", SET_ASIDE, row="e", before=before, after=after, beside="u.o")
    return f"{told} FROM united u JOIN learning_enrolment e ON e.id = u.g"


def changing_enrolments(words: Dialect) -> str:
    """Begun at the earlier, completed at the earlier, or today when the lessons of both make it whole."""
    changed = {
        "started_at": words.earlier("o.started_at", "e.started_at"),
        "completed_at": "u.completed",
        "membership_id": "u.new_membership",
        "resumed_in_id": "u.new_resumed",
        "last_lesson_id": "coalesce(o.last_lesson_id, e.last_lesson_id)",
    }
    before, after = words.columns(*STANDING, row="o"), words.columns(row="o", **changed)
    reason = f"CASE WHEN u.unfinished AND u.completed IS NOT NULL THEN '{UNITED}' ELSE '' END"
    told = line(
        "learning_enrolment", CHANGED, row="o", before=before, after=after, beside="u.g", reason=reason
    )
    same = " AND ".join(f"o.{name} {words.same} {value}" for name, value in changed.items())
    return f"""{told} FROM united u JOIN learning_enrolment e ON e.id = u.g
    JOIN learning_enrolment o ON o.id = u.o WHERE NOT ({same})"""


PROGRESS = ("seconds", "place", "answers", "score", "done_at", "updated_at")
BETTER = """((q.done_at IS NOT NULL), coalesce(q.score, -1), q.seconds, q.updated_at)
    > ((p.done_at IS NOT NULL), coalesce(p.score, -1), p.seconds, p.updated_at)"""
"""A lesson's row of the account given up beats the other one whole, so answers and score are one's."""


def changing_progress(words: Dialect) -> str:
    better = {name: f"CASE WHEN {BETTER} THEN q.{name} ELSE p.{name} END" for name in PROGRESS[1:]}
    seconds = words.later("p.seconds", "q.seconds")
    before, after = words.columns(*PROGRESS, row="p"), words.columns(row="p", seconds=seconds, **better)
    told = line("learning_progress", CHANGED, row="p", before=before, after=after, beside="q.id")
    return f"""{told} FROM united u JOIN learning_progress q ON q.enrolment_id = u.g
    JOIN learning_progress p ON p.enrolment_id = u.o AND p.lesson_id = q.lesson_id
    WHERE q.seconds > p.seconds OR {BETTER}"""


def copying_progress(words: Dialect) -> str:
    after = words.columns("lesson_id", *PROGRESS, row="q", enrolment_id="u.o")
    told = line(
        "learning_progress", COPIED, row="q", before=words.columns(row="q"), after=after, beside="u.o"
    )
    return f"""{told} FROM united u JOIN learning_progress q ON q.enrolment_id = u.g
    WHERE NOT EXISTS (SELECT 1 FROM learning_progress p
        WHERE p.enrolment_id = u.o AND p.lesson_id = q.lesson_id)"""


NOTE = ("text", "updated_at")


def changing_notes(words: Dialect) -> str:
    """Both wrote something at one lesson: nothing of it is lost."""
    both = "p.text || '\n\n' || q.text"
    before = words.columns(*NOTE, row="p")
    after = words.columns(row="p", text=both, updated_at=words.later("p.updated_at", "q.updated_at"))
    told = line("learning_lessonnote", CHANGED, row="p", before=before, after=after, beside="q.id")
    return f"""{told} FROM united u JOIN learning_lessonnote q ON q.enrolment_id = u.g
    JOIN learning_lessonnote p ON p.enrolment_id = u.o AND p.lesson_id = q.lesson_id
    WHERE p.text <> q.text"""


def copying_notes(words: Dialect) -> str:
    after = words.columns("lesson_id", *NOTE, row="q", enrolment_id="u.o")
    told = line(
        "learning_lessonnote", COPIED, row="q", before=words.columns(row="q"), after=after, beside="u.o"
    )
    return f"""{told} FROM united u JOIN learning_lessonnote q ON q.enrolment_id = u.g
    WHERE NOT EXISTS (SELECT 1 FROM learning_lessonnote p
        WHERE p.enrolment_id = u.o AND p.lesson_id = q.lesson_id)"""


WHOLE = "s.specialization_id IN (SELECT specialization_id FROM whole_series)"


def moving_series(words: Dialect) -> str:
    completed = f"coalesce(s.completed_at, CASE WHEN {WHOLE} THEN {words.now} END)"
    before = words.columns("account_id", "completed_at", row="s")
    after = words.columns(row="s", account_id=words.kept, completed_at=completed)
    reason = f"CASE WHEN s.completed_at IS NULL AND {WHOLE} THEN '{UNITED}' ELSE '' END"
    told = line(SERIES, MOVED, row="s", before=before, after=after, reason=reason)
    alone = f"NOT EXISTS ({same_series(words.kept)})"
    return f"{told} FROM {SERIES} s WHERE s.account_id = {words.given} AND {alone}"


def setting_series_aside(words: Dialect) -> str:
    nothing = words.columns(row="s")
    told = line(SERIES, SET_ASIDE, row="s", before=nothing, after=nothing, beside="o.id")
    return f"""{told} FROM {SERIES} s
    JOIN {SERIES} o ON o.specialization_id = s.specialization_id AND o.account_id = {words.kept}
    WHERE s.account_id = {words.given}"""


def changing_series(words: Dialect) -> str:
    """Of the account kept; also one it has alone, when the courses of both make it whole."""
    completed = f"""CASE WHEN s.completed_at IS NULL AND g.completed_at IS NULL
        THEN CASE WHEN {WHOLE} THEN {words.now} END
        ELSE {words.earlier("s.completed_at", "g.completed_at")} END"""
    started = words.earlier("s.started_at", "g.started_at")
    before = words.columns("started_at", "completed_at", row="s")
    after = words.columns(row="s", started_at=started, completed_at=completed)
    reason = f"""CASE WHEN s.completed_at IS NULL AND g.completed_at IS NULL AND {WHOLE}
        THEN '{UNITED}' ELSE '' END"""
    told = line(SERIES, CHANGED, row="s", before=before, after=after, beside="g.id", reason=reason)
    return f"""{told} FROM {SERIES} s LEFT JOIN {SERIES} g
        ON g.specialization_id = s.specialization_id AND g.account_id = {words.given}
    WHERE s.account_id = {words.kept}
    AND NOT (s.started_at {words.same} {started} AND s.completed_at {words.same} {completed})"""


SERIES = "learning_specializationenrolment"


def same_series(account: str) -> str:
    return f"""SELECT 1 FROM {SERIES} o
        WHERE o.account_id = {account} AND o.specialization_id = s.specialization_id"""


def moving_certificates(words: Dialect) -> str:
    """All of them; one hangs on the counterpart where that has none. What they say stays as it is."""
    before = words.columns("account_id", "enrolment_id", "specialization_enrolment_id", row="c")
    after = words.columns(
        row="c",
        account_id=words.kept,
        enrolment_id="coalesce(u.o, c.enrolment_id)",
        specialization_enrolment_id="coalesce(o.id, c.specialization_enrolment_id)",
    )
    told = line("credentials_certificate", MOVED, row="c", before=before, after=after)
    return f"""{told} FROM credentials_certificate c
    LEFT JOIN united u ON u.g = c.enrolment_id
        AND NOT EXISTS (SELECT 1 FROM credentials_certificate d WHERE d.enrolment_id = u.o)
    LEFT JOIN {SERIES} s ON s.id = c.specialization_enrolment_id
    LEFT JOIN {SERIES} o ON o.specialization_id = s.specialization_id AND o.account_id = {words.kept}
        AND NOT EXISTS (SELECT 1 FROM credentials_certificate d WHERE d.specialization_enrolment_id = o.id)
    WHERE c.account_id = {words.given}"""
