"""The console script `matricula`."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import django
from django.core.exceptions import ImproperlyConfigured

from matricula.commands.registry import Command, known
from matricula.db.history import told_of_another_history

PACKAGE = Path(__file__).resolve().parents[1]


def main() -> NoReturn:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "matricula.settings")
    arguments = parser().parse_args()
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        sys.exit(f"matricula: {fault}")
    if history := told_of_another_history():
        sys.exit(f"matricula: {history}")
    sys.exit(arguments.run(arguments))


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="matricula", description="An open, self-hosted learning-program server."
    )
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    for name, one in sorted(discover_commands().items()):
        its = commands.add_parser(name, help=one.line, description=one.line)
        its.set_defaults(run=one.run)
        for wanted in one.arguments:
            its.add_argument(wanted.name, **wanted.options)
    return root


def discover_commands() -> dict[str, Command]:
    """Those of the site, and of every room that has a file `commands.py`.

    By their place on the disk, not by Django's list of apps: that needs the settings, and what is wrong with
    those is told only after the command line was understood.
    """
    import_module("matricula.commands.site")
    for file in sorted(PACKAGE.glob("*/commands.py")):
        import_module(f"matricula.{file.parent.name}.commands")
    return known
