"""W8: what the log-in page takes while eight hostile uploads come in at once, beside what it takes without.

    [DATABASE_URL=postgresql://…] .venv/bin/python benchmarks/w8_uploads.py [SECONDS]

A production server and a worker in processes of their own, a database of its own that it makes and drops. Of
the eight courses half nest without end, which is refused before it is parsed; the others are as long as
courses may be, in the shapes that cost a parser most, and last until the limit ends them. They come from four
organizations. The page is asked for again and again by one visitor, SECONDS without and SECONDS with them.
"""

import io
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import django

FOLDER = tempfile.TemporaryDirectory()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "matricula.settings",
    "SECRET_KEY": "a key for benchmarks only, of 32 characters",
    "MATRICULA_DATA": FOLDER.name,
    "MATRICULA_DEVELOPMENT": "false",
    "EMAIL_URL": "smtp://127.0.0.1:9",
}
with socket.create_server(("127.0.0.1", 0)) as free:
    PORT = free.getsockname()[1]
os.environ["BASE_URL"] = f"http://127.0.0.1:{PORT}"
django.setup()

from django.db import connection  # noqa: E402

from benchmarks.visiting import Visitor  # noqa: E402
from matricula.api.tokens import grant_token  # noqa: E402
from matricula.catalog.models import CourseUpload  # noqa: E402
from matricula.organizations.models import Organization  # noqa: E402

COURSE = "title: T\nslug: t\nsummary: S\ntopic: X\nmodules:\n  - title: M\n    lessons: [{}]\n"
LESSON = "---\ntitle: A\n---\n"
NESTED = ("![" * 255_000, "[" * 510_000)
HEAVY = ("a\n" * 95_000, "- a\n\n" * 38_000)
LESSONS = 20
BOUNDARY = "a-boundary-that-no-zip-holds"
PAUSE_SECONDS = 0.02
"""Between two visits; nobody presses faster, and the visitor shares the machine."""


def zipped(text: str, lessons: int) -> bytes:
    names = [f"l{number}.md" for number in range(lessons)]
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("course.yaml", COURSE.format(", ".join(names)))
        for name in names:
            archive.writestr(name, LESSON + text)
    return written.getvalue()


def hostile() -> list[bytes]:
    return [zipped(text, 1) for text in NESTED] * 2 + [zipped(text, LESSONS) for text in HEAVY] * 2


def upload(token: str, content: bytes) -> float:
    """Seconds until the answer."""
    head = 'Content-Disposition: form-data; name="course"; filename="c.zip"\r\n'
    body = f"--{BOUNDARY}\r\n{head}\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    began = time.perf_counter()
    asked = HTTPConnection("127.0.0.1", PORT, timeout=60)
    asked.request("POST", "/api/v1/course-uploads/", body, headers)
    answer = asked.getresponse()
    assert answer.status == 202, answer.read()
    return time.perf_counter() - began


def visits(seconds: float) -> list[float]:
    """Milliseconds of each."""
    visitor, taken, ends = Visitor(os.environ["BASE_URL"]), [], time.perf_counter() + seconds
    while time.perf_counter() < ends:
        began = time.perf_counter()
        assert visitor.get("/account/log-in/").status == 200
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE_SECONDS)
    return taken


def say(name: str, taken: list[float]) -> float:
    middle = statistics.median(taken)
    worst = statistics.quantiles(taken, n=100)[98]
    print(f"{name}: median {middle:.1f} ms, 99 of 100 under {worst:.0f} ms, {len(taken)} visits", flush=True)
    return middle


def measure(seconds: float, tokens: list[str]) -> None:
    visits(3)
    without = say("without uploads", visits(seconds))
    with ThreadPoolExecutor(8) as pool:
        sending = [pool.submit(upload, tokens[n % len(tokens)], one) for n, one in enumerate(hostile())]
        during = say("with eight at once", visits(seconds))
        print(f"an upload is answered within {max(one.result() for one in sending):.1f} s")
    states = sorted(CourseUpload.objects.values_list("state", flat=True))
    print(f"ratio of the medians: {during / without:.2f} (at most 3); uploads by now: {', '.join(states)}")


def started(name: str) -> "subprocess.Popen[bytes]":
    parts = connection.settings_dict
    url = f"sqlite:///{parts['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{parts['USER']}@{parts['HOST']}:{parts['PORT']}/{parts['NAME']}"
    command = [sys.executable, "-m", "matricula", name]
    return subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}, start_new_session=True)


def wait_for_server() -> None:
    for _ in range(200):
        try:
            if Visitor(os.environ["BASE_URL"]).get("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The server did not start.")


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 30
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    tokens = []
    for name in ("a", "b", "c", "d"):
        organization = Organization.objects.create(slug=name, name=name)
        given = {"name": "Benchmark", "scopes": ["catalog:write"], "days": 1}
        tokens.append(grant_token(organization=organization, actor=None, **given)[1])
    processes = [started(name) for name in ("serve", "worker")]
    try:
        wait_for_server()
        measure(seconds, tokens)
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=20)
        connection.close()
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
        FOLDER.cleanup()


assert Path("benchmarks").is_dir(), "Run it from the project's folder."
main()
