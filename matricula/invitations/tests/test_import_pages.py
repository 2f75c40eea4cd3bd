"""The pages of files: what is too large or foreign, two tabs, spreadsheets, and queries that do not grow."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import person
from matricula.invitations.imports.uploads import hand_in_file, upload_place
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import ImportedFile, Invitation
from matricula.jobs import leases
from matricula.jobs.models import Job
from matricula.jobs.queue import ATTEMPTS, perform_due
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program

pytestmark = pytest.mark.django_db
FILES = "/console/nordlicht/invitations/files/"


@pytest.fixture
def desk(client, organization, program, bruno):
    """Bruno administers, signed in."""
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    client.force_login(bruno)
    return client


def work():
    while perform_due():
        pass


def take(program, text, name="people.csv"):
    file = hand_in_file(program=program, name=name, content=[text.encode()], actor=None)
    work()
    return ImportedFile.objects.get(pk=file.pk)


def form(program, content, name="people.csv"):
    return {"program": program.pk, "language": "de", "file": SimpleUploadedFile(name, content)}


def test_a_file_is_taken_under_a_random_name_and_in_the_language_chosen(desk, program):
    answer = desk.post(f"{FILES}new/", form(program, b"email\nada@n.example\n", "../../x.csv"))
    file = ImportedFile.objects.get()
    assert answer["Location"] == f"{FILES}{file.public_id}/"
    assert (file.name, file.language) == ("x.csv", "de")
    assert "x.csv" not in file.stored_as
    assert len(file.stored_as) == 32
    work()
    desk.post(f"{FILES}{file.public_id}/confirmation/")
    work()
    assert Invitation.objects.get().language == "de"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 no zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)]
)
def test_import_bombs_what_is_no_list_is_refused_beside_the_field(desk, program, content):
    answer = desk.post(f"{FILES}new/", form(program, content))
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not ImportedFile.objects.exists()


def test_import_bombs_a_body_beyond_the_limit_is_refused_before_it_is_read(desk, monkeypatch):
    monkeypatch.setattr("matricula.web.middleware.MOST_BYTES", 500)
    monkeypatch.setattr("matricula.invitations.views.imports.new_file.most_bytes", 1000)
    answer = desk.post(f"{FILES}new/", {"file": SimpleUploadedFile("people.csv", bytes(2000))})
    assert answer.status_code == 413
    assert b"too much at once" in answer.content


def test_import_bombs_a_file_beyond_the_limit_is_refused_beside_the_field(desk, program, monkeypatch):
    monkeypatch.setattr("matricula.invitations.imports.uploads.MOST_BYTES", 10)
    answer = desk.post(f"{FILES}new/", form(program, b"email\nada@n.example\n"))
    assert "larger than" in answer.context["form"].errors["file"][0]


def test_a_program_of_another_organization_cannot_be_chosen(desk):
    other = Organization.objects.create(slug="other", name="Other")
    theirs = Program.objects.create(organization=other, slug="main", name="Theirs")
    answer = desk.post(f"{FILES}new/", form(theirs, b"email\nada@n.example\n"))
    assert "program" in answer.context["form"].errors


def test_a_file_with_more_people_than_seats_says_so_before_it_is_confirmed(desk, program):
    Program.objects.update(seats=1)
    file = take(program, "email\nada@x.example\nbo@x.example\n")
    work()
    page = desk.get(f"{FILES}{file.public_id}/").content.decode()
    assert "1 seat is free. Whoever comes to a full program is told so and asks you" in page
    Program.objects.update(seats=2)
    assert "seat is free" not in desk.get(f"{FILES}{file.public_id}/").content.decode()


def test_two_tabs_confirm_the_same_file_and_it_is_carried_out_once(desk, program):
    file = take(program, "email\nada@n.example\n")
    confirm = f"{FILES}{file.public_id}/confirmation/"
    assert [desk.post(confirm, follow=True).status_code for _ in range(2)] == [200, 200]
    assert b"refused, confirmed or cancelled already" in desk.post(confirm, follow=True).content
    work()
    assert Invitation.objects.count() == 1
    assert ImportedFile.objects.get().invited == 1


def test_a_confirmed_file_can_no_longer_be_dropped(desk, program):
    file = take(program, "email\nada@n.example\n")
    desk.post(f"{FILES}{file.public_id}/confirmation/")
    answer = desk.post(f"{FILES}{file.public_id}/cancellation/", follow=True)
    assert b"refused, confirmed or cancelled already" in answer.content
    assert ImportedFile.objects.get().state == "running"


def test_spreadsheets_a_result_runs_no_formula(desk, program):
    file = take(program, 'email,name\nada@n.example,"=cmd|calc"\n@SUM,+1\n')
    lines = b"".join(desk.get(f"{FILES}{file.public_id}/result/")).decode("utf-8-sig").splitlines()
    assert lines[1] == "2,ada@n.example,'=cmd|calc,,,To be invited,"
    assert lines[2].startswith("3,'@SUM,'+1,,,Not understood,")


@pytest.mark.parametrize(
    ("people", "heading", "words"),
    [
        ([], "0 people are invited", "Nobody new was in the file, so no letter goes out."),
        (["ada"], "1 person is invited", "The letter goes out as soon as"),
        (["ada", "dana"], "2 people are invited", "Their letters go out one after the other"),
    ],
)
def test_the_result_speaks_of_one_person_as_of_one(desk, program, people, heading, words):
    file = take(program, "email\n" + "".join(f"{name}@n.example\n" for name in ["eva", *people]))
    invite_person(program=program, address="eva@n.example", invited_by=None)
    desk.post(f"{FILES}{file.public_id}/confirmation/")
    work()
    page = desk.get(f"{FILES}{file.public_id}/").content.decode()
    assert (heading in page, words in page) == (True, True)


def test_a_result_that_is_forgotten_is_not_there(desk, program):
    file = take(program, "email\nada@n.example\n")
    ImportedFile.objects.update(lines=0)
    assert desk.get(f"{FILES}{file.public_id}/result/").status_code == 404


def test_the_page_of_a_file_with_a_hundred_lines_asks_no_more_than_with_one(desk, program):
    program.groups.create(name="Crew")

    def queries(count):
        text = "email,groups\n" + "".join(f"p{count}-{n}@n.example,Crew\n" for n in range(count))
        file = take(program, text)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            desk.get(f"{FILES}{file.public_id}/")
        return len(asked)

    assert queries(1) == queries(3) == queries(100)


def test_the_list_of_three_files_asks_no_more_than_of_one(desk, program):
    def queries():
        take(program, "email\nada@n.example\n")
        with CaptureQueriesContext(connection) as asked:
            desk.get(FILES)
        return len(asked)

    first, _, third = queries(), queries(), queries()
    assert first == third


def test_what_the_file_says_beside_is_shown_with_the_person(desk, program):
    file = take(program, "email,Cost centre\nada@n.example,4711\n")
    desk.post(f"{FILES}{file.public_id}/confirmation/")
    work()
    ada = person("Ada Okafor", "ada@n.example")
    Invitation.objects.get().settle(Invitation.State.JOINED, account=ada)
    enter_program(program=program, account=ada)
    Affiliation.objects.create(organization=program.organization, account=ada, work_email="ada@n.example")
    page = desk.get(f"/console/nordlicht/people/{ada.public_id}/").content.decode()
    assert "<dt>Cost centre</dt><dd>4711</dd>" in page
    assert f'<a href="{FILES}{file.public_id}/">from people.csv</a>' in page


def test_the_list_of_invitations_says_from_which_file_and_what_it_said(desk, program, organization, chika):
    file = take(program, "email,Cost centre,Team\nada@n.example,4711,<Grid>\n", name="autumn.csv")
    desk.post(f"{FILES}{file.public_id}/confirmation/")
    work()
    told = desk.get("/console/nordlicht/invitations/").content.decode()
    assert "Cost centre: 4711" in told
    assert "Team: &lt;Grid&gt;" in told
    assert f'<a href="{FILES}{file.public_id}/">from autumn.csv</a>' in told
    Role.objects.create(organization=organization, account=chika, kind=Role.Kind.VIEWER)
    desk.force_login(chika)
    told = desk.get("/console/nordlicht/invitations/").content.decode()
    assert "<small>from autumn.csv</small>" in told


def test_what_a_file_says_at_length_is_cut_in_the_list(desk, program):
    file = take(program, f"email,Remark\nada@n.example,{'so ' * 300}\n")
    desk.post(f"{FILES}{file.public_id}/confirmation/")
    work()
    told = desk.get("/console/nordlicht/invitations/").content.decode()
    assert "Remark: so so" in told
    assert "so " * 100 not in told


def test_the_list_of_invitations_asks_no_more_for_three_files_than_for_one(desk, program):
    def queries(name):
        file = take(program, f"email,Team\n{name}@n.example,Grid\n")
        desk.post(f"{FILES}{file.public_id}/confirmation/")
        work()
        with CaptureQueriesContext(connection) as asked:
            assert desk.get("/console/nordlicht/invitations/").status_code == 200
        return len(asked)

    first, _, third = queries("ada"), queries("dana"), queries("emil")
    assert first == third


def test_a_file_whose_job_has_stopped_says_so_and_goes_on_when_asked(desk, program):
    file = take(program, "email\nada@n.example\n")
    desk.post(f"{FILES}{file.public_id}/confirmation/")
    Job.objects.filter(reference=file.pk).update(state=Job.State.FAILED)
    page = desk.get(f"{FILES}{file.public_id}/").content
    assert b"This file came to a halt" in page
    assert b"data-poll" not in page
    desk.post(f"{FILES}{file.public_id}/repetition/")
    work()
    assert ImportedFile.objects.get().state == "done"


def test_a_file_whose_upload_nobody_sees_for_a_day_is_refused_in_words(desk, program, monkeypatch):
    monkeypatch.setattr(leases, "OTHERS_SECONDS", 0)
    file = hand_in_file(program=program, name="people.csv", content=[b"email\nada@n.example\n"], actor=None)
    upload_place(file).unlink()
    work()
    file.refresh_from_db()
    assert file.state == "checking"
    for _ in range(ATTEMPTS):
        yesterday = timezone.now() - timedelta(hours=25)
        Job.objects.filter(reference=file.pk).update(queued_at=yesterday, due_at=timezone.now())
        work()
    assert b"The file is damaged and cannot be read" in desk.get(f"{FILES}{file.public_id}/").content
