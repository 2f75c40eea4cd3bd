"""What becomes of every row of two accounts: one SELECT, which the preview shows and combining stores.

A row of the account given up that has no counterpart at the one kept *moves*: its account changes, its id
stays. One that has a counterpart is *set aside* as history, and what it has more is *changed* in the
counterpart or *copied* beside it. So no unique constraint meets a swap, and live accounts hold current rows
only.

Every statement is asked with the ids as parameters. With a sub-select in their place PostgreSQL walked the
ledger once a row: seconds instead of milliseconds at 5,000 courses.
"""

from functools import cache

from matricula.leaving.combining.address_lines import (
    changing_addresses,
    moving_addresses,
    removing_addresses,
    removing_twins,
)
from matricula.leaving.combining.dialect import Dialect, dialect
from matricula.leaving.combining.invitation_lines import moving_invitations, settling_invitations
from matricula.leaving.combining.learning_lines import (
    changing_enrolments,
    changing_notes,
    changing_progress,
    changing_series,
    copying_notes,
    copying_progress,
    moving_certificates,
    moving_enrolments,
    moving_series,
    setting_enrolments_aside,
    setting_series_aside,
)
from matricula.leaving.combining.lines import CLOSED, Select, line, moving
from matricula.leaving.combining.program_lines import (
    changing_memberships,
    copying_groups,
    moving_memberships,
    removing_from_groups,
    setting_memberships_aside,
)
from matricula.leaving.combining.tie_lines import changing_ties, copying_ties, moving_ties, setting_ties_aside


def common(words: Dialect) -> str:
    """What several SELECTs ask: where memberships stand afterwards, which courses are in both accounts."""
    whole = """EXISTS (SELECT 1 FROM learning_progress p WHERE p.enrolment_id IN (e.id, o.id)
            AND p.done_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM catalog_lesson s WHERE s.course_id = e.course_id AND s.required
            AND s.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM learning_progress p
                WHERE p.enrolment_id IN (e.id, o.id) AND p.lesson_id = s.id AND p.done_at IS NOT NULL))"""
    return f"""place AS MATERIALIZED (
    SELECT m.id AS was, coalesce(o.id, m.id) AS id,
        (m.state = 'active' OR coalesce(o.state, '') = 'active') AS active
    FROM programs_membership m
    LEFT JOIN programs_membership o ON o.program_id = m.program_id AND o.account_id = {words.kept}
    WHERE m.account_id = {words.given}
    UNION ALL
    SELECT o.id, o.id, (o.state = 'active' OR coalesce(m.state, '') = 'active')
    FROM programs_membership o
    LEFT JOIN programs_membership m ON m.program_id = o.program_id AND m.account_id = {words.given}
    WHERE o.account_id = {words.kept}),
both_sides AS MATERIALIZED (
    SELECT e.id AS g, o.id AS o, e.course_id, o.membership_id, o.resumed_in_id,
        pm.id AS g_membership, pr.id AS g_resumed, coalesce(pr.id, pm.id) AS g_last,
        CASE WHEN pr.id IS NULL THEN pm.active ELSE pr.active END AS g_active,
        CASE WHEN qr.id IS NULL THEN qm.active ELSE qr.active END AS o_active,
        CASE WHEN e.completed_at IS NULL AND o.completed_at IS NULL
            THEN CASE WHEN {whole} THEN {words.now} END
            ELSE {words.earlier("e.completed_at", "o.completed_at")} END AS completed,
        (e.completed_at IS NULL AND o.completed_at IS NULL) AS unfinished
    FROM learning_enrolment e
    JOIN learning_enrolment o ON o.course_id = e.course_id AND o.account_id = {words.kept}
    LEFT JOIN place pm ON pm.was = e.membership_id
    LEFT JOIN place pr ON pr.was = e.resumed_in_id
    LEFT JOIN place qm ON qm.was = o.membership_id
    LEFT JOIN place qr ON qr.was = o.resumed_in_id
    WHERE e.account_id = {words.given}),
taking AS (
    SELECT b.*, (b.completed IS NULL AND coalesce(b.g_active, false) AND NOT coalesce(b.o_active, false)
        AND b.g_last <> coalesce(b.membership_id, 0) AND b.g_last <> coalesce(b.resumed_in_id, 0)) AS takes
    FROM both_sides b),
united AS MATERIALIZED (
    SELECT t.*,
        CASE WHEN takes AND membership_id IS NULL THEN g_last ELSE membership_id END AS new_membership,
        CASE WHEN takes AND membership_id IS NOT NULL THEN g_last ELSE resumed_in_id END AS new_resumed
    FROM taking t),
finished AS MATERIALIZED (
    SELECT course_id FROM learning_enrolment
    WHERE account_id IN ({words.kept}, {words.given}) AND completed_at IS NOT NULL
    UNION SELECT course_id FROM united WHERE completed IS NOT NULL),
whole_series AS MATERIALIZED (
    SELECT s.specialization_id FROM catalog_specializationcourse s
    JOIN catalog_course c ON c.id = s.course_id
    WHERE s.specialization_id IN (SELECT specialization_id FROM learning_specializationenrolment
        WHERE account_id IN ({words.kept}, {words.given}))
    GROUP BY s.specialization_id
    HAVING sum(CASE WHEN s.course_id IN (SELECT course_id FROM finished) THEN 1 ELSE 0 END) > 0
    AND sum(CASE WHEN c.withdrawn_at IS NULL AND s.course_id NOT IN (SELECT course_id FROM finished)
        THEN 1 ELSE 0 END) = 0)"""


def closing_account(words: Dialect) -> str:
    """First, so that its columns say of what kind those of all lines are."""
    before = words.columns("combined_into_id", "is_active", row="r")
    after = words.columns(row="r", combined_into_id=words.kept, is_active="false")
    told = line("accounts_account", CLOSED, row="r", before=before, after=after)
    return f"{told} FROM accounts_account r WHERE r.id = {words.given}"


SELECTS: tuple[Select, ...] = (
    closing_account,
    moving_enrolments,
    setting_enrolments_aside,
    changing_enrolments,
    changing_progress,
    copying_progress,
    changing_notes,
    copying_notes,
    moving_series,
    setting_series_aside,
    changing_series,
    moving_certificates,
    moving_memberships,
    setting_memberships_aside,
    changing_memberships,
    removing_from_groups,
    copying_groups,
    removing_addresses,
    removing_twins,
    moving_addresses,
    changing_addresses,
    moving(
        "programs_group_managers",
        """NOT EXISTS (SELECT 1 FROM programs_group_managers o
            WHERE o.group_id = r.group_id AND o.account_id = {kept})""",
    ),
    moving_ties,
    setting_ties_aside,
    changing_ties,
    copying_ties,
    moving(
        "organizations_role",
        """NOT EXISTS (SELECT 1 FROM organizations_role o
            WHERE o.account_id = {kept} AND o.organization_id = r.organization_id)""",
    ),
    moving(
        "roles_appointment",
        """r.ended_at IS NULL AND EXISTS (SELECT 1 FROM organizations_role o
            WHERE o.account_id = {given} AND o.organization_id = r.organization_id)""",
        column="offered_by_id",
    ),
    moving(
        "identities_identity",
        """NOT (r.ended_at IS NULL AND EXISTS (SELECT 1 FROM identities_identity o WHERE o.account_id = {kept}
            AND o.connection_id = r.connection_id AND o.ended_at IS NULL))""",
    ),
    moving_invitations,
    settling_invitations,
    moving("joining_arrival", "r.finished_at IS NULL"),
)
_more: list[Select] = []


def brings_lines(select: Select) -> None:
    """Register the SELECT of a higher room, about a table of its own."""
    _more.append(select)


@cache
def plan_sql() -> str:
    """All lines. Parameters: kept, given, now; quiet, a JSON list of addresses that shall not log in."""
    words = dialect()
    selects = "\nUNION ALL\n".join(select(words) for select in (*SELECTS, *_more))
    return f"WITH {common(words)}\n{selects}"
