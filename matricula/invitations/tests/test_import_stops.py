"""Bruno handed in the wrong file and stops it: who was written to stays invited, nobody else is."""

import csv
from itertools import pairwise
from threading import Event, Thread

import pytest
from django.db import connection

from matricula.audit.models import Entry
from matricula.invitations.errors import NotToStop
from matricula.invitations.imports import execution, stops
from matricula.invitations.imports.execution import hand_over_letters
from matricula.invitations.imports.report import result_table
from matricula.invitations.imports.stops import stop_file
from matricula.invitations.imports.uploads import confirm_file, hand_in_file, is_stuck, resume_import
from matricula.invitations.invitations import revoke_invitation, send_invitation_again
from matricula.invitations.models import ImportedFile, Invitation
from matricula.invitations.tests.test_import_races import all_at_once
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due
from matricula.mail.models import Letter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PEOPLE = 20
CONTENT = ("email\n" + "".join(f"p{n:02}@n.example\n" for n in range(PEOPLE)) + "wrong\n").encode()


@pytest.fixture(autouse=True)
def _short_steps(monkeypatch):
    """Ten lines after the first, and five letters, a step."""
    monkeypatch.setattr(execution, "lines_a_step", lambda: 11)
    monkeypatch.setattr(stops, "lines_a_step", lambda: 4)
    monkeypatch.setattr(execution, "BATCH", 5)


def work():
    while perform_due():
        pass


def confirmed(program, actor=None):
    """A file that is checked and confirmed, and of which nothing is carried out."""
    file = hand_in_file(program=program, name="people.csv", content=[CONTENT], actor=actor)
    work()
    file.refresh_from_db()
    confirm_file(file=file, actor=actor)
    return file


def stopped(file, actor=None):
    stop_file(file=file, actor=actor)
    work()
    file.refresh_from_db()
    return file


def states():
    return sorted(Invitation.objects.values_list("canonical", "state"))


def test_stopped_between_two_steps_it_takes_back_what_no_letter_has_told_of(program, bruno):
    file = confirmed(program, bruno)
    perform_due()
    hand_over_letters()
    assert (Invitation.objects.count(), Letter.objects.count()) == (10, 5)
    stopped(file, bruno)
    assert (file.state, file.invited, file.owes_letters) == ("stopped", 5, False)
    assert file.ended_at is not None
    assert file.counts == {"new": 5, "stopped": 15, "invalid": 1}
    assert [state for _, state in states()] == ["queued"] * 5 + ["revoked"] * 5
    while hand_over_letters():
        pass
    assert Letter.objects.count() == 5


def test_stopped_when_only_letters_are_left_it_writes_no_more_of_them(program):
    file = confirmed(program)
    work()
    hand_over_letters()
    file.refresh_from_db()
    assert (file.state, file.invited) == ("done", PEOPLE)
    stopped(file)
    assert (file.invited, Letter.objects.count()) == (5, 5)
    assert Invitation.objects.live().count() == 5


def test_the_result_says_of_every_line_whether_it_was_invited(program):
    file = confirmed(program)
    perform_due()
    hand_over_letters()
    lines = list(result_table(stopped(file)))[1:]
    assert [line[5] for line in lines] == ["Invited"] * 5 + ["Not invited"] * 15 + ["Not understood"]
    assert {line[6] for line in lines[5:20]} == {"The import was stopped before a letter was written."}


def test_handed_in_again_it_invites_the_others_and_writes_to_nobody_twice(program):
    file = confirmed(program)
    perform_due()
    hand_over_letters()
    stopped(file)
    again = confirmed(program)
    assert ImportedFile.objects.get(pk=again.pk).counts == {"new": 15, "invited": 5, "invalid": 1}
    work()
    while hand_over_letters():
        pass
    written = list(Letter.objects.values_list("to", flat=True))
    assert len(written) == len(set(written)) == PEOPLE


def test_whom_somebody_wrote_to_by_hand_stays_invited(program, bruno):
    file = confirmed(program)
    perform_due()
    by_hand, withdrawn = Invitation.objects.order_by("pk")[3:5]
    send_invitation_again(invitation=by_hand, actor=bruno)
    revoke_invitation(invitation=withdrawn, actor=bruno)
    stopped(file)
    assert list(Invitation.objects.live()) == [by_hand]
    assert file.counts == {"new": 1, "stopped": 19, "invalid": 1}


def test_only_what_is_under_way_is_stopped_and_only_once(program, bruno):
    file = hand_in_file(program=program, name="people.csv", content=[CONTENT], actor=bruno)
    for _ in range(2):
        with pytest.raises(NotToStop):
            stop_file(file=file, actor=bruno)
        work()
        file.refresh_from_db()
    confirm_file(file=file, actor=bruno)
    stopped(file, bruno)
    with pytest.raises(NotToStop):
        stop_file(file=file, actor=bruno)
    verbs = list(Entry.objects.filter(verb__contains="import").order_by("pk").values_list("verb", "actor"))
    assert verbs == [
        ("invitation.import_confirmed", bruno.pk),
        ("invitation.import_stopped", bruno.pk),
        ("invitation.import_ended", bruno.pk),
    ]


def test_when_all_letters_are_on_their_way_there_is_nothing_to_stop(program):
    file = confirmed(program)
    work()
    while hand_over_letters():
        pass
    with pytest.raises(NotToStop):
        stop_file(file=file, actor=None)
    assert Invitation.objects.live().count() == PEOPLE


def test_a_file_whose_job_came_to_a_halt_can_be_stopped_too(program):
    file = confirmed(program)
    perform_due()
    Job.objects.filter(reference=file.pk).update(state=Job.State.FAILED)
    file.refresh_from_db()
    assert is_stuck(file)
    stopped(file)
    assert (file.state, Invitation.objects.live().count()) == ("stopped", 0)
    assert not is_stuck(file)


def test_a_halt_while_it_is_stopped_goes_on_when_asked(program):
    file = confirmed(program)
    perform_due()
    stop_file(file=file, actor=None)
    Job.objects.filter(kind="invitations.stop_import").update(state=Job.State.FAILED)
    assert is_stuck(file)
    assert resume_import(file)
    work()
    file.refresh_from_db()
    assert file.counts["stopped"] == PEOPLE


def test_the_lines_of_a_stopped_file_are_told_some_at_a_time(program):
    file = confirmed(program)
    perform_due()
    hand_over_letters()
    stop_file(file=file, actor=None)
    counted = []
    while perform_due():
        counted.append(file.kept_lines.filter(verdict="stopped").count())
    file.refresh_from_db()
    told = [counted[0], *(after - before for before, after in pairwise(counted))]
    assert (sum(told), max(told)) == (15, 4)
    assert (file.ended_at is not None, file.counts["stopped"]) == (True, 15)


def test_loss_on_crash_a_step_that_died_while_taking_back_is_done_again(program, monkeypatch):
    """As a kill leaves it: the transaction is undone, the lease runs out, another worker goes on."""
    file = confirmed(program)
    perform_due()
    stop_file(file=file, actor=None)
    perform_due(), perform_due()
    whole = stops.count_verdicts
    monkeypatch.setattr(stops, "count_verdicts", lambda file: 1 / 0)
    work()
    file.refresh_from_db()
    assert (file.ended_at, file.invited) == (None, 0)
    monkeypatch.setattr(stops, "count_verdicts", whole)
    Job.objects.filter(kind="invitations.stop_import").update(due_at="2026-01-01T00:00:00Z")
    work()
    file.refresh_from_db()
    assert (file.state, file.counts) == ("stopped", {"stopped": PEOPLE, "invalid": 1})


def test_races_a_step_at_work_when_the_file_is_stopped_leaves_nobody_invited(program, monkeypatch):
    """The step has written its invitations and not committed. On SQLite the stop comes after it."""
    file = confirmed(program)
    written, go = Event(), Event()
    invite_lines = execution.invite_lines

    def slowly(*arguments):
        made = invite_lines(*arguments)
        written.set()
        go.wait(10 if connection.vendor == "postgresql" else 0.2)
        return made

    monkeypatch.setattr(execution, "invite_lines", slowly)

    def step():
        perform_due()
        connection.close()

    worker = Thread(target=step)
    worker.start()
    assert written.wait(10)
    stop_file(file=file, actor=None)
    go.set()
    worker.join()
    work()
    file.refresh_from_db()
    assert (file.state, file.invited, Invitation.objects.live().count()) == ("stopped", 0, 0)
    assert file.counts == {"stopped": PEOPLE, "invalid": 1}
    while hand_over_letters():
        pass
    assert Letter.objects.count() == 0


def test_races_stopped_by_many_while_workers_invite_and_write_everybody_is_told_or_taken_back(program):
    file = confirmed(program)

    def press(place):
        if place % 3 == 0:
            return stop_file(file=ImportedFile.objects.get(pk=file.pk), actor=None)
        if place % 3 == 1:
            return hand_over_letters()
        return perform_due()

    answers = all_at_once(press, 24)
    faults = [one for one in answers if isinstance(one, Exception)]
    assert [type(one) for one in faults] == [NotToStop] * 7
    work()
    while hand_over_letters():
        pass
    file.refresh_from_db()
    told = set(Letter.objects.values_list("to", flat=True))
    assert Letter.objects.count() == len(told)
    assert set(Invitation.objects.live().values_list("canonical", flat=True)) == told
    assert (file.state, file.invited) == ("stopped", len(told))
    assert file.counts.get("new", 0) == len(told)
    assert file.counts["stopped"] == PEOPLE - len(told)
    assert Entry.objects.filter(verb="invitation.import_stopped").count() == 1


FILES = "/console/nordlicht/invitations/files/"


def test_the_page_asks_first_and_then_tells_what_became_of_whom(client, organization, program, bruno):
    from matricula.organizations.models import Role

    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    file = confirmed(program, bruno)
    perform_due()
    hand_over_letters()
    page = f"{FILES}{file.public_id}/"
    assert f'href="{page}stopping/"' in client.get(page).content.decode()
    assert b"Stop the import" in client.get(f"{page}stopping/").content
    assert ImportedFile.objects.get().state == "running"
    assert client.post(f"{page}stopping/")["Location"] == page
    assert b"The import is being stopped" in client.get(page).content
    assert client.get(f"{page}result/").status_code == 404
    work()
    told = client.get(page).content.decode()
    assert "Stopped: 5 people are invited" in told
    assert "15 people of the file are not invited" in told
    assert "stopping/" not in told
    result = b"".join(client.get(f"{page}result/").streaming_content).decode("utf-8-sig")
    assert [row["Outcome"] for row in csv.DictReader(result.splitlines())].count("Not invited") == 15
    assert b"stopped, 5 invited" in client.get(FILES).content
    assert client.get(f"{page}stopping/")["Location"] == page
    assert client.post(f"{page}stopping/")["Location"] == page


def test_a_viewer_stops_nothing(client, organization, program, chika):
    from matricula.organizations.models import Role

    Role.objects.create(organization=organization, account=chika, kind=Role.Kind.VIEWER)
    client.force_login(chika)
    file = confirmed(program)
    assert client.post(f"{FILES}{file.public_id}/stopping/").status_code == 403
    assert ImportedFile.objects.get().state == "running"
