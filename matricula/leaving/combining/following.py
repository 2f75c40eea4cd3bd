"""What came since and hangs on something that goes back goes with it; the rest is of the account kept.

Afterwards an enrolment, its membership and the tie to the company are of one account.
"""

from matricula.leaving.combining.dialect import dialect, run
from matricula.leaving.combining.ledger import Ledger


def follow_what_goes_back(ledger: Ledger) -> None:
    words = dialect()
    kept, given = words.kept, words.given
    theirs = f"SELECT m.id FROM programs_membership m WHERE m.account_id = {given}"
    kepts = f"SELECT m.id FROM programs_membership m WHERE m.account_id = {kept}"
    for statement in (
        # Memberships in a company that only the account given up belongs to.
        f"""UPDATE programs_membership AS t SET account_id = {given} WHERE t.account_id = {kept}
        AND t.joined_at >= (SELECT made_at FROM leaving_combining WHERE id = {words.combining})
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
    ):
        run(statement, ledger.params)
