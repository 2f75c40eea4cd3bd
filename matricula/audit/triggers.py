"""Lines and checkpoints are added, never changed: the database itself refuses, whoever asks. Lines older than
their organization keeps them may go, once a forgetting names that."""

from matricula.db.triggers import append_only, register_triggers

WORDS = "the audit log is append-only"
FORGOTTEN = """EXISTS (SELECT 1 FROM audit_forgetting f
WHERE f.organization_id = OLD.organization_id AND f.before > OLD.at)"""
"""A line goes only where a forgetting says so, which stays."""
TABLES = {
    "audit_entry": ["id"],
    "audit_checkpoint": ["id", "last_id", "previous"],
    "audit_forgetting": ["id", "previous"],
}
"""And what tells their rows apart."""
SPARED = {"audit_entry": FORGOTTEN}
GUARDS = [
    one
    for table, unique in TABLES.items()
    for one in append_only(table, WORDS, unique=unique, spared=SPARED.get(table, ""))
]
register_triggers(GUARDS)
