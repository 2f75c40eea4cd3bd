"""What the database keeps of enrolments by itself: what each member started and completed, how many did."""

from matricula.db.triggers import Trigger, after_installing, register_triggers
from matricula.learning.recount import recount_courses
from matricula.programs.counting import Counter, register_counter

TABLE = "learning_enrolment"
# SQLite has triggers for rows only: what the old row added is taken off and what the new one adds is put
# on, unless nothing that counts has changed (MOVED). PostgreSQL has the rows of a whole statement and
# changes each member once (ADVANCE): a member's row is locked, so the sum of what two transactions did is
# right.
# A course counts as started for the membership it was started in and for the one it was resumed in, and as
# completed for the later of these (LAST).
LAST = "coalesce({row}.resumed_in_id, {row}.membership_id)"
STEP = """UPDATE programs_membership SET courses_started = courses_started {sign} 1, courses_completed =
courses_completed {sign} ({side}.completed_at IS NOT NULL AND id = {last})
WHERE id IN ({side}.membership_id, {side}.resumed_in_id)""".replace("{last}", LAST.format(row="{side}"))
MOVED = """ AND (OLD.membership_id IS NOT NEW.membership_id OR OLD.resumed_in_id IS NOT NEW.resumed_in_id
OR (OLD.completed_at IS NULL) <> (NEW.completed_at IS NULL))"""
LESS, MORE = STEP.format(sign="-", side="OLD"), STEP.format(sign="+", side="NEW")
STEPS = {"INSERT": MORE, "DELETE": LESS, "UPDATE": f"{LESS}{MOVED}; {MORE}{MOVED}"}
SIDE = """SELECT membership_id, {sign}1 AS started,
CASE WHEN completed_at IS NOT NULL AND resumed_in_id IS NULL THEN {sign}1 ELSE 0 END AS completed
FROM {side}_rows UNION ALL SELECT resumed_in_id, {sign}1,
CASE WHEN completed_at IS NOT NULL THEN {sign}1 ELSE 0 END FROM {side}_rows WHERE resumed_in_id IS NOT NULL"""
SIDES = {
    "INSERT": SIDE.format(sign="", side="new"),
    "DELETE": SIDE.format(sign="-", side="old"),
    "UPDATE": f"{SIDE.format(sign='', side='new')} UNION ALL {SIDE.format(sign='-', side='old')}",
}
ADVANCE = """UPDATE programs_membership m
SET courses_started = m.courses_started + d.started, courses_completed = m.courses_completed + d.completed
FROM (SELECT membership_id, sum(started) AS started, sum(completed) AS completed
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
        {"course_started": "{row}.course_id"},
        program="m.program_id",
        beside="JOIN programs_membership m ON m.id IN ({row}.membership_id, {row}.resumed_in_id)",
    )
)
register_counter(
    Counter(
        "completed",
        TABLE,
        {
            "course_completed": "CASE WHEN {row}.completed_at IS NOT NULL THEN {row}.course_id END",
            "completed_on": "day({row}.completed_at)",
        },
        program="m.program_id",
        beside=f"JOIN programs_membership m ON m.id = {LAST}",
    )
)
after_installing(recount_courses)
