"""Lines are added, never changed: the database itself refuses, whoever asks."""

from matricula.db.triggers import Trigger, register_triggers

WORDS = "the audit log is append-only"
REFUSALS = {"sqlite": f"SELECT RAISE(ABORT, '{WORDS}')", "postgresql": f"RAISE EXCEPTION '{WORDS}'"}
"""Before the row is touched, so the whole statement is undone."""
GUARDS = [
    Trigger(vendor, f"append_only_{event.lower()}", "audit_entry", f"BEFORE {event}", body)
    for vendor, body in REFUSALS.items()
    for event in ("UPDATE", "DELETE")
]
register_triggers(GUARDS)
