"""Work of an outsider's length, in a process of its own with limits of time and memory.

What takes too long, needs too much, or breaks whoever reads it is ended there, and nobody else notices. The
process knows none of the server's secrets, works behind everybody who waits for a page, and ends with the
process that started it. What it answers is data (JSON), held against the type that the function promises.

    course = run(read_course_file, place, base, within=Limits(seconds=40, memory=GIB))

python -m matricula.web.sandbox: what to do comes as JSON, and so does the answer go.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import IO, Any, TypeVar, cast, get_type_hints

from pydantic import TypeAdapter

T = TypeVar("T")
MIB, GIB = 1024**2, 1024**3
HANDED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "LANG", "LC_ALL")
NO_MEMORY = 77
"""The exit code of a process that ran out of it."""
BEHIND_OTHERS = 5
"""How nice it is; see nice(2)."""
LONGEST_COMPLAINT = 2_000


@dataclass(frozen=True)
class Limits:
    """Seconds of the processor, bytes of address space and of the answer; `patience` in seconds by the clock.

    Patience ends before the lease of a job does. Where an operating system knows no limit of address space
    (macOS), time alone ends what needs too much.
    """

    seconds: int
    memory: int
    answer: int = 64 * MIB
    patience: int = 90


class NotFinished(Exception):
    """It was not done, and would not be the next time: it lies in what was given."""


class OverLimit(NotFinished):
    """It took more time or memory than there is for it."""


class ReaderBroke(NotFinished):
    """What was given broke the function, or the process with it."""


class ReaderKilled(Exception):
    """Somebody else ended the process, or it got no processor: the next try may go well."""


def run_sandboxed(function: Callable[..., T], *given: Any, within: Limits) -> T:
    """What `function` of a module answers in a process of its own. It declares the types of what it takes and
    answers: whatever pydantic writes as JSON, bytes as Base64Bytes.

    Raises OverLimit, ReaderBroke, ReaderKilled.
    """
    asked = {
        "function": [function.__module__, function.__name__],
        "given": types_of(function)[0].dump_json(given).decode(),
        "limits": [within.seconds, within.memory, within.answer],
        "parent": os.getpid(),
    }
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as complaint:
        code = finish(json.dumps(asked).encode(), answer, complaint, within.patience)
        if code:
            raise fault_of(code, beginning_of(complaint))
        answer.seek(0)
        return read_answer(function, answer.read(within.answer))


def finish(asked: bytes, answer: IO[bytes], complaint: IO[bytes], patience: int) -> int:
    """The exit code. Raises ReaderKilled."""
    command = [sys.executable, "-m", "matricula.files.sandbox"]
    try:
        done = subprocess.run(
            command, input=asked, stdout=answer, stderr=complaint, timeout=patience, env=bare(), check=False
        )
    except subprocess.TimeoutExpired as fault:
        raise ReaderKilled("It got too little of the processor.") from fault
    return done.returncode


def bare() -> dict[str, str]:
    """Where programs and modules are, and none of the secrets that this process was started with."""
    kept = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}


def fault_of(code: int, complaint: str) -> Exception:
    if code in (NO_MEMORY, -signal.SIGXCPU):
        return OverLimit(complaint or "It took too long.")
    if code in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT):
        return ReaderKilled(complaint or "Somebody ended the process.")
    return ReaderBroke(f"{complaint or 'It broke.'} ({code})")


def beginning_of(complaint: IO[bytes]) -> str:
    """The last words of a traceback say what was wrong."""
    complaint.seek(max(0, complaint.seek(0, os.SEEK_END) - LONGEST_COMPLAINT))
    return complaint.read().decode(errors="replace").strip()


def read_answer(function: Callable[..., T], answer: bytes) -> T:
    """Raises ReaderBroke for what is not of the type that the function promises."""
    try:
        return cast(T, types_of(function)[1].validate_json(answer))
    except ValueError as fault:
        raise ReaderBroke(f"It answered something else: {fault}"[:LONGEST_COMPLAINT]) from fault


def types_of(function: Callable[..., Any]) -> tuple[TypeAdapter[Any], TypeAdapter[Any]]:
    """Of what it takes, in order, and of what it answers."""
    hints = get_type_hints(function, include_extras=True)
    answers = hints.pop("return")
    takes: Any = tuple[tuple(hints.values())]  # type: ignore[misc]
    return TypeAdapter(takes), TypeAdapter(answers)


def main() -> None:
    """In the process itself."""
    asked = json.loads(sys.stdin.buffer.read())
    threading.Thread(target=end_with, args=[asked["parent"]], daemon=True).start()
    os.nice(BEHIND_OTHERS)
    keep_to(*asked["limits"])
    module, name = asked["function"]
    try:
        function = getattr(import_module(module), name)
        takes, answers = types_of(function)
        answer = answers.dump_json(function(*takes.validate_json(asked["given"])))
    except MemoryError:
        os._exit(NO_MEMORY)
    sys.stdout.buffer.write(answer)


def keep_to(seconds: int, memory: int, answer: int) -> None:
    """As far as the operating system knows such limits; nothing that runs here can raise them again."""
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, answer),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most + 1 if what == resource.RLIMIT_CPU else most))


def end_with(parent: int) -> None:
    """A worker that was killed leaves nobody behind who works for it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    main()
