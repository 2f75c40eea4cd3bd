"""The console script `matricula`."""

import argparse
import os
import sys
from typing import NoReturn

import django
from django.core.exceptions import ImproperlyConfigured

from matricula.commands import inviting, keeping, running  # noqa: F401 - register their commands
from matricula.commands.registry import known


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
    for name, one in sorted(known.items()):
        its = commands.add_parser(name, help=one.line, description=one.line)
        its.set_defaults(run=one.run)
        for wanted in one.arguments:
            its.add_argument(wanted.name, **wanted.options)
    return root
