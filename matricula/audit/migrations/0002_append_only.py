from django.db import migrations

SQLITE = """
CREATE TRIGGER audit_entry_{name} BEFORE {name} ON audit_entry
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
"""
POSTGRESQL = """
CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse();
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
        return
    for name in ("UPDATE", "DELETE"):
        schema_editor.execute(SQLITE.format(name=name))


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "DROP TRIGGER audit_entry_append_only ON audit_entry; DROP FUNCTION audit_entry_refuse()"
        )
        return
    for name in ("UPDATE", "DELETE"):
        schema_editor.execute(f"DROP TRIGGER audit_entry_{name}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
