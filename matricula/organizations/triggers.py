"""What the database keeps of an organization's entries by itself: the name that namesakes are found by."""

from django.db import connection

from matricula.db.triggers import Trigger, after_installing, register_triggers

TABLE = "organizations_affiliation"
FOLDED = "coalesce((SELECT lower(full_name) FROM accounts_account WHERE id = {}.account_id), '')"
SETTING = f"SET folded_name = {FOLDED.format(TABLE)} WHERE "
RENEWAL = "UPDATE organizations_affiliation " + SETTING
WRITTEN = "UPDATE OF account_id, folded_name"
"""A row that is saved whole by whoever read it before brings the name it had then."""

register_triggers(
    [
        Trigger(
            "postgresql",
            "named",
            TABLE,
            f"BEFORE INSERT OR {WRITTEN}",
            f"NEW.folded_name := {FOLDED.format('NEW')}",
            answer="NEW",
        ),
        Trigger("sqlite", "named", TABLE, "AFTER INSERT", f"{RENEWAL}id = NEW.id"),
        Trigger("sqlite", "named_anew", TABLE, f"AFTER {WRITTEN}", f"{RENEWAL}id = NEW.id"),
        *(
            Trigger(
                vendor,
                "person_renamed",
                "accounts_account",
                "AFTER UPDATE OF full_name",
                f"{RENEWAL}account_id = NEW.id",
            )
            for vendor in ("postgresql", "sqlite")
        ),
    ]
)


@after_installing
def renew_names() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"{RENEWAL}folded_name <> {FOLDED.format(TABLE)}")
