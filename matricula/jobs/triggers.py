"""PostgreSQL tells workers that wait that there is something to do; see bell.py."""

from matricula.db.triggers import Trigger, register_triggers

CHANNEL = "matricula_work"


def told_on_insert(table: str) -> Trigger:
    """Once a statement; what a transaction tells is heard when it is committed."""
    body = f"PERFORM pg_notify('{CHANNEL}', '')"
    return Trigger("postgresql", f"told_{table}", table, "AFTER INSERT", body, each="STATEMENT")


register_triggers([told_on_insert("jobs_job")])
