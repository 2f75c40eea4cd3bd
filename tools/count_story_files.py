"""How many files of ours six stories open. Run it with `--names` to read which.

    python tools/count_story_files.py [--names]

Each story is walked against a SQLite database of its own in a temporary folder, over the pages and with the
worker's own calls, under a profiler. Counted is a file of `matricula/` in which a function was entered while
the story ran. Not counted: tests and migrations; what runs once, when a module is imported (all are,
beforehand); and what only makes or reads the columns of a row (`NO_STORY`). Templates are no Python and are
not counted. What a process of its own does (the sandbox) is not seen. The second number leaves out what any
page opens, the front page as well.
"""

import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

PACKAGE = Path(__file__).parents[1] / "matricula"
PASSWORD = "correct horse battery"
NO_STORY = {"db/timestamps.py", "db/public_ids.py", "web/moments.py", "web/ids.py"}
"""What makes or reads a column whoever asks for a row. The last two are their names in the first version."""
CONSOLE = "/console/nordlicht/invitations/"
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}

Files = set[str]


@contextmanager
def files_opened() -> Iterator[Files]:
    """The files in which a function is entered meanwhile, in this thread and those it starts."""
    opened: Files = set()
    root = f"{PACKAGE}{os.sep}"

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        # A function's locals are fast ones (CO_OPTIMIZED); those of a module or class body are not.
        if event == "call" and code.co_filename.startswith(root) and code.co_flags & 0x1:
            opened.add(code.co_filename[len(root) :])

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield opened
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]
        opened -= {one for one in opened if one in NO_STORY or "/tests/" in one or "/migrations/" in one}


def begin(folder: str) -> None:
    """Django with an empty database in `folder`, every module imported: decorators are no part of a story."""
    os.environ |= {
        "MATRICULA_DEVELOPMENT": "true",
        "MATRICULA_DATA": folder,
        "DATABASE_URL": f"sqlite:///{folder}/stories.sqlite3",
        "EMAIL_URL": "inbox:",
        "BASE_URL": "http://127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "matricula.settings",
    }
    sys.path.insert(0, str(PACKAGE.parent))
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    for one in PACKAGE.glob("**/*.py"):
        if not {"tests", "migrations", "__main__.py", "asgi.py", "wsgi.py"} & {*one.parts}:
            import_module(
                ".".join(one.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
            )


def found_company() -> dict[str, Any]:
    """Nordlicht with a course of one lesson, a program, and Bruno who administers it."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from matricula.accounts.models import Account, EmailAddress
    from matricula.organizations.models import Organization, Role
    from matricula.programs.models import Program

    company = Organization.objects.create(slug="nordlicht", name="Nordlicht Energie")
    course = company.courses.create(
        slug="safe", title="Safe every day", summary="Small habits.", topic="Safety"
    )
    module = course.modules.create(position=0, title="One")
    course.lessons.create(module=module, key="read", position=0, kind="reading", title="Read this")
    program = Program.objects.create(organization=company, slug="main", name="Welcome", seats=5)
    program.courses.add(course)
    bruno = Account.objects.create(full_name="Bruno Keller", password=make_password(PASSWORD))
    address = "bruno@nordlicht.example"
    EmailAddress.objects.create(account=bruno, address=address, confirmed_at=timezone.now(), is_primary=True)
    Role.objects.create(organization=company, account=bruno, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    return {"program": program, "course": course}


def deliver_all() -> None:
    from matricula.mail.delivery import deliver_due

    while deliver_due():
        pass


def perform_all() -> None:
    from matricula.jobs.queue import perform_due

    while perform_due():
        pass


def letter_to(address: str) -> str:
    """The text of the newest letter to `address`."""
    from matricula.mail.models import InboxLetter

    return InboxLetter.objects.filter(to=address).latest("id").text


def found_in(text: str, pattern: str) -> str:
    """What the group in `pattern` is in `text`."""
    found = re.search(pattern, text, re.M)
    if found is None:
        raise SystemExit(f"The walk came to a text without {pattern!r}:\n{text}")
    return found[1]


class Walk:
    """Ada's way from Bruno's page to her certificate, and Dana's line of a file, under the profiler."""

    def __init__(self) -> None:
        from django.test import Client

        made = found_company()
        self.program, self.course = made["program"], made["course"]
        self.desk, self.ada = Client(HTTP_HOST="127.0.0.1"), Client(HTTP_HOST="127.0.0.1")
        self.stories: dict[str, Files] = {}

    def tell(self, story: str, act: Callable[[], object]) -> None:
        """Do what belongs to `story`; a story may be told in pieces."""
        with files_opened() as opened:
            act()
        self.stories[story] = self.stories.get(story, set()) | opened

    def invite(self) -> None:
        desk, page = self.desk, f"{CONSOLE}new/"
        credentials = {"email": "bruno@nordlicht.example", "password": PASSWORD}
        self.tell("log-in", lambda: desk.post("/account/log-in/", credentials, **BROWSER))
        desk.get("/", **BROWSER)  # whatever is only made once has been made
        self.tell("any page", lambda: desk.get("/", **BROWSER))
        asked = {"program": self.program.pk, "language": "en", "addresses": "ada@nordlicht.example"}
        self.tell("Invite (console) → letter row", lambda: desk.post(page, asked))
        self.tell("a letter composed and sent", deliver_all)

    def join(self) -> None:
        from matricula.joining.models import Arrival

        ada = self.ada
        ada.get(found_in(letter_to("ada@nordlicht.example"), r"(/join/\S+?/)(?:\s|$)"), **BROWSER)
        ada.post("/join/now/")
        place = f"/join/arrivals/{Arrival.objects.latest('id').public_id}"
        ada.post(f"{place}/start/course/{self.course.public_id}/")
        person = {"full_name": "Ada Okafor", "alternative_email": "ada@home.example", "password": PASSWORD}
        ada.post(f"{place}/account/", person)
        deliver_all()
        code = found_in(letter_to("ada@nordlicht.example"), r"^(\d{6})$")
        self.tell("code → membership", lambda: ada.post(f"{place}/confirm/", {"code": code}))

    def learn(self) -> None:
        lesson = f"/learn/courses/{self.course.public_id}/lessons/read/"
        self.ada.get(lesson)
        self.tell("last lesson → certificate", lambda: self.ada.post(f"{lesson}done/"))
        self.tell("last lesson → certificate", perform_all)

    def read_file(self) -> None:
        """What the worker does of it; handing in and confirming are pages of their own."""
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("people.csv", b"email,name\ndana@nordlicht.example,Dana\n")
        asked = {"program": self.program.pk, "language": "en", "file": file}
        answer = self.desk.post(f"{CONSOLE}files/new/", asked)
        self.tell("one line of a file", perform_all)
        self.desk.post(f"{answer['Location']}confirmation/")
        self.tell("one line of a file", perform_all)

    def check(self) -> None:
        """A walk that went astray counts nothing."""
        from matricula.credentials.models import Certificate
        from matricula.programs.models import Membership

        assert (Membership.objects.count(), Certificate.objects.count()) == (1, 1)
        assert self.program.invitations.filter(address="dana@nordlicht.example").exists()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        begin(folder)
        walk = Walk()
        for part in (walk.invite, walk.join, walk.learn, walk.read_file, walk.check):
            part()
    stories = walk.stories
    common = stories.pop("any page")
    print(f"{'story':32}{'files':>6}{'without what any page opens':>30}")
    for story, opened in stories.items():
        print(f"{story:32}{len(opened):6}{len(opened - common):30}")
        if "--names" in sys.argv:
            print("".join(f"    {one}\n" for one in sorted(opened - common)))


if __name__ == "__main__":
    main()
