"""What came since and hangs on something that goes back goes with it; the rest is of the account kept.

Afterwards an enrolment, its membership and the tie to the company are of one account.
"""

from matricula.leaving.combining.dialect import dialect, run
from matricula.leaving.combining.ledger import NUMBER, TIME, Ledger


def follow_what_goes_back(ledger: Ledger) -> None:
    words = dialect()
    kept, given = words.kept, words.given
    theirs = f"SELECT m.id FROM programs_membership m WHERE m.account_id = {given}"
    kepts = f"SELECT m.id FROM programs_membership m WHERE m.account_id = {kept}"
    for statement in (
        # Memberships in a company that only the account given up belongs to.
        f"""UPDATE programs_membership AS t SET account_id = {given} WHERE t.account_id = {kept}
        AND t.joined_at >= (SELECT made_at FROM leaving_combining WHERE id = {words.deed})
        AND EXISTS (SELECT 1 FROM organizations_affiliation a WHERE a.account_id = {given}
            AND a.organization_id = t.organization_id AND a.ended_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM organizations_affiliation a WHERE a.account_id = {kept}
            AND a.organization_id = t.organization_id)
        AND NOT EXISTS (SELECT 1 FROM programs_membership o
            WHERE o.account_id = {given} AND o.program_id = t.program_id)""",
        # Courses started in a membership that went back.
        f"""UPDATE learning_enrolment AS t SET account_id = {given} WHERE t.account_id = {kept}
        AND t.membership_id IN ({theirs}) AND NOT EXISTS (SELECT 1 FROM learning_enrolment o
            WHERE o.account_id = {given} AND o.course_id = t.course_id)""",
        *(
            f"UPDATE learning_enrolment AS t SET {column} = NULL WHERE t.account_id = {whose}"
            f" AND t.{column} IN ({others})"
            for column in ("membership_id", "resumed_in_id")
            for whose, others in ((kept, theirs), (given, kepts))
        ),
        # Certificates of what went back, also one issued since.
        f"""UPDATE credentials_certificate AS t SET account_id = e.account_id FROM learning_enrolment e
        WHERE e.id = t.enrolment_id AND t.account_id IN ({kept}, {given})
        AND e.account_id IN ({kept}, {given}) AND e.account_id <> t.account_id""",
        f"""UPDATE credentials_certificate AS t SET account_id = e.account_id
        FROM learning_specializationenrolment e
        WHERE e.id = t.specialization_enrolment_id AND t.account_id IN ({kept}, {given})
        AND e.account_id IN ({kept}, {given}) AND e.account_id <> t.account_id""",
        # What was set aside is so no longer, whatever became of it.
        f"""UPDATE programs_membership AS t SET set_aside_at = NULL
        WHERE t.account_id = {given} AND t.set_aside_at IS NOT NULL""",
        *not_own_lessons(),
    ):
        run(statement, ledger.params)


def not_own_lessons() -> tuple[str, ...]:
    """A lesson that the other account did and nobody did again is open again, also where something else of
    its row changed since; and so is a course that was completed with it, unless its certificate is out."""
    words = dialect()
    ours = f"l.{words.key} = {words.deed}"
    lesson = f"""{ours} AND l.table_name = 'learning_progress' AND l.undone = 'kept'
        AND {words.value("l.before", "done_at", TIME)} IS NULL
        AND t.done_at = {words.value("l.after", "done_at", TIME)}"""
    score, before = (words.value(side, "score", "smallint") for side in ("l.after", "l.before"))
    reset = f"""UPDATE learning_progress AS t SET done_at = NULL,
        score = CASE WHEN t.score {words.same} {score} THEN {before} ELSE t.score END
        FROM {words.lines} l WHERE"""
    copied = " AND ".join(
        f"t.{name} = {words.value('l.after', name, NUMBER)}" for name in ("enrolment_id", "lesson_id")
    )
    kept_open = f"""t.account_id = {words.kept} AND t.completed_at >= {{made}}
        AND t.id IN (SELECT l.counterpart FROM {words.lines} l
            WHERE {ours} AND l.act = 'set_aside' AND l.table_name = '{{table}}')
        AND NOT EXISTS (SELECT 1 FROM credentials_certificate c WHERE c.{{key}} = t.id)"""
    made = f"(SELECT made_at FROM leaving_combining WHERE id = {words.deed})"
    course = kept_open.format(made=made, table="learning_enrolment", key="enrolment_id")
    return (
        f"{reset} l.act = 'copied' AND {copied} AND {lesson}",
        f"{reset} l.act = 'changed' AND t.id = l.row_id AND {lesson}",
        f"""UPDATE learning_enrolment AS t SET completed_at = NULL WHERE {course}
        AND EXISTS (SELECT 1 FROM catalog_lesson s WHERE s.course_id = t.course_id AND s.required
            AND s.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM learning_progress p
                WHERE p.enrolment_id = t.id AND p.lesson_id = s.id AND p.done_at IS NOT NULL))""",
        f"""UPDATE learning_specializationenrolment AS t SET completed_at = NULL
        WHERE t.account_id = {words.kept} AND t.completed_at >= {made}
        AND NOT EXISTS (SELECT 1 FROM credentials_certificate c WHERE c.specialization_enrolment_id = t.id)
        AND EXISTS (SELECT 1 FROM catalog_specializationcourse s JOIN catalog_course c ON c.id = s.course_id
            WHERE s.specialization_id = t.specialization_id AND c.withdrawn_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM learning_enrolment e WHERE e.course_id = s.course_id
                AND e.account_id = t.account_id AND e.completed_at IS NOT NULL))""",
    )
