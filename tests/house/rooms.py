"""The order of the rooms, read from where it is kept: the contract on layers in pyproject.toml."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "matricula"


def room_heights() -> dict[str, int]:
    """How high each room is; rooms side by side are as high as each other and do not know each other."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (rooms,) = (one for one in told if one["id"] == "rooms")
    layers = enumerate(reversed(rooms["layers"]))
    return {room.strip(): height for height, layer in layers for room in layer.split("|")}


def source_files(package: Path = PACKAGE) -> list[Path]:
    """Python files of the house, without tests and migrations."""
    files = sorted(package.rglob("*.py"))
    return [file for file in files if not {"tests", "migrations"} & set(file.relative_to(package).parts)]
