"""Whatever registers itself does so in a file that every process reads, so that a worker knows every job."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from matricula.web.apps import REGISTERING
from tests.house.registrations import OF_DJANGO, registrars, registrations
from tests.house.rooms import PACKAGE, ROOT

NO_REGISTRARS = {"leave_open": "it keeps open files of this process, and forgets them"}
BY_COMMAND = "command"
"""Commands are found by the command line before Django is set up, by a way of their own."""
NOT_YET = {("invitations/lost_letters.py", "composes")}
"""A letter that is none, and is to become a job."""
KNOWN_TO_A_WORKER = """
import django
django.setup()
from matricula.jobs import queue
print(*sorted(queue._performers))
"""
JOBS = ("performs_job", "recurs", "recurs_nightly")


def is_read_by_every_process(file: str) -> bool:
    """`<room>/<one of REGISTERING>.py`."""
    path = Path(file)
    return len(path.parts) == 2 and path.stem in REGISTERING


def is_read_by_the_command_line(file: str) -> bool:
    path = Path(file)
    return len(path.parts) == 2 and (path.stem == "commands" or path.parts[0] == "commands")


def misplaced(package: Path = PACKAGE) -> list[tuple[str, str]]:
    """(file, registrar) of what some process may never hear of."""
    names = (set(registrars(package)) | OF_DJANGO) - set(NO_REGISTRARS)
    return [
        (file, name)
        for file, name in registrations(names, package)
        if not (is_read_by_the_command_line if name == BY_COMMAND else is_read_by_every_process)(file)
    ]


def test_what_registers_itself_is_in_a_file_that_every_process_reads():
    assert set(misplaced()) - NOT_YET == set()


def test_the_registrars_are_found_by_what_they_do():
    assert {
        "after_installing",
        "composes",
        "composes_many",
        "command",
        "performs_job",
        "recurs",
        "recurs_nightly",
        "register_counter",
        "register_search",
        "register_triggers",
        "reports_health",
    } <= set(registrars())
    assert set(NO_REGISTRARS) <= set(registrars())


REGISTRY = """
_known = {}
def performs_job(kind):
    def register(step):
        _known[kind] = step
        return step
    return register
def helper():
    performs_job("inside")(print)
"""
MISPLACED = {
    "a decorator": "@performs_job('x')\ndef step(job): ...",
    "by its module": "@queue.performs_job('x')\ndef step(job): ...",
    "a call": "performs_job('x')(print)",
    "in a loop": "for kind in 'xy':\n    performs_job(kind)(print)",
    "in a condition": "if True:\n    pass\nelse:\n    performs_job('x')(print)",
    "in a class": "class A:\n    @performs_job('x')\n    def step(job): ...",
    "within something else": "STEPS = [performs_job('x')(print)]",
}


@pytest.fixture
def small_house(tmp_path):
    for folder in ("jobs", "mail"):
        (tmp_path / folder).mkdir()
    (tmp_path / "jobs" / "queue.py").write_text(REGISTRY)
    return tmp_path


@pytest.mark.parametrize("how", MISPLACED)
def test_a_registration_in_another_file_is_found(small_house, how):
    (small_house / "mail" / "jobs.py").write_text(MISPLACED[how])
    assert misplaced(small_house) == []
    (small_house / "mail" / "bounces.py").write_text(MISPLACED[how])
    assert misplaced(small_house) == [("mail/bounces.py", "performs_job")]


def test_a_receiver_and_a_command_in_another_file_are_found(small_house):
    (small_house / "mail" / "registry.py").write_text("_all = []\ndef command(run):\n    _all.append(run)\n")
    (small_house / "mail" / "commands.py").write_text("@command\ndef send(): ...")
    (small_house / "mail" / "rules.py").write_text(
        "@command\ndef a(): ...\nnews.connect(a)\n@receiver(news)\ndef b(): ..."
    )
    assert misplaced(small_house) == [("mail/rules.py", name) for name in ("command", "connect", "receiver")]


def kinds_of_jobs() -> set[str]:
    """Of every `jobs.py`, read and not run: a name stands for the text that is given to it somewhere."""
    return {kind for file in PACKAGE.glob("*/jobs.py") for kind in kinds_in(file)}


def kinds_in(file: Path) -> list[str]:
    module = f"matricula.{file.parent.name}.jobs"
    decorators = [
        one
        for function in ast.parse(file.read_text()).body
        if isinstance(function, ast.FunctionDef)
        for one in function.decorator_list
        if isinstance(one, ast.Call) and ast.unparse(one.func) in JOBS
    ]
    given = vars(sys.modules[module])
    return [eval(ast.unparse(one.args[0]), dict(given)) for one in decorators]


def test_a_worker_knows_every_job():
    environment = {
        **os.environ,
        "MATRICULA_DEVELOPMENT": "true",
        "DJANGO_SETTINGS_MODULE": "matricula.settings",
        "PYTHONPATH": str(ROOT),
    }
    started = subprocess.run(
        [sys.executable, "-c", KNOWN_TO_A_WORKER], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (started.returncode, started.stderr) == (0, "")
    assert set(started.stdout.split()) == kinds_of_jobs()
    assert len(kinds_of_jobs()) > 20
