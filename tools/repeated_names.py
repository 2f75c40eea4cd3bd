"""Lists the public functions whose bare name occurs in more than two rooms: such a name does not read alone.

python tools/repeated_names.py
"""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "matricula"
MOST_ROOMS = 2


def repeated_names(package: Path = PACKAGE) -> dict[str, list[str]]:
    """By name, where it is a function of a module, in alphabetical order."""
    places: dict[str, list[Path]] = defaultdict(list)
    for file in rooms_files(package):
        for one in ast.parse(file.read_text()).body:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not one.name.startswith("_"):
                places[one.name].append(file.relative_to(package))
    return {
        name: [str(file) for file in files]
        for name, files in sorted(places.items())
        if len({file.parts[0] for file in files}) > MOST_ROOMS
    }


def rooms_files(package: Path) -> Iterable[Path]:
    """What lies in a room, without its tests and migrations."""
    for file in sorted(package.glob("*/**/*.py")):
        if not {"tests", "migrations"} & set(file.relative_to(package).parts):
            yield file


if __name__ == "__main__":
    for name, files in repeated_names().items():
        print(f"{name}: {', '.join(files)}")
