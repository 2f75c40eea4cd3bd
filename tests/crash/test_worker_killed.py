"""A worker killed in the middle of its letters, with a real mail server at the other end."""

from collections import Counter
from pathlib import Path

import pytest

from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.mail.models import Letter
from tests.crash.conftest import answers, free_port, kill, until

pytestmark = pytest.mark.django_db(transaction=True)
SINK = Path(__file__).parent / "sink.py"
LETTERS, CONNECTIONS = 100, 2


def read(notes):
    """(address, Message-ID) of each letter the mail server took."""
    return [tuple(line.split()) for line in notes.read_text().splitlines()] if notes.exists() else []


def test_loss_on_crash_a_worker_killed_in_the_middle_loses_no_letter(start, tmp_path, program, bruno):
    people = {f"person{n}@nordlicht.example" for n in range(LETTERS)}
    for address in people:
        invite_person(program=program, address=address, invited_by=bruno)
    port, notes = free_port(), tmp_path / "letters.txt"
    start(str(SINK), str(port), str(notes), "0.01")
    until(lambda: answers(port))
    outside = {
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "MATRICULA_MAIL_LEASE_SECONDS": "2",
        "MATRICULA_MAIL_CONNECTIONS": str(CONNECTIONS),
        "MATRICULA_WORKER_PROCESSES": "2",
    }

    worker = start("-m", "matricula", "worker", **outside)
    until(lambda: len(read(notes)) >= LETTERS // 4)
    kill(worker)
    assert len(read(notes)) < LETTERS, "the worker was done before it was killed"
    kept = set(Letter.objects.filter(state="sent").values_list("to", flat=True))

    start("-m", "matricula", "worker", **outside)
    until(lambda: Letter.objects.filter(state="sent").count() == LETTERS)

    arrived = read(notes)
    assert {address for address, _ in arrived} == people
    twice = [pair for pair, times in Counter(arrived).items() if times > 1]
    assert len(arrived) - len(people) == len(twice), "a letter came again under another Message-ID"
    assert not kept & {address for address, _ in twice}, "a letter known to have left came twice"
    assert Invitation.objects.filter(state="sent").count() == LETTERS
