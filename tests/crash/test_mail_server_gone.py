"""The mail server goes away under a running worker, and comes back."""

import time
from pathlib import Path

import pytest

from matricula.invitations.invitations import invite_person
from matricula.mail.models import Letter
from matricula.mail.sending import sending_fault
from tests.crash.conftest import answers, free_port, kill, until

pytestmark = pytest.mark.django_db(transaction=True)
SINK = Path(__file__).parent / "sink.py"
WITHIN_SECONDS = 20
"""The longest pause between two tries, and a busy machine."""


def waiting():
    return set(Letter.objects.filter(state="queued").values_list("attempts", flat=True))


def test_letters_wait_for_a_mail_server_that_is_away_and_leave_within_seconds(
    start, tmp_path, program, bruno
):
    def invite(*people):
        for one in people:
            invite_person(program=program, address=f"{one}@nordlicht.example", invited_by=bruno)

    def all_have_left():
        return not Letter.objects.exclude(state="sent").exists()

    port, notes = free_port(), tmp_path / "letters.txt"
    invite(*(f"person{n}" for n in range(20)))
    worker = start("-m", "matricula", "worker", EMAIL_URL=f"smtp://127.0.0.1:{port}")
    until(sending_fault)
    time.sleep(3)
    assert (waiting(), Letter.objects.filter(state="queued").count()) == ({0}, 20)

    sink = start(str(SINK), str(port), str(notes), "0")
    until(all_have_left, seconds=WITHIN_SECONDS)
    kill(sink)
    invite("ada")
    until(sending_fault)
    start(str(SINK), str(port), str(notes), "0")
    until(lambda: answers(port))
    until(all_have_left, seconds=WITHIN_SECONDS)
    assert len(notes.read_text().splitlines()) == 21
    assert worker.poll() is None
