"""What `matricula` understands: each command is registered by the function that does it."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Run = Callable[[argparse.Namespace], int]
known: "dict[str, Command]" = {}


@dataclass(frozen=True)
class Argument:
    """What `argparse` is told of one argument."""

    name: str
    options: dict[str, Any]


@dataclass(frozen=True)
class Command:
    line: str
    arguments: tuple[Argument, ...]
    run: Run


def argument(name: str, explanation: str, **options: Any) -> Argument:
    """`options` are those of `add_argument`."""
    return Argument(name, {"help": explanation, **options})


def command(name: str, line: str, *arguments: Argument) -> Callable[[Run], Run]:
    """Register a command, explained in one line. It returns its exit code.

    Commands are registered before Django is set up: they import models and rules when they run.
    """

    def register(run: Run) -> Run:
        if name in known:
            raise ValueError(f"Two commands are called {name!r}.")
        known[name] = Command(line, arguments, run)
        return run

    return register
