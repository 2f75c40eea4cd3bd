"""What registers itself, found in the source: registrars, and where files call them when they are imported.

A registrar is a function that puts something into a list or dictionary of its module that begins empty. What
it is given is known only to a process that imported the file that gives it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.rooms import PACKAGE, source_files

PUTTING = {"append", "extend", "add", "update", "setdefault"}
OF_DJANGO = {"receiver", "connect"}
"""Registrars of Django that rooms call."""


def registrars(package: Path = PACKAGE) -> dict[str, str]:
    """Their names, and the file each is in."""
    found = {}
    for file in source_files(package):
        tree = ast.parse(file.read_text())
        kept = set(empty_containers(tree))
        for one in tree.body:
            if isinstance(one, ast.FunctionDef) and kept and puts_into(one, kept):
                found[one.name] = str(file.relative_to(package))
    return found


def empty_containers(tree: ast.Module) -> Iterator[str]:
    """Names of lists, sets and dictionaries of a module that begin empty."""
    for one in tree.body:
        if isinstance(one, ast.AnnAssign | ast.Assign) and is_empty(one.value):
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def is_empty(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Call):
        return called_name(value.func) in ("list", "dict", "set", "defaultdict")
    return isinstance(value, ast.List | ast.Dict) and ast.unparse(value) in ("[]", "{}")


def puts_into(function: ast.FunctionDef, kept: set[str]) -> bool:
    """Whether the function, or one inside it, puts something into one of `kept`."""
    for one in ast.walk(function):
        into = one.value if isinstance(one, ast.Subscript | ast.Attribute) else None
        puts = (isinstance(one, ast.Subscript) and isinstance(one.ctx, ast.Store)) or (
            isinstance(one, ast.Attribute) and one.attr in PUTTING
        )
        if puts and isinstance(into, ast.Name) and into.id in kept:
            return True
    return False


def registrations(names: set[str], package: Path = PACKAGE) -> Iterator[tuple[str, str]]:
    """(file, registrar) of each call of one of `names` that happens when the file is imported."""
    for file in source_files(package):
        for name in sorted(names & set(called_on_import(ast.parse(file.read_text()).body))):
            yield str(file.relative_to(package)), name


def called_on_import(statements: list[ast.stmt]) -> Iterator[str]:
    """Names that are called, or decorate, outside of functions: in classes, loops and conditions, too."""
    for one in statements:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (called_name(decorator) for decorator in one.decorator_list)
        else:
            own = [getattr(one, name, []) for name in ("body", "orelse", "finalbody")]
            inner = [statement for part in own for statement in part]
            yield from called_on_import(inner)
            yield from (called_name(decorator) for decorator in getattr(one, "decorator_list", []))
            if not inner:
                yield from (called_name(call.func) for call in ast.walk(one) if isinstance(call, ast.Call))


def called_name(expression: ast.expr) -> str:
    """`composes` of `composes`, `mail.composes`, `composes(KIND)` and `composes(KIND)(writer)`."""
    while isinstance(expression, ast.Call):
        expression = expression.func
    if isinstance(expression, ast.Attribute):
        return expression.attr
    return expression.id if isinstance(expression, ast.Name) else ""
