"""Whether this program can take up the database: migrations that were made anew fit no earlier one."""

from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

WAIT_SECONDS = 3


def told_of_another_history() -> str:
    """One sentence about a database that an earlier version made; nothing where there is none, or it is away.

    Only reads, and by a connection of its own: a worker forks, and what it forks with must not be open.
    """
    database = settings.DATABASES["default"]
    is_a_file = database["ENGINE"].endswith("sqlite3")
    if is_a_file and not Path(database["NAME"]).exists():
        return ""
    try:
        with closing(separate_connection()) as connection:
            if not has_another_history(connection):
                return ""
    except DatabaseError:
        return ""
    made = f"{database['NAME']} was made by an earlier version of Matricula, whose data is not carried over"
    if is_a_file:
        way = "name another data folder, by MATRICULA_DATA or as in `make run DATA=fresh`"
    else:
        way = "name an empty database in DATABASE_URL"
    return f"The database {made}; nothing in it was changed: {way}."


def has_another_history(connection: BaseDatabaseWrapper) -> bool:
    """Migrations ran in it that are no longer there, and some that are there never ran.

    Both, for a database that is merely ahead of this program (somebody went back a version) lacks none. A
    release that takes migrations away for good has to prune their rows (`migrate --prune`) in the one before.
    """
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {one for migration in loader.disk_migrations.values() for one in migration.replaces}
    ran = migrations_that_ran(connection)
    return bool(ran - loader.disk_migrations.keys() - replaced and loader.graph.nodes.keys() - ran)


def migrations_that_ran(connection: BaseDatabaseWrapper) -> set[tuple[str, str]]:
    """Asked by SQL: Django's recorder asks by the default connection, whose pool a worker would fork with."""
    with connection.cursor() as cursor:
        if "django_migrations" not in connection.introspection.table_names(cursor):
            return set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(cursor.fetchall())


def separate_connection() -> BaseDatabaseWrapper:
    made = connections.create_connection("default")
    options = {name: value for name, value in made.settings_dict["OPTIONS"].items() if name != "pool"}
    if made.vendor == "postgresql":
        options["connect_timeout"] = WAIT_SECONDS
    made.settings_dict = {**made.settings_dict, "OPTIONS": options}
    return made
