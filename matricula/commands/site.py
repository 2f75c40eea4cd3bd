"""Running the site: its processes, its database, its settings."""

import argparse
import errno
import logging
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from django.core.management import call_command

from matricula.commands.registry import command
from matricula.stopping import holding_stops, leave_at_once


def place() -> tuple[str, str]:
    """Host and port where the pages are served."""
    from django.conf import settings

    port = os.environ.get("PORT") or str(urlsplit(settings.BASE_URL).port or 8000)
    host = "127.0.0.1" if settings.DEVELOPMENT else os.environ.get("MATRICULA_HOST", "127.0.0.1")
    return host, port


def refuse_taken_port(host: str, port: str) -> None:
    """End, and say why, where somebody serves already. Our own processes share their port, so it would be
    given to two sites, each with some of the visitors. A port that was left a moment ago is free."""
    family, kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(address)
        except OSError as fault:
            if fault.errno != errno.EADDRINUSE:
                raise
            raise SystemExit(
                f"Port {port} is in use. Stop what runs there, or set PORT to another."
            ) from fault


@command("serve", "serve the pages")
def serve(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    from matricula.web.bodies import MOST_SENDERS, WORK_AT_ONCE

    host, port = place()
    refuse_taken_port(host, port)
    if not settings.DEVELOPMENT:
        call_command("collectstatic", interactive=False, verbosity=0)
    how = [
        host,
        port,
        str(settings.WORKERS),
        str(MOST_SENDERS + 4 * WORK_AT_ONCE),
        str(settings.STOP_SECONDS),
    ]
    with holding_stops():  # until the program that takes our place hears of them
        os.execv(sys.executable, [sys.executable, "-m", "matricula.commands.serving", *how])  # noqa: S606


@command("worker", "deliver letters and perform jobs until it is stopped")
def work(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    from matricula.jobs.bell import listening_turns
    from matricula.jobs.queue import MAIN, READING, perform_due, schedule_recurring
    from matricula.jobs.worker import begin_with, work_in_processes
    from matricula.mail.delivery import Lane

    jobs, reading = begin_with(schedule_recurring, partial(perform_due, MAIN)), partial(perform_due, READING)
    awaited, many = Lane(bulk=False).deliver, Lane(bulk=True).deliver
    turns: list[Callable[[], int]] = [awaited, many, jobs, reading, *listening_turns()]
    leave_at_once(work_in_processes(settings.WORKER_PROCESSES, *turns))


@command("migrate", "bring the database and the static files up to date")
def migrate(arguments: argparse.Namespace) -> int:
    """A second one at the same time waits for its turn."""
    from django.conf import settings

    from matricula.db.connections import migrating_alone

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with migrating_alone():
        call_command("migrate", verbosity=0)
        if not settings.DEVELOPMENT:
            call_command("collectstatic", interactive=False, verbosity=0)
    return 0


@command("check", "tell what is wrong with the settings")
def check(arguments: argparse.Namespace) -> int:
    from matricula.checking import faults

    logging.disable()
    found = faults()
    print("\n".join(found) or "Nothing is wrong.")
    return 1 if found else 0
