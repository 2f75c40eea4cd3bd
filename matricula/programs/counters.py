"""What the database keeps of members by itself: the words they are found by, and their numbers."""

from django.db import connection

from matricula.db.search import register_search
from matricula.db.triggers import Trigger, after_installing, register_triggers
from matricula.programs.counting import Counter, register_counter
from matricula.programs.recount import recount_programs

WORDS = """' ' || lower((SELECT full_name FROM accounts_account WHERE id = {account})) || ' ' || coalesce((
    SELECT canonical FROM organizations_affiliation
    WHERE account_id = {account} AND organization_id = {organization}
    ORDER BY ended_at IS NOT NULL, ended_at DESC, id DESC LIMIT 1), '')"""
OF_ROW = WORDS.format(
    account="programs_membership.account_id", organization="programs_membership.organization_id"
)
RENEW = f"UPDATE programs_membership SET search = {OF_ROW} WHERE {{which}}"
"""A member is found by name and work e-mail: of the live tie, else of the one that ended last. A space
before each word lets the index find where words begin."""
NEW_MEMBER = WORDS.format(account="NEW.account_id", organization="NEW.organization_id")
TIED = "account_id = NEW.account_id AND organization_id = NEW.organization_id"
LISTENING = (
    ("renamed", "accounts_account", "AFTER UPDATE OF full_name", "account_id = NEW.id"),
    ("tied", "organizations_affiliation", "AFTER INSERT", TIED),
    ("tied_anew", "organizations_affiliation", "AFTER UPDATE OF canonical", TIED),
)
register_triggers(
    Trigger(vendor, name, table, when, RENEW.format(which=which))
    for vendor in ("postgresql", "sqlite")
    for name, table, when, which in LISTENING
)
register_triggers(
    [
        Trigger(
            "postgresql",
            "found_by",
            "programs_membership",
            "BEFORE INSERT",
            f"NEW.search := {NEW_MEMBER}",
            answer="NEW",
        ),
        Trigger(
            "sqlite", "found_by", "programs_membership", "AFTER INSERT", RENEW.format(which="id = NEW.id")
        ),
    ]
)
register_search("programs_membership")
register_counter(
    Counter(
        "members",
        "programs_membership",
        {
            "joined": "''",
            "joined_on": "day({row}.joined_at)",
            "started": "CASE WHEN {row}.courses_started > 0 THEN '' END",
            "completed": "CASE WHEN {row}.courses_completed > 0 THEN '' END",
        },
    )
)
register_counter(
    Counter(
        "grouped",
        "programs_membership_groups",
        {
            "group_joined": "{row}.group_id",
            "group_started": "CASE WHEN m.courses_started > 0 THEN {row}.group_id END",
            "group_completed": "CASE WHEN m.courses_completed > 0 THEN {row}.group_id END",
        },
        program="m.program_id",
        beside="JOIN programs_membership m ON m.id = {row}.membership_id",
        held="PERFORM 1 FROM programs_membership WHERE id IN (SELECT membership_id FROM {rows})"
        " ORDER BY id FOR NO KEY UPDATE",
    )
)
register_counter(
    Counter(
        "advanced",
        "programs_membership",
        {
            "group_started": "CASE WHEN {row}.courses_started > 0 THEN g.group_id END",
            "group_completed": "CASE WHEN {row}.courses_completed > 0 THEN g.group_id END",
        },
        beside="JOIN programs_membership_groups g ON g.membership_id = {row}.id",
        only="UPDATE",
    )
)


@after_installing
def renew_words() -> None:
    with connection.cursor() as cursor:
        cursor.execute(RENEW.format(which=f"search <> {OF_ROW}"))


after_installing(recount_programs)
