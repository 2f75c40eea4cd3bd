"""What the database keeps of members by itself: the words they are found by, and their numbers."""

from django.db import connection

from matricula.db.search import register_search
from matricula.db.triggers import Trigger, after_installing, register_triggers
from matricula.programs.counting import Counter, register_counter
from matricula.programs.recount import recount_programs

JOINED = {"postgresql": "string_agg(' ' || canonical, '')", "sqlite": "group_concat(' ' || canonical, '')"}
WORDS = """' ' || coalesce((SELECT lower(full_name) FROM accounts_account WHERE id = {account}), '')
    || coalesce((SELECT {joined} FROM (SELECT DISTINCT canonical FROM organizations_affiliation
    WHERE account_id = {account} AND organization_id = {organization} ORDER BY canonical) AS known), '')"""
"""A member is found by name and work e-mail, the one of today and those of before. A space before each word
lets the index find where words begin."""


def words_of(vendor: str, row: str) -> str:
    account, organization = f"{row}.account_id", f"{row}.organization_id"
    return WORDS.format(joined=JOINED[vendor], account=account, organization=organization)


def renewal(vendor: str, which: str) -> str:
    words = words_of(vendor, "programs_membership")
    return f"UPDATE programs_membership SET search = {words} WHERE {which}"


TIE = "account_id = {0}.account_id AND organization_id = {0}.organization_id"
MOVED = f"{TIE.format('NEW')} OR {TIE.format('OLD')}"
LISTENING = (
    ("renamed", "accounts_account", "AFTER UPDATE OF full_name", "account_id = NEW.id"),
    ("tied", "organizations_affiliation", "AFTER INSERT", TIE.format("NEW")),
    (
        "tied_anew",
        "organizations_affiliation",
        "AFTER UPDATE OF canonical, account_id, organization_id",
        MOVED,
    ),
    ("untied", "organizations_affiliation", "AFTER DELETE", TIE.format("OLD")),
    ("handed_over", "programs_membership", "AFTER UPDATE OF account_id", "id = NEW.id"),
)
register_triggers(
    Trigger(vendor, name, table, when, renewal(vendor, which))
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
            f"NEW.search := {words_of('postgresql', 'NEW')}",
            answer="NEW",
        ),
        Trigger(
            "sqlite", "found_by", "programs_membership", "AFTER INSERT", renewal("sqlite", "id = NEW.id")
        ),
    ]
)
register_search("programs_membership")
register_counter(
    Counter(
        "members",
        "programs_membership",
        {
            "joined": "CASE WHEN {row}.set_aside_at IS NULL THEN '' END",
            "member_state": "CASE WHEN {row}.set_aside_at IS NULL THEN {row}.state END",
            "joined_on": "CASE WHEN {row}.set_aside_at IS NULL THEN day({row}.joined_at) END",
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
        words = words_of(connection.vendor, "programs_membership")
        cursor.execute(renewal(connection.vendor, f"search <> {words}"))


after_installing(recount_programs)
