"""The console script `matricula`."""

import argparse
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

THREADS = 4
"""Pages a process works on at once; Python gains nothing from more, and the database's pool is larger."""


def main() -> NoReturn:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "matricula.settings")
    arguments = parser().parse_args()
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        sys.exit(f"matricula: {fault}")
    sys.exit(arguments.run(arguments))


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="matricula", description="An open, self-hosted learning-program server."
    )
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    known = {
        "serve": (serve, "serve the pages"),
        "worker": (work, "deliver letters until it is stopped"),
        "migrate": (migrate, "bring the database and the static files up to date"),
        "demo": (demo, "fill an empty database with demonstration data"),
        "check": (check, "tell what is wrong with the settings"),
        "create-organization": (create_organization, "make an organization and write to its owner"),
        "import-course": (import_course, "take in a course, a folder or a zip"),
    }
    for name, (run, line) in known.items():
        command = commands.add_parser(name, help=line, description=line)
        command.set_defaults(run=run)
        if name == "demo":
            command.add_argument("--serve", action="store_true", help="then serve it, with a worker")
        if name == "create-organization":
            command.add_argument("slug", help="its name in addresses, such as nordlicht")
            command.add_argument("name", help="its name, such as 'Nordlicht Energie'")
            command.add_argument("owner", help="the e-mail of its first owner")
            command.add_argument("--owner-name", help="the owner's full name")
        if name == "import-course":
            command.add_argument("organization", help="the slug of the organization")
            command.add_argument("source", type=Path, help="the folder or zip with course.yaml")
    return root


def serve(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    base = urlsplit(settings.BASE_URL)
    port = os.environ.get("PORT") or str(base.port or 8000)
    host = "127.0.0.1" if settings.DEVELOPMENT else os.environ.get("MATRICULA_HOST", "127.0.0.1")
    if not settings.DEVELOPMENT:
        call_command("collectstatic", interactive=False, verbosity=0)
    where = ["--interface", "wsgi", "--host", host, "--port", port, "--log-level", "error"]
    how = ["--workers", str(settings.WORKERS), "--blocking-threads", str(THREADS), "--respawn-failed-workers"]
    command = [sys.executable, "-m", "granian", *where, *how, "--workers-kill-timeout", "5"]
    os.execv(sys.executable, [*command, "matricula.wsgi:application"])  # noqa: S606 - signals reach it


def work(arguments: argparse.Namespace) -> int:
    from matricula.mail.working import deliver_until_stopped

    deliver_until_stopped()
    return 0


def migrate(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    if not settings.DEVELOPMENT:
        call_command("collectstatic", interactive=False, verbosity=0)
    return 0


def check(arguments: argparse.Namespace) -> int:
    from matricula.checking import faults

    logging.disable()
    found = faults()
    print("\n".join(found) or "Nothing is wrong.")
    return 1 if found else 0


def create_organization(arguments: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError

    from matricula.organizations.founding import found

    try:
        organization = found(
            slug=arguments.slug,
            name=arguments.name,
            owner_address=arguments.owner,
            owner_name=arguments.owner_name or arguments.owner.partition("@")[0],
        )
    except ValidationError as refusal:
        print(" ".join(refusal.messages), file=sys.stderr)
        return 1
    print(f"{organization.name} is there; {arguments.owner} owns it.")
    return 0


def import_course(arguments: argparse.Namespace) -> int:
    from matricula.catalog.errors import CourseProblems
    from matricula.catalog.importing import import_course as take_in
    from matricula.organizations.models import Organization

    organization = Organization.objects.filter(slug=arguments.organization).first()
    if organization is None:
        print(f"There is no organization {arguments.organization!r}.", file=sys.stderr)
        return 1
    try:
        course = take_in(source=arguments.source, organization=organization)
    except CourseProblems as faults:
        print(faults, file=sys.stderr)
        return 1
    print(f"{course.title}: {course.lessons.filter(withdrawn_at__isnull=True).count()} lessons taken in.")
    return 0


def demo(arguments: argparse.Namespace) -> int:
    from matricula.demo.filling import fill, introduce

    migrate(arguments)
    fill()
    print(introduce(), flush=True)
    return serve_with_worker() if arguments.serve else 0


def serve_with_worker() -> int:
    """Both processes until Ctrl-C; neither outlives the other."""
    commands = [[sys.executable, "-m", "matricula", name] for name in ("serve", "worker")]
    processes = [subprocess.Popen(command) for command in commands]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.3)
    except KeyboardInterrupt:
        pass
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(timeout=15)
    return 0
