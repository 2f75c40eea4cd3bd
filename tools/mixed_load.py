"""Mixed load with faults: what was acknowledged must be there at the end.

    DATABASE_URL=postgresql://postgres@127.0.0.1:5432/mixed python tools/mixed_load.py --minutes 10

The database has to be an empty one; without DATABASE_URL it is SQLite. Sixteen clients at once invite by the
API, join, do lessons and read the console; meanwhile, one after the other, the worker and the server are
killed, the database's connections are ended (PostgreSQL), and the mail server hangs. Of a PostgreSQL of your
own it can be told how to restart it, and how to kill it and start it again:

    --restart-database "pg_ctl -D FOLDER -m fast -w restart" --kill-database ./kill-and-start.sh

Exit code 1 when an acknowledged write was lost, a page answered with a fault (500) instead of a pause (503),
or a client met what it should not.
"""

import argparse
import http.client
import json
import os
import random
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
PORT, MAIL_PORT, CLIENTS = 9850, 9851, 16
SINK = str(ROOT / "tests/crash/sink.py")
EXPECTED = (OSError, http.client.HTTPException)
"""What a client meets when whoever serves it is killed; nothing was acknowledged then."""


class Load:
    """What is known to have been acknowledged, and what went wrong."""

    def __init__(self, seconds: float) -> None:
        self.ends, self.lock = time.monotonic() + seconds, threading.Lock()
        self.acknowledged: dict[str, set[Any]] = {"invited": set(), "joined": set(), "done": set()}
        self.answers, self.slowest, self.unexpected = Counter[str](), 0.0, list[str]()

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.ends

    def keep(self, kind: str, what: Any) -> None:
        with self.lock:
            self.acknowledged[kind].add(what)

    def run(self, name: str, turn: Callable[[], None]) -> None:
        """Again and again; a fault costs a pause of half a second."""
        from django.db import DatabaseError, close_old_connections, connection

        while self.goes_on:
            began = time.monotonic()
            try:
                close_old_connections()
                turn()
                self.answers[name] += 1
            except (*EXPECTED, DatabaseError, Interrupted) as fault:
                why = fault.args[0] if isinstance(fault, Interrupted) else type(fault).__name__
                self.answers[f"{name}: {why}"] += 1
                time.sleep(0.5)
            except Exception as fault:
                self.unexpected.append(f"{name}: {fault!r}")
            self.slowest = max(self.slowest, time.monotonic() - began)
        connection.close()


class Interrupted(Exception):
    """The site answered that it could not just now, with this status."""


def address() -> str:
    return f"http://127.0.0.1:{PORT}"


def start(*arguments: str) -> "subprocess.Popen[bytes]":
    with Path(os.environ["MATRICULA_DATA"], "log.txt").open("ab") as log:
        return subprocess.Popen([sys.executable, *arguments], start_new_session=True, stderr=log, stdout=log)


def kill(process: "subprocess.Popen[bytes]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Site:
    """The processes, and what is done to them."""

    def __init__(self, database: dict[str, str]) -> None:
        self.database = database
        self.sink = start(SINK, str(MAIL_PORT), os.devnull, "0.005")
        self.server, self.worker = start("-m", "matricula", "serve"), start("-m", "matricula", "worker")
        self.faults = Counter[str]()

    def await_pages(self) -> float:
        began = time.monotonic()
        while True:
            try:
                asked = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
                asked.request("GET", "/readyz")
                if asked.getresponse().status == 200:
                    return time.monotonic() - began
            except EXPECTED:
                pass
            time.sleep(0.1)

    def kill_worker(self) -> None:
        kill(self.worker)
        self.worker = start("-m", "matricula", "worker")

    def kill_one_server(self) -> None:
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        os.kill(int(random.choice(children)), signal.SIGKILL)

    def kill_server(self) -> None:
        kill(self.server)
        self.server = start("-m", "matricula", "serve")

    def end_connections(self) -> None:
        from django.db import connection

        if connection.vendor == "postgresql":
            connection.close()  # perhaps to a database that was killed
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    def restart_database(self) -> None:
        self.have_done("restart")

    def kill_database(self) -> None:
        self.have_done("kill")

    def have_done(self, what: str) -> None:
        """By a command that returns when the database answers again."""
        if command := self.database.get(what):
            subprocess.run(shlex.split(command), check=True, stdout=subprocess.DEVNULL)

    def hang_mail(self) -> None:
        os.kill(self.sink.pid, signal.SIGSTOP)
        time.sleep(8)
        os.kill(self.sink.pid, signal.SIGCONT)

    def break_things(self, load: Load, pause: float) -> None:
        ways = [
            self.kill_worker,
            self.kill_one_server,
            self.end_connections,
            self.restart_database,
            self.hang_mail,
            self.kill_server,
            self.kill_database,
        ]
        slowest = 0.0
        while load.goes_on:
            for way in ways:
                time.sleep(pause)
                if not load.goes_on:
                    break
                way()
                self.faults[way.__name__] += 1
                slowest = max(slowest, self.await_pages())
        print(f"pages were back within {slowest:.1f} s")

    def end(self) -> None:
        for one in (self.server, self.worker, self.sink):
            kill(one)


def settle_down() -> None:
    """The mail server, the worker and the database have a minute to get even."""
    from matricula.mail.models import Letter

    ends = time.monotonic() + 60
    waiting = Letter.objects.filter(state__in=("queued", "sending"))
    while waiting.exists() and time.monotonic() < ends:
        time.sleep(1)
    print("letters:", dict(Counter(Letter.objects.values_list("state", "error"))))


def invite_by_api(load: Load, token: str, program: Any) -> Callable[[], None]:
    from tests.visiting import Visitor

    numbers = iter(range(10**9))
    me = random.getrandbits(40)
    bearer = {"Authorization": f"Bearer {token}"}

    def turn() -> None:
        to = f"api{me}x{next(numbers)}@nordlicht.example"
        body = json.dumps({"program": program.public_id, "address": to})
        asked = Visitor(address()).ask("POST", "/api/v1/invitations/", body, "application/json", **bearer)
        if (status := asked.status) != 201:
            raise Interrupted(status)
        load.keep("invited", to)

    return turn


def join_and_learn(load: Load, program: Any, bruno: Any) -> Callable[[], None]:
    from django.core.exceptions import ObjectDoesNotExist

    from matricula.invitations.invitations import invite_person
    from tests.crash.test_server_killed import Joiner

    numbers = iter(range(10**9))
    me = random.getrandbits(40)

    def turn() -> None:
        to = f"join{me}x{next(numbers)}@nordlicht.example"
        joiner = Joiner(invite_person(program=program, address=to, invited_by=bruno), address())
        try:
            if not joiner.join():
                raise Interrupted("on the way")
        except (LookupError, ObjectDoesNotExist) as fault:  # a page of the way there was a pause
            raise Interrupted("on the way") from fault
        load.keep("joined", to)
        do_lesson(load, joiner, program)

    return turn


def do_lesson(load: Load, joiner: Any, program: Any) -> None:
    from matricula.programs.models import Membership

    course = program.courses.get().public_id
    visitor = joiner.visitor
    visitor.open(f"/learn/courses/{course}/lessons/read/")
    done = visitor.post(f"/learn/courses/{course}/lessons/read/done/")
    if done.status != 302 or not done.location.startswith("/learn/"):
        raise Interrupted(done.status)
    member = Membership.objects.get(account__accepted_invitations=joiner.invitation)
    load.keep("done", member.account_id)


def read_console(load: Load, cookies: dict[str, str]) -> Callable[[], None]:
    from tests.visiting import Visitor

    paths = ["", "people/", "invitations/", "reports/", "audit/", "audit/audit.csv", "links/"]

    def turn() -> None:
        visitor = Visitor(address())
        visitor.cookies.update(cookies)
        if (status := visitor.get(f"/console/nordlicht/{random.choice(paths)}").status) != 200:
            raise Interrupted(status)

    return turn


def prepare() -> tuple[Any, Any, str, dict[str, str]]:
    """A program with a course, Bruno who owns the organization, a token, and his cookies."""
    from django.test import Client

    import conftest
    from matricula.api.tokens import grant_token
    from matricula.organizations.models import Organization, Role
    from matricula.programs.models import Program

    nordlicht = Organization.objects.create(slug="nordlicht", name="Nordlicht Energie")
    course = conftest.course.__wrapped__(nordlicht)  # type: ignore[attr-defined]
    program = Program.objects.create(organization=nordlicht, slug="main", name="Welcome", seats=1_000_000)
    program.courses.add(course)
    bruno = conftest.person("Bruno Keller", "bruno@nordlicht.example")
    Role.objects.create(organization=nordlicht, account=bruno, kind=Role.Kind.OWNER)
    _, secret = grant_token(
        organization=nordlicht, name="load", scopes=["invitations:write"], days=1, actor=bruno
    )
    client = Client()
    client.force_login(bruno)
    return program, bruno, secret, {name: one.value for name, one in client.cookies.items()}


def count_lost(load: Load) -> int:
    from matricula.invitations.models import Invitation
    from matricula.learning.models import Progress
    from matricula.programs.models import Membership

    members = Membership.objects.filter(state="active")
    kept = {
        "invited": set(Invitation.objects.values_list("address", flat=True)),
        "joined": set(members.values_list("account__accepted_invitations__address", flat=True)),
        "done": set(
            Progress.objects.filter(done_at__isnull=False).values_list("enrolment__account_id", flat=True)
        ),
    }
    lost = {kind: len(told - kept[kind]) for kind, told in load.acknowledged.items()}
    print("acknowledged:", {kind: len(told) for kind, told in load.acknowledged.items()}, "lost:", lost)
    return sum(lost.values())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seconds", type=float, help="instead of minutes")
    parser.add_argument("--pause", type=float, default=12, help="seconds between two faults")
    parser.add_argument("--restart-database", default="", metavar="COMMAND")
    parser.add_argument("--kill-database", default="", metavar="COMMAND", help="kill -9, and start again")
    parser.add_argument("--log", type=Path, help="file to keep what server and worker say")
    given = parser.parse_args()
    seconds = given.seconds or given.minutes * 60
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "MATRICULA_DEVELOPMENT": "true",
            "MATRICULA_DATA": folder,
            "MATRICULA_WORKERS": "2",
            "MATRICULA_API_RATE": "0",
            "MATRICULA_MAIL_LEASE_SECONDS": "10",
            "BASE_URL": address(),
            "EMAIL_URL": f"smtp://127.0.0.1:{MAIL_PORT}",
            "DJANGO_SETTINGS_MODULE": "matricula.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        if connection.introspection.table_names() and has_people():
            print("This database is in use; name an empty one in DATABASE_URL.")
            return 2
        program, bruno, token, cookies = prepare()
        site = Site({"restart": given.restart_database, "kill": given.kill_database})
        try:
            site.await_pages()
            return load_site(site, Load(seconds), given.pause, program, bruno, token, cookies)
        finally:
            site.end()
            if given.log:
                shutil.copy(Path(folder, "log.txt"), given.log)


def has_people() -> bool:
    from matricula.accounts.models import Account

    return bool(Account.objects.exists())


def load_site(
    site: Site, load: Load, pause: float, program: Any, bruno: Any, token: str, cookies: Any
) -> int:
    from django.db import connection

    from tests.visiting import Visitor

    kinds = [
        ("api", lambda: invite_by_api(load, token, program)),
        ("join", lambda: join_and_learn(load, program, bruno)),
        ("console", lambda: read_console(load, cookies)),
    ]
    clients = [kinds[n % len(kinds)] for n in range(CLIENTS)]
    threads = [threading.Thread(target=load.run, args=(name, make())) for name, make in clients]
    for one in threads:
        one.start()
    site.break_things(load, pause)
    for one in threads:
        one.join()
    site.await_pages()
    connection.close()  # the database it was to is not what it was
    settle_down()
    print(f"turns: {dict(load.answers)}; faults: {dict(site.faults)}; slowest turn {load.slowest:.1f} s")
    faults = Counter([*Visitor.faults, *load.unexpected])
    print("faults of pages, and what no client should meet:", dict(faults))
    return int(count_lost(load) > 0 or bool(faults))


if __name__ == "__main__":
    sys.exit(main())
