"""How a file was read is shown before anybody is invited, and may be changed."""

import json
import time
from datetime import timedelta
from io import BytesIO
from threading import Barrier, Thread

import pytest
import xlsxwriter
from django.db import connection
from django.utils import timezone
from python_calamine import CalamineWorkbook

from matricula.audit.models import Entry
from matricula.files.sandbox import GIB, Limits
from matricula.invitations.errors import ColumnsRefused, ColumnsUndecided, NotToConfirm
from matricula.invitations.imports.interpretation import reading_of, revised
from matricula.invitations.imports.uploads import (
    clear_some,
    confirm_file,
    hand_in_file,
    read_anew,
    upload_folder,
    upload_place,
)
from matricula.invitations.models import ImportedFile, ImportedLine, Invitation
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due
from matricula.organizations.models import Role as Appointment
from matricula.peoplefile import Choices, Encoding, Role, digest
from matricula.peoplefile.tests.workbooks import workbook
from matricula.programs.terms import Terms

pytestmark = pytest.mark.django_db
FILES = "/console/nordlicht/invitations/files/"
TWO = "Work e-mail,Company e-mail,Who,Password\nada@n.example,info@n.example,Ada,Geheim-4711\n"
WESTERN = Choices(encoding=Encoding.WINDOWS_1252)
NAMES = "email,Team\nada@n.example,Ada\nbo@n.example,Bo\n"


@pytest.fixture
def desk(client, organization, program, bruno):
    """Bruno administers, signed in."""
    Appointment.objects.create(
        organization=organization, account=bruno, kind=Appointment.Kind.PROGRAM_ADMINISTRATOR
    )
    client.force_login(bruno)
    return client


def work():
    while perform_due():
        pass


def take(program, text, **more):
    content = text if isinstance(text, bytes) else text.encode()
    file = hand_in_file(program=program, name="people.csv", content=[content], actor=None, **more)
    work()
    return fresh(file)


def fresh(file):
    return ImportedFile.objects.select_related("program__organization").get(pk=file.pk)


def change(desk, file, **said):
    reading = reading_of(file)
    shown = {f"column-{one.number}": one.role.value for one in reading.columns if not one.is_secret}
    fields = {"readings": file.readings, "encoding": file.layout["encoding"], **shown, **said}
    desk.post(f"{FILES}{file.public_id}/reading/", fields)
    work()
    return fresh(file)


def test_the_preview_says_what_each_column_was_read_as_and_greets_the_first_three(desk, program):
    file = take(
        program,
        "Vorname;Nachname;E-Mail;Kst\nAda;Okafor;ada@n.example;4711\n;;bo@n.example;\n",
        terms=Terms(language="de"),
    )
    page = desk.get(f"{FILES}{file.public_id}/").content.decode()
    for words in ("Guten Tag Ada Okafor,", "Guten Tag,", "4711", "Semicolon", "The headings are on line 1."):
        assert words in page
    assert [one.role.value for one in reading_of(file).columns] == ["first", "last", "email", "note"]


def test_a_column_read_as_something_else_is_read_anew_by_the_job(desk, program):
    file = take(program, NAMES)
    file = change(desk, file, **{"column-2": "name"})
    assert (file.state, file.readings, file.lines) == ("checked", 1, 2)
    assert [line.name for line in file.kept_lines.order_by("line")] == ["Ada", "Bo"]
    assert Invitation.objects.count() == 0
    desk.post(f"{FILES}{file.public_id}/confirmation/", {"readings": 1})
    work()
    assert set(Invitation.objects.values_list("name", flat=True)) == {"Ada", "Bo"}


def test_two_columns_that_could_hold_the_address_are_asked_about_and_nobody_is_invited(desk, program):
    file = take(program, TWO)
    assert (file.state, file.undecided, file.lines) == ("checked", "tie", 0)
    page = desk.get(f"{FILES}{file.public_id}/").content.decode()
    assert "It could be one of these: “Work e-mail”, “Company e-mail”." in page
    with pytest.raises(ColumnsUndecided):
        confirm_file(file=file, actor=None)
    desk.post(f"{FILES}{file.public_id}/confirmation/")
    assert fresh(file).state == "checked"
    file = change(desk, file, **{"column-1": "email", "column-3": "name"})
    assert [(line.address, line.name) for line in file.kept_lines.all()] == [("ada@n.example", "Ada")]


def test_passwords_are_nowhere_but_in_the_upload_and_that_is_gone_once_confirmed(
    desk, program, django_capture_on_commit_callbacks
):
    text = (
        "email,Name,Password,Groups\nada@n.example,Ada,Geheim-4711,\nbo,Bo,Geheim-4711,\nGeheim-4711,x,y,z,\n"
    )
    file = take(program, text)
    pages = desk.get(f"{FILES}{file.public_id}/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"{FILES}{file.public_id}/confirmation/")
    work()
    result = b"".join(desk.get(f"{FILES}{file.public_id}/result/").streaming_content).decode()
    kept = [ImportedFile.objects.values(), ImportedLine.objects.values(), Invitation.objects.values()]
    told = [*map(str, map(list, kept)), pages, result, str(list(Entry.objects.values()))]
    assert not any("Geheim" in one for one in told)
    assert not upload_place(file).exists()


def test_the_upload_and_the_samples_are_kept_until_it_is_confirmed_or_dropped(
    desk, program, django_capture_on_commit_callbacks
):
    first, second = take(program, NAMES), take(program, NAMES)
    assert upload_place(first).exists()
    assert "ada@n.example" in json.dumps(first.layout)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"{FILES}{first.public_id}/confirmation/")
        desk.post(f"{FILES}{second.public_id}/cancellation/")
    for file in (first, second):
        assert not upload_place(file).exists()
        assert "ada@n.example" not in json.dumps(fresh(file).layout)


def test_a_checked_file_keeps_its_upload_when_strays_are_cleared_and_loses_it_after_a_week(program):
    import os

    file = take(program, NAMES)
    old = time.time() - 25 * 3600
    os.utime(upload_place(file), (old, old))
    clear_some()
    assert upload_place(file).exists()
    ImportedFile.objects.update(created_at=timezone.now() - timedelta(days=8))
    while clear_some():
        pass
    assert not upload_place(file).exists()
    assert (fresh(file).state, fresh(file).layout) == ("cancelled", {})


def test_another_encoding_is_read_anew_and_the_choice_of_columns_stays(desk, program):
    file = take(program, "Wer;Post;E-Mail\nИван;x;ip@n.example\n".encode("cp1251"))
    file = change(desk, file, **{"column-1": "name"})
    assert file.kept_lines.get().name == "Иван"
    file = change(desk, file, encoding="windows-1252")
    assert file.kept_lines.get().name == "Èâàí"
    file = change(desk, file, encoding="windows-1251")
    assert file.kept_lines.get().name == "Иван"


def test_another_delimiter_cuts_other_columns(desk, program):
    file = take(program, "email;name\nada@n.example;Ada, the first\n")
    file = change(desk, file, delimiter="comma")
    assert (file.layout["delimiter"], file.choices["columns"]) == (",", {})
    file = change(desk, file, delimiter="semicolon")
    assert file.kept_lines.get().name == "Ada, the first"


def test_a_second_address_replaces_the_first_that_was_chosen_and_two_at_once_are_refused(program):
    file = take(program, TWO)
    asked = {"encoding": "utf-8", "delimiter": ","}
    with pytest.raises(ColumnsRefused):
        revised(file, **asked, columns={0: Role.EMAIL, 1: Role.EMAIL})
    read_anew(file=file, choices=revised(file, **asked, columns={0: Role.EMAIL}))
    work()
    again = revised(fresh(file), **asked, columns={0: Role.EMAIL, 1: Role.EMAIL})
    assert again.columns == {1: Role.EMAIL}


def test_what_somebody_else_read_anew_meanwhile_is_not_confirmed_unseen(desk, program):
    file = take(program, NAMES)
    change(desk, file, **{"column-2": "name"})
    desk.post(f"{FILES}{file.public_id}/confirmation/", {"readings": 0})
    desk.post(f"{FILES}{file.public_id}/reading/", {"readings": 0, "column-2": "note"})
    with pytest.raises(NotToConfirm):
        confirm_file(file=file, actor=None)
    assert (fresh(file).state, fresh(file).readings) == ("checked", 1)


def test_a_confirmed_file_is_not_read_anew(desk, program):
    file = take(program, NAMES)
    desk.post(f"{FILES}{file.public_id}/confirmation/")
    with pytest.raises(NotToConfirm):
        read_anew(file=fresh(file), choices=Choices())
    assert desk.post(f"{FILES}{file.public_id}/reading/", {"encoding": "utf-8"}).status_code == 302


def test_what_nobody_offered_changes_nothing(desk, program):
    file = take(program, TWO.replace("Company e-mail", "Home"))
    file = change(desk, file, encoding="klingon", delimiter="~", **{"column-3": "secret", "column-4": "note"})
    assert [one["role"] for one in file.layout["columns"]] == ["email", "note", "note", "secret"]


def test_lines_of_the_last_reading_are_gone_also_when_it_is_dropped_in_between(program, monkeypatch):
    monkeypatch.setattr("matricula.invitations.imports.checks.lines_a_step", lambda: 1)
    file = take(program, NAMES)
    read_anew(file=file, choices=Choices(columns={1: Role.NAME}))
    from matricula.invitations.imports.uploads import cancel_file

    cancel_file(file=fresh(file), actor=None)
    while clear_some():
        pass
    assert not ImportedLine.objects.exists()


def test_groups_with_a_comma_between_them_are_two_unless_one_is_called_so(program):
    for name in ("Crew", "Grid", "Oslo, north"):
        program.groups.create(name=name)
    file = take(program, 'email,groups\nada@n.example,"Crew, Grid"\nbo@n.example,"Oslo, north"\n')
    assert [len(line.groups) for line in file.kept_lines.order_by("line")] == [2, 1]
    assert file.left_out == {}


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_empty_list_to_fill_in_is_read_as_it_says(desk, program, form):
    content = desk.get(f"{FILES}template.{form}").content
    if form == "xlsx":
        (headings,) = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    else:
        headings = content.decode("utf-8-sig").strip().split(",")
    file = take(program, f"{','.join(headings)}\nada@n.example,Ada,Okafor,,\n")
    roles = [one["role"] for one in file.layout["columns"]]
    assert roles == ["email", "first", "last", "groups", "courses"]
    assert desk.get(f"{FILES}template.pdf").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_read_anew_at_once_only_one_of_both_happens(program):
    for _ in range(20):
        file = take(program, NAMES)
        start, done = Barrier(2), []

        def do(verb, start=start, done=done, file=file):
            start.wait()
            try:
                verb(fresh(file))
                done.append(verb)
            except NotToConfirm:
                pass
            finally:
                connection.close()

        verbs = (
            lambda one: confirm_file(file=one, actor=None),
            lambda one: read_anew(file=one, choices=Choices(columns={1: Role.NAME})),
        )
        threads = [Thread(target=do, args=(verb,)) for verb in verbs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        work()
        after = fresh(file)
        assert len(done) == 1
        assert (after.state, after.readings) in {("done", 0), ("checked", 1)}
        Invitation.objects.all().delete()


MOODLE = "login;password;firstname;lastname;email\nal;Geheim-4711;Jörg;Lee;ada@n.example\n".encode("cp1252")
BROKEN = MOODLE + b'x;Geheim-4712;"Bo;Ek;bo@n.example\nc;Cy;Geheim-4713;x;cy@n.example;Geheim-4714\n'


def kept_on_disk():
    return b"".join(place.read_bytes() for place in upload_folder().iterdir())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "file", [MOODLE, BROKEN, workbook([["email", "Password"], ["ada@n.example", "Geheim-4711"]])]
)
def test_no_secret_is_kept_once_a_file_is_read(desk, program, file):
    handed = hand_in_file(program=program, name="people.csv", content=[file], actor=None)
    work()
    shown = fresh(handed)
    assert shown.kept_lines.filter(address="ada@n.example", fault="").exists()
    assert len(list(upload_folder().iterdir())) == 1
    assert b"Geheim" not in kept_on_disk()
    assert b"ada@n.example" in kept_on_disk()
    assert "Geheim" not in json.dumps(shown.layout)
    assert "Geheim" not in str(list(shown.kept_lines.values("name", "note", "address")))


def test_a_copy_without_secrets_is_read_anew_with_other_letters_and_columns(desk, program):
    file = take(
        program, "email;Name;Kennwort\nip@n.example;Иван Петров;Geheim-1\n".encode("cp1251"), choices=WESTERN
    )
    assert file.kept_lines.get().name == "Èâàí Ïåòðîâ"
    file = change(desk, file, encoding="windows-1251")
    assert file.kept_lines.get().name == "Иван Петров"
    file = change(desk, file, **{"column-2": "note"})
    assert (file.kept_lines.get().name, file.kept_lines.get().note) == ("", {"Name": "Иван Петров"})
    page = desk.get(f"{FILES}{file.public_id}/").content.decode()
    assert "neither shown nor kept" in page
    assert 'name="delimiter"' not in page


def test_a_file_made_to_keep_the_reader_busy_is_refused_in_words(program, monkeypatch):
    monkeypatch.setattr(digest, "WITHIN", Limits(seconds=1, memory=GIB))
    file = take(program, "email,name\n" + 'a@n.example,"Lee, Ann"\n' * 300_000)
    assert (file.state, file.code) == ("refused", "takes_too_long")


def test_files_of_people_are_read_for_an_organization_one_after_the_other(program):
    for _ in range(2):
        hand_in_file(program=program, name="people.csv", content=[NAMES.encode()], actor=None)
    queues = set(Job.objects.filter(kind="invitations.read_file").values_list("queue", flat=True))
    assert queues == {f"files of {program.organization_id}"}


def test_a_choice_not_read_yet_is_read_before_anybody_is_invited(desk, program):
    file = take(program, NAMES)
    here = f"{FILES}{file.public_id}/"
    pressed = {"readings": 0, "column-1": "email", "column-2": "name"}
    assert (
        "Look through it once more before"
        in desk.post(f"{here}confirmation/", pressed, follow=True).content.decode()
    )
    work()
    assert (fresh(file).state, fresh(file).readings) == ("checked", 1)
    assert "Hello Ada," in desk.get(here).content.decode()
    desk.post(f"{here}confirmation/", {**pressed, "readings": 1})
    work()
    assert set(Invitation.objects.values_list("name", flat=True)) == {"Ada", "Bo"}


def test_the_sheet_that_is_read_is_shown_and_may_be_changed(desk, program):
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet("Notes")
        for name, address in (("Staff", "ada@n.example"), ("Guests", "x@y.example")):
            book.add_worksheet(name).write_column(0, 0, ["email", address])
    file = take(program, stream.getvalue())
    assert [(words, chosen) for _, words, chosen in reading_of(file).sheets] == [
        ("Notes", False),
        ("Staff", True),
        ("Guests", False),
    ]
    file = change(desk, file, sheet="2")
    assert file.kept_lines.get().address == "x@y.example"
    assert change(desk, file, sheet="0").undecided == "missing"


def test_the_page_says_at_the_top_who_else_is_not_invited(desk, program):
    file = take(program, "email\nada@n.example\nada\nada@n.example\n<b>bo</b>\n")
    page = desk.get(f"{FILES}{file.public_id}/").content.decode()
    assert '<a href="#lines-2">Not understood (2)</a>, <a href="#lines-3">Twice in the file (1)</a>' in page
    assert "&lt;b&gt;bo&lt;/b&gt;" in page


def test_what_was_written_instead_of_an_address_is_told_beside_secrets_too(program):
    file = take(
        program, "Name;E-Mail;Kennwort\nAda;ada@n.example;Geheim-1\nBo;kaputt;Geheim-2\nCy;Geheim-3\n"
    )
    told = [(one.address, one.name) for one in file.kept_lines.filter(verdict="invalid").order_by("line")]
    assert told == [("kaputt", "Bo"), ("", "")]
    assert b"Geheim" not in kept_on_disk()
