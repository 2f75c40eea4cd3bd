"""An import whose workers and server are killed again and again, with a real mail server at the other end.

PEOPLE_IN_A_KILLED_IMPORT=100000 makes it as long as that; it then takes some minutes.
"""

import os
from collections import Counter

import pytest
from django.test import Client

from matricula.audit.models import Entry
from matricula.invitations.imports.uploads import hand_in_file
from matricula.invitations.models import ImportedFile, Invitation
from matricula.mail.models import Letter
from matricula.organizations.models import Role
from tests.crash.conftest import answers, free_port, kill, until
from tests.crash.test_worker_killed import SINK, read
from tests.visiting import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = int(os.environ.get("PEOPLE_IN_A_KILLED_IMPORT", "500"))
PATIENCE_SECONDS = 60 + PEOPLE // 100
PAUSE_SECONDS = max(0.02, PEOPLE / 100_000)
"""Counting many people again and again must not be what the processor does."""
WORKER = """
import sys, django
from datetime import timedelta
django.setup()
from matricula.invitations.imports import checks, execution, stops
from matricula.jobs import leases
leases.LEASE = timedelta(seconds=1)
checks.lines_a_step = execution.lines_a_step = stops.lines_a_step = lambda: STEP
from matricula.commands import main
sys.argv = ["matricula", "worker"]
main()
""".replace("STEP", str(PEOPLE // 20))
"""The worker as it is, but with steps to be killed among, and leases a test can wait for."""


@pytest.fixture
def worker(start, tmp_path):
    """Start a worker that sends to one sink."""
    port, notes = free_port(), tmp_path / "letters.txt"
    start(str(SINK), str(port), str(notes), "0")
    until(lambda: answers(port))
    outside = {
        "DJANGO_SETTINGS_MODULE": "matricula.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "MATRICULA_MAIL_DAILY_LIMIT": "0",
        "MATRICULA_MAIL_LEASE_SECONDS": "2",
    }
    return lambda: start("-c", WORKER, **outside)


@pytest.fixture
def taken_in(program, bruno, settings, tmp_path):
    """A file handed in, and the people in it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    people = {f"person{n}@n.example" for n in range(PEOPLE)}
    content = "email\n" + "\n".join(sorted(people)) + "\nwrong\nPERSON1@n.example\n"
    hand_in_file(program=program, name="people.csv", content=[content.encode()], actor=bruno)
    return people


def file():
    return ImportedFile.objects.get()


def confirm_by_a_server_that_is_killed_at_once(start, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client = Client()
    client.force_login(bruno)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = start("-m", "matricula", "serve", PORT=str(port), BASE_URL=address)
    until(lambda: answers(port))
    visitor = Visitor(address)
    visitor.cookies = {name: one.value for name, one in client.cookies.items()}
    page = f"/console/nordlicht/invitations/files/{file().public_id}/"
    assert visitor.get(page).status == 200
    assert visitor.post(f"{page}confirmation/").status == 302
    kill(server)


def killed_when(worker, reached):
    running = worker()
    until(reached, PATIENCE_SECONDS, PAUSE_SECONDS)
    kill(running)


def test_loss_on_crash_an_import_killed_again_and_again_loses_nobody_and_writes_to_nobody_twice(
    start, worker, taken_in, organization, bruno, tmp_path
):
    killed_when(worker, lambda: file().lines > PEOPLE / 4)
    assert file().state == "checking"
    assert file().kept_lines.count() == file().lines, "a line was kept by half"
    killed_when(worker, lambda: file().state == "checked")
    assert file().counts == {"new": PEOPLE, "invalid": 1, "twice": 1}

    confirm_by_a_server_that_is_killed_at_once(start, organization, bruno)
    killed_when(worker, lambda: file().invited > PEOPLE / 4)
    assert file().state == "running"
    assert Invitation.objects.count() == file().invited, "a step was done by half"
    killed_when(worker, lambda: Letter.objects.filter(state="sent").count() > PEOPLE / 4)

    worker()
    until(lambda: Letter.objects.filter(state="sent").count() == PEOPLE, 3 * PATIENCE_SECONDS, PAUSE_SECONDS)
    until(lambda: not file().owes_letters)
    assert (file().state, file().invited, file().done) == ("done", PEOPLE, PEOPLE + 2)
    assert set(Invitation.objects.values_list("canonical", flat=True)) == taken_in
    assert Invitation.objects.filter(state="sent").count() == Letter.objects.count() == PEOPLE
    arrived = read(tmp_path / "letters.txt")
    assert {address for address, _ in arrived} == taken_in
    twice = [pair for pair, times in Counter(arrived).items() if times > 1]
    assert len(arrived) - PEOPLE == len(twice), "a letter came again under another Message-ID"
    lines = Counter(Entry.objects.filter(verb__startswith="invitation.").values_list("verb", flat=True))
    assert lines == {"invitation.import_confirmed": 1, "invitation.imported": 1}


def test_races_import_twice_two_workers_share_one_file_and_invite_everybody_once(
    worker, taken_in, organization, bruno
):
    from matricula.invitations.imports.uploads import confirm_file

    worker(), worker()
    until(lambda: file().state == "checked", seconds=PATIENCE_SECONDS)
    confirm_file(file=file(), actor=bruno)
    until(lambda: file().state == "done", seconds=PATIENCE_SECONDS)
    assert Invitation.objects.count() == file().invited == PEOPLE
    assert file().counts == {"new": PEOPLE, "invalid": 1, "twice": 1}


def test_loss_on_crash_a_file_stopped_between_kills_keeps_who_was_written_to_and_nobody_else(
    worker, taken_in, bruno
):
    from matricula.invitations.imports.stops import stop_file
    from matricula.invitations.imports.uploads import confirm_file

    killed_when(worker, lambda: file().state == "checked")
    confirm_file(file=file(), actor=bruno)
    killed_when(worker, lambda: file().invited > PEOPLE / 2 and Letter.objects.exists())
    stop_file(file=file(), actor=bruno)
    killed_when(worker, lambda: Invitation.objects.filter(state="revoked").exists() or file().ended_at)
    worker()
    until(lambda: file().ended_at is not None, seconds=PATIENCE_SECONDS)
    told = set(Letter.objects.values_list("to", flat=True))
    assert set(Invitation.objects.live().values_list("canonical", flat=True)) == told
    assert Letter.objects.count() == len(told) == file().invited > 0
    left = {"stopped": PEOPLE - len(told)} if len(told) < PEOPLE else {}  # a stop may come when all were told
    assert file().counts == {"new": len(told), **left, "invalid": 1, "twice": 1}
    lines = Counter(Entry.objects.filter(verb__startswith="invitation.").values_list("verb", flat=True))
    assert lines["invitation.import_stopped"] == lines["invitation.import_ended"] == 1
