"""What the database keeps of enrolments by itself: what each member started and completed, how many did."""

from matricula.db.triggers import Trigger, after_installing, register_triggers
from matricula.learning.recount import recount_courses
from matricula.programs.counting import Counter, register_counter

TABLE = "learning_enrolment"
# SQLite has triggers for rows only: what the old row added is taken off and what the new one adds is put
# on, unless nothing that counts has changed (MOVED). PostgreSQL has the rows of a whole statement and
# changes each member once (ADVANCE): a member's row is locked, so the sum of what two transactions did is
# right.
STEP = """UPDATE programs_membership SET courses_started = courses_started {sign} 1,
courses_completed = courses_completed {sign} ({side}.completed_at IS NOT NULL)
WHERE id = {side}.membership_id"""
MOVED = """ AND (OLD.membership_id IS NOT NEW.membership_id
OR (OLD.completed_at IS NULL) <> (NEW.completed_at IS NULL))"""
LESS, MORE = STEP.format(sign="-", side="OLD"), STEP.format(sign="+", side="NEW")
STEPS = {"INSERT": MORE, "DELETE": LESS, "UPDATE": f"{LESS}{MOVED}; {MORE}{MOVED}"}
SIDE = "SELECT membership_id, completed_at, {sign}1 AS n FROM {side}_rows"
SIDES = {
    "INSERT": SIDE.format(sign="", side="new"),
    "DELETE": SIDE.format(sign="-", side="old"),
    "UPDATE": f"{SIDE.format(sign='', side='new')} UNION ALL {SIDE.format(sign='-', side='old')}",
}
ADVANCE = """UPDATE programs_membership m
SET courses_started = m.courses_started + d.started, courses_completed = m.courses_completed + d.completed
FROM (SELECT membership_id, sum(n) AS started,
    coalesce(sum(n) FILTER (WHERE completed_at IS NOT NULL), 0) AS completed
    FROM ({sides}) e WHERE membership_id IS NOT NULL GROUP BY membership_id) d
WHERE m.id = d.membership_id AND (d.started <> 0 OR d.completed <> 0)"""
register_triggers(
    Trigger("sqlite", f"steps_{event.lower()}", TABLE, f"AFTER {event}", body)
    for event, body in STEPS.items()
)
register_triggers(
    Trigger(
        "postgresql",
        f"steps_{event.lower()}",
        TABLE,
        f"AFTER {event}",
        ADVANCE.format(sides=sides),
        each="STATEMENT",
    )
    for event, sides in SIDES.items()
)
register_counter(
    Counter(
        "enrolled",
        TABLE,
        {
            "course_started": "{row}.course_id",
            "course_completed": "CASE WHEN {row}.completed_at IS NOT NULL THEN {row}.course_id END",
            "completed_on": "day({row}.completed_at)",
        },
        program="m.program_id",
        beside="JOIN programs_membership m ON m.id = {row}.membership_id",
    )
)
after_installing(recount_courses)
