"""Lines and checkpoints are added, never changed: the database itself refuses, whoever asks."""

from matricula.db.triggers import append_only, register_triggers

WORDS = "the audit log is append-only"
TABLES = {"audit_entry": ["id"], "audit_checkpoint": ["id", "last_id", "previous"]}
"""And what tells their rows apart."""
GUARDS = [one for table, unique in TABLES.items() for one in append_only(table, WORDS, unique=unique)]
register_triggers(GUARDS)
