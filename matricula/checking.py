"""What `matricula check` looks at, beyond what already stops the start. Each fault is one sentence."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec

from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from matricula.db.search import missing_extensions
from matricula.mail.bounces import mailbox_fault
from matricula.mail.sending import sending_fault
from matricula.mail.smtp import MailServer
from matricula.mail.transports import provider_of
from matricula.web.health import told_troubles

CLOCK_SECONDS = 30
PATIENCE_SECONDS = 5
"""With a mail server that says nothing."""
Faults = Iterator[str]


def faults() -> list[str]:
    """All that is wrong, in the order it is best mended."""
    return [fault for check in CHECKS for fault in check()]


def data_folder() -> Faults:
    folder = settings.DATA_DIR
    if not folder.is_dir():
        yield f"The data folder {folder} does not exist; `matricula migrate` makes it."
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield f"The data folder {folder} cannot be written to by this user."


def database() -> Faults:
    """Whether it answers, is up to date, and has the same time as this machine."""
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as fault:
        yield f"The database of DATABASE_URL does not answer: {first_line(fault)}"
        return
    if waiting:
        yield f"The database is {len(waiting)} migrations behind; run `matricula migrate`."
    yield from clock()


def clock() -> Faults:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        apart = abs((cursor.fetchone()[0] - timezone.now()).total_seconds())
    if apart > CLOCK_SECONDS:
        yield f"The clocks of this machine and of the database are {apart:.0f} seconds apart."


def searching() -> Faults:
    """Whether PostgreSQL can find words in long lists by an index."""
    try:
        missing = missing_extensions()
    except DatabaseError:
        return
    if missing:
        commands = " ".join(f"CREATE EXTENSION {name};" for name in missing)
        yield (
            "Searching long lists is slow, for PostgreSQL lacks an extension: let an administrator of the"
            f" database run `{commands}`, then run `matricula migrate`."
        )


def static_files() -> Faults:
    if not settings.DEVELOPMENT and not (settings.STATIC_ROOT / "staticfiles.json").exists():
        yield "The static files are not collected; run `matricula migrate`."


def development() -> Faults:
    """Whether a site that is for development, and keeps its letters to itself, is one on purpose."""
    if settings.DEVELOPMENT and not settings.DEVELOPMENT_IS_CHOSEN:
        yield (
            "MATRICULA_DEVELOPMENT is not set, so this is a development site: it sends no letters and shows"
            " them at /_mail/ to browsers of this machine. Set it to false in production, else to true."
        )
    if settings.DEVELOPMENT and settings.OPEN_INBOX:
        yield "MATRICULA_OPEN_INBOX shows all letters at /_mail/, with their links and codes, to everybody."


def mail() -> Faults:
    """Whether letters can leave: the mail server takes us, or the provider is one we know."""
    if settings.EMAIL_URL.startswith("anymail:"):
        name, _ = provider_of(settings.EMAIL_URL)
        if not name.isidentifier() or find_spec(f"anymail.backends.{name}") is None:
            yield f"EMAIL_URL names a provider that is not known: {name}."
        elif not settings.WEBHOOK_SECRET:
            yield "Without MATRICULA_WEBHOOK_SECRET the provider of EMAIL_URL cannot tell what came back."
    elif settings.EMAIL_URL.startswith("smtp"):
        try:
            MailServer(settings.EMAIL_URL).connect(PATIENCE_SECONDS).quit()
        except OSError as fault:
            yield f"The mail server of EMAIL_URL does not take us: {first_line(fault)}"


def sending() -> Faults:
    """Whether letters leave, or wait for an operator or for the mail server."""
    with suppress(DatabaseError):
        if fault := sending_fault():
            yield first_line(fault)


def bounces() -> Faults:
    """Whether the mailbox that returned letters come to can be read."""
    fault = mailbox_fault(settings.BOUNCE_MAILBOX) if settings.BOUNCE_MAILBOX else ""
    if fault:
        yield f"The mailbox of MATRICULA_BOUNCE_MAILBOX cannot be read: {first_line(fault)}"


def framework() -> Faults:
    for message in run_checks():
        if message.level >= ERROR:
            yield first_line(message.msg)


def first_line(fault: object) -> str:
    return str(fault).strip().partition("\n")[0].rstrip(".") + "."


CHECKS: list[Callable[[], Faults]] = [
    data_folder,
    database,
    searching,
    static_files,
    development,
    mail,
    sending,
    bounces,
    framework,
    told_troubles,
]
