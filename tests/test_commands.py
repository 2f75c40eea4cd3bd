"""The console script: its commands lie in their rooms, and are found without Django."""

import subprocess
import sys
from pathlib import Path

import pytest

from matricula.commands import discover_commands
from matricula.commands.registry import command

ROOT = Path(__file__).parents[1]
NAMES = [
    "audit",
    "check",
    "create-organization",
    "create-token",
    "demo",
    "hold-account",
    "hold-letters",
    "import-course",
    "import-invitations",
    "jobs",
    "lift-second-factor",
    "migrate",
    "recount",
    "rehearse-leaving",
    "release-letters",
    "reseal",
    "retention",
    "serve",
    "worker",
]
WITHOUT_SETTINGS = """
import sys
from matricula.commands import discover_commands
print(*sorted(discover_commands()))
print(*[name for name in sys.modules if name.endswith(".models") and name.startswith("matricula")])
"""


def test_every_command_is_found_without_a_setting_and_without_a_model():
    """So that a wrong setting is told by the start, in one sentence, and not by an import."""
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT_SETTINGS], cwd=ROOT, env={}, capture_output=True, text=True, timeout=60
    )
    assert (found.stdout, found.stderr) == (" ".join(NAMES) + "\n\n", "")


def test_a_command_is_registered_only_in_a_file_that_is_discovered():
    discovered = {ROOT / "matricula/commands/site.py", *ROOT.glob("matricula/*/commands.py")}
    registering = {
        file
        for file in ROOT.glob("matricula/**/*.py")
        if "\n@command(" in file.read_text() and "tests" not in file.parts
    }
    assert registering == discovered


def test_two_commands_cannot_have_one_name():
    discover_commands()
    with pytest.raises(ValueError, match="Two commands are called 'serve'"):
        command("serve", "serve something else")(lambda arguments: 0)
