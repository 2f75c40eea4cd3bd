"""An account that was given up or deleted gets nothing any more, whoever asks; no ledger is rewritten.

The guard takes the account's row first and looks at it afterwards: with the condition in the statement that
waits, PostgreSQL would judge by what was committed before it waited, and START in another tab got in.
"""

from matricula.db.triggers import Trigger, register_triggers

CLOSED = "the account was combined with another one, or deleted"
GUARDED = (
    "accounts_emailaddress",
    "credentials_certificate",
    "identities_identity",
    "joining_arrival",
    "learning_enrolment",
    "learning_specializationenrolment",
    "organizations_affiliation",
    "organizations_role",
    "programs_group_managers",
    "programs_membership",
)
WAKING = {
    "programs_membership": ("state", "NEW.state = 'active'"),
    "organizations_affiliation": ("ended_at", "NEW.ended_at IS NULL"),
    "identities_identity": ("ended_at", "NEW.ended_at IS NULL"),
}
"""Rows that stay with the account as history, and the change that would wake them."""
TAKEN_IN = """SELECT 1 FROM accounts_account WHERE id = NEW.account_id
    AND (combined_into_id IS NOT NULL OR deleted_at IS NOT NULL)"""
LOOK = f"""PERFORM 1 FROM accounts_account WHERE id = NEW.account_id FOR KEY SHARE;
IF EXISTS ({TAKEN_IN}) THEN RAISE EXCEPTION '{CLOSED}' USING ERRCODE = 'check_violation'; END IF"""


def guard(table: str, name: str, when: str, condition: str = "true") -> list[Trigger]:
    asked = LOOK if condition == "true" else f"IF {condition} THEN {LOOK}; END IF"
    refusal = f"SELECT RAISE(ABORT, '{CLOSED}') WHERE {condition} AND EXISTS ({TAKEN_IN})"
    named = f"live_{table}_{name}"
    return [
        Trigger("postgresql", named, table, when, asked, answer="NEW"),
        Trigger("sqlite", named, table, when, refusal),
    ]


for _table in GUARDED:
    register_triggers(guard(_table, "insert", "BEFORE INSERT"))
    register_triggers(guard(_table, "account", "BEFORE UPDATE OF account_id"))
for _table, (_column, _condition) in WAKING.items():
    register_triggers(guard(_table, _column, f"BEFORE UPDATE OF {_column}", _condition))

KEPT = "the ledger is not rewritten"
LEDGERS = {"leaving_combiningline": "combining_id", "leaving_deletionline": "deletion_id"}
"""And what a line is of. What it holds is emptied when nothing comes back any more, and never changed."""
_EMPTIED = (
    "(NEW.before <> OLD.before AND NEW.before <> '{}') OR (NEW.after <> OLD.after AND NEW.after <> '{}')"
)


def ledger_kept(table: str, key: str) -> list[Trigger]:
    rewritten = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in (key, "table_name", "row_id", "act"))
    refused = f"{rewritten} OR {_EMPTIED}"
    named, when = f"ledger_kept_{table}", "BEFORE UPDATE"
    raising = f"IF {refused} THEN RAISE EXCEPTION '{KEPT}'; END IF"
    return [
        Trigger("postgresql", named, table, when, raising, answer="NEW"),
        Trigger("sqlite", named, table, when, f"SELECT RAISE(ABORT, '{KEPT}') WHERE {refused}"),
    ]


for _table, _key in LEDGERS.items():
    register_triggers(ledger_kept(_table, _key))
