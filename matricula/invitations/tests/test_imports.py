"""Files of people: checked, shown, confirmed, carried out, and nobody is written to twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from conftest import person
from matricula.audit.models import Entry
from matricula.catalog.models import Specialization
from matricula.invitations.errors import NotToConfirm
from matricula.invitations.imports import checks, execution
from matricula.invitations.imports.execution import hand_over_letters
from matricula.invitations.imports.uploads import (
    cancel_file,
    clear_some,
    confirm_file,
    hand_in_file,
    upload_place,
)
from matricula.invitations.invitations import (
    decline_invitation,
    invite_person,
    revoke_invitation,
    send_invitation_again,
)
from matricula.invitations.models import ImportedFile, Invitation
from matricula.jobs.queue import perform_due, schedule_recurring
from matricula.mail import leases
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Affiliation, Organization
from matricula.peoplefile.errors import FileRefused
from matricula.programs.errors import ProgramEnded
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def work():
    """What a worker does, until nothing is left to do."""
    while perform_due():
        pass


def take(program, text, actor=None, name="people.csv"):
    """A file that was handed in and checked."""
    content = text if isinstance(text, bytes) else text.encode()
    file = hand_in_file(program=program, name=name, content=[content], actor=actor)
    work()
    file.refresh_from_db()
    return file


def carry_out(file, actor=None):
    confirm_file(file=file, actor=actor)
    schedule_recurring()
    work()
    file.refresh_from_db()
    return file


def verdicts(file):
    return dict(file.kept_lines.order_by("line").values_list("address", "verdict"))


def test_a_file_is_checked_and_nobody_is_invited_before_it_is_confirmed(program, bruno):
    file = take(program, "email,name\nada@n.example,Ada\nwrong,Wrong\nADA@n.example,Ada again\n", bruno)
    assert (file.state, file.lines) == ("checked", 3)
    assert file.counts == {"new": 1, "invalid": 1, "twice": 1}
    assert list(file.kept_lines.values_list("line", "fault").filter(verdict="invalid")) == [
        (3, "bad_address")
    ]
    assert (Invitation.objects.count(), Letter.objects.count()) == (0, 0)
    assert upload_place(file).exists()


def test_a_confirmed_file_invites_everybody_once_with_groups_course_and_note(program, bruno, course):
    crew, sales = program.groups.create(name="Crew"), program.groups.create(name="Sales")
    text = (
        "E-Mail;Full name;Groups;Course;Cost centre\n"
        "ada@n.example;Ada Okafor;crew | SALES;Safe every day;4711\n"
        "dana@n.example;Dana;;safe;\n"
    )
    file = carry_out(take(program, text, bruno), bruno)
    assert (file.state, file.invited, file.done) == ("done", 2, 2)
    ada = Invitation.objects.get(canonical="ada@n.example")
    assert (ada.name, ada.course, ada.invited_by) == ("Ada Okafor", course, bruno)
    assert (ada.note, ada.from_file, ada.state) == ({"Cost centre": "4711"}, file, "queued")
    assert set(ada.groups.all()) == {crew, sales}
    assert ada.expires_at > timezone.now()
    dana = Invitation.objects.get(canonical="dana@n.example")
    assert (dana.course, dana.note, dana.groups.count()) == (course, {}, 0)
    assert len({one.public_id for one in Invitation.objects.all()}) == 2
    deliver_due()
    assert set(InboxLetter.objects.values_list("to", flat=True)) == {"ada@n.example", "dana@n.example"}
    assert set(Invitation.objects.values_list("state", flat=True)) == {"sent"}


def test_a_series_named_in_the_file_is_opened_by_the_invitation(program, organization):
    series = Specialization.objects.create(organization=organization, slug="safe-all", title="All of safety")
    program.specializations.add(series)
    carry_out(take(program, "email,courses\nada@n.example,All of  Safety\n"))
    assert Invitation.objects.get().specialization == series


def test_what_a_file_names_and_the_program_has_not_is_reported_and_not_invented(program, course):
    crew = program.groups.create(name="Crew")
    text = "email,groups,courses\nada@n.example,Crew;Mars,Safe every day;Rockets;safe\nb@n.example,Mars,\n"
    file = take(program, text)
    assert file.left_out == {"group": {"Mars": 2}, "course": {"Rockets": 1}, "further_course": {"safe": 1}}
    assert file.counts == {"new": 2}
    carry_out(file)
    ada = Invitation.objects.get(canonical="ada@n.example")
    assert (list(ada.groups.all()), ada.course) == ([crew], course)
    assert list(program.groups.all()) == [crew]


def test_the_same_file_imported_again_sends_nothing_twice(program, bruno):
    text = "email\nada@n.example\ndana@n.example\n"
    carry_out(take(program, text, bruno), bruno)
    again = take(program, text, bruno)
    assert again.counts == {"invited": 2}
    assert carry_out(again, bruno).invited == 0
    deliver_due()
    assert sorted(InboxLetter.objects.values_list("to", flat=True)) == ["ada@n.example", "dana@n.example"]


def test_members_declined_expired_and_live_invitations_are_told_apart(program, organization, bruno, course):
    ada = person("Ada", "ada@home.example")
    Affiliation.objects.create(organization=organization, account=ada, work_email="ada@n.example")
    enter_program(program=program, account=ada)
    joined = invite_person(program=program, address="joined@n.example", invited_by=bruno)
    joined.settle(Invitation.State.JOINED, account=ada)
    decline_invitation(
        invitation=invite_person(program=program, address="declined@n.example", invited_by=bruno)
    )
    revoke_invitation(
        invitation=invite_person(program=program, address="revoked@n.example", invited_by=bruno), actor=bruno
    )
    invite_person(program=program, address="live@n.example", invited_by=bruno)
    old = invite_person(program=program, address="expired@n.example", invited_by=bruno)
    Invitation.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    text = "".join(
        f"{one}\n"
        for one in (
            "ada@n.example",
            "joined@n.example",
            "ada@home.example",
            "declined@n.example",
            "revoked@n.example",
            "live@n.example",
            "expired@n.example",
        )
    )
    file = take(program, "email\n" + text)
    assert verdicts(file) == {
        "ada@n.example": "member",
        "joined@n.example": "member",
        "ada@home.example": "member",
        "declined@n.example": "declined",
        "revoked@n.example": "new",
        "live@n.example": "invited",
        "expired@n.example": "expired",
    }


def test_who_left_may_come_back_by_a_file(program, organization, bruno):
    ada = person("Ada", "ada@home.example")
    Affiliation.objects.create(organization=organization, account=ada, work_email="ada@n.example")
    membership = enter_program(program=program, account=ada)
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    assert take(program, "email\nada@n.example\n").counts == {"new": 1}


def test_members_and_invitations_of_another_organization_say_nothing_about_ours(program, bruno):
    other = Organization.objects.create(slug="other", name="Other")
    theirs = Program.objects.create(organization=other, slug="main", name="Theirs")
    invite_person(program=theirs, address="ada@n.example", invited_by=None)
    assert take(program, "email\nada@n.example\n").counts == {"new": 1}


def test_who_was_invited_by_hand_between_check_and_confirmation_gets_one_letter(program, bruno):
    file = take(program, "email\nada@n.example\ndana@n.example\n")
    invite_person(program=program, address="ada@n.example", invited_by=bruno)
    carry_out(file)
    assert (file.invited, file.counts) == (1, {"invited": 1, "new": 1})
    deliver_due()
    assert sorted(InboxLetter.objects.values_list("to", flat=True)) == ["ada@n.example", "dana@n.example"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty"), (b"%PDF-1.7 ...", "is_pdf"), (b"\x89PNG\r\n\x1a\n" + bytes(50), "is_image")],
)
def test_a_file_that_is_not_what_it_says_is_refused_at_once_and_not_kept(program, content, code):
    with pytest.raises(FileRefused) as refused:
        hand_in_file(program=program, name="people.csv", content=[content], actor=None)
    assert refused.value.code == code
    assert not ImportedFile.objects.exists()
    assert list(upload_place(ImportedFile(stored_as="x")).parent.iterdir()) == []


def test_a_file_that_turns_out_broken_half_way_leaves_nothing(program, monkeypatch):
    monkeypatch.setattr(checks, "lines_a_step", lambda: 10)
    monkeypatch.setattr("matricula.peoplefile.people.MOST_ROWS", 25)
    file = take(program, "email\n" + "".join(f"p{n}@n.example\n" for n in range(30)))
    assert (file.state, file.code, file.line) == ("refused", "too_many_rows", 27)
    assert (file.kept_lines.count(), file.lines, upload_place(file).exists()) == (0, 0, False)
    with pytest.raises(NotToConfirm):
        confirm_file(file=file, actor=None)


def test_a_long_file_goes_step_by_step_and_comes_to_the_same(program, monkeypatch):
    for module in (checks, execution):
        monkeypatch.setattr(module, "lines_a_step", lambda: 7)
    file = take(program, "email\n" + "".join(f"p{n % 40}@n.example\n" for n in range(50)))
    assert file.counts == {"new": 40, "twice": 10}
    carry_out(file)
    assert (file.invited, Invitation.objects.count(), file.done) == (40, 40, 50)
    invited = Invitation.objects.values_list("canonical", flat=True)
    assert set(invited) == {f"p{n}@n.example" for n in range(40)}


def test_a_reader_of_another_process_goes_on_where_the_first_stopped(program, monkeypatch):
    monkeypatch.setattr(checks, "lines_a_step", lambda: 7)
    text = "email\n" + "".join(f"p{n}@n.example\n" for n in range(30))
    file = hand_in_file(program=program, name="people.csv", content=[text.encode()], actor=None)
    for _ in range(5):
        perform_due()
        checks._open.clear()
    file.refresh_from_db()
    assert (file.state, file.lines) == ("checked", 30)
    assert list(file.kept_lines.order_by("line").values_list("line", flat=True)) == list(range(2, 32))


def test_a_cancelled_file_invites_nobody_and_its_lines_are_forgotten(program, bruno):
    file = take(program, "email\nada@n.example\n")
    assert cancel_file(file=file, actor=bruno)
    assert not cancel_file(file=file, actor=bruno)
    with pytest.raises(NotToConfirm):
        confirm_file(file=file, actor=bruno)
    while clear_some():
        pass
    file.refresh_from_db()
    assert (file.state, file.lines, file.kept_lines.count()) == ("cancelled", 0, 0)


def test_a_file_cancelled_while_it_is_read_keeps_nothing(program, bruno):
    hand_in_file(program=program, name="people.csv", content=[b"email\nada@n.example\n"], actor=bruno)
    being_read = ImportedFile.objects.get()
    cancel_file(file=ImportedFile.objects.get(), actor=bruno)
    assert checks.check_some(being_read) is False
    file = ImportedFile.objects.get()
    assert (file.state, file.kept_lines.count()) == ("cancelled", 0)


def test_a_result_is_kept_a_month_and_then_forgotten(program, bruno):
    file = carry_out(take(program, "email\nada@n.example\n"))
    while clear_some():
        pass
    assert file.kept_lines.count() == 1
    ImportedFile.objects.update(ended_at=timezone.now() - timedelta(days=31))
    while clear_some():
        pass
    assert (file.kept_lines.count(), Invitation.objects.count()) == (0, 1)


def test_one_line_in_the_audit_log_for_the_confirmation_and_one_for_the_end(program, bruno):
    carry_out(take(program, "email\nada@n.example\nwrong\n", bruno), bruno)
    lines = Entry.objects.filter(verb__startswith="invitation.").order_by("pk")
    told = {"file": "people.csv", "lines": 2, "new": 1, "invalid": 1}
    assert [(one.verb, one.actor, one.after) for one in lines] == [
        ("invitation.import_confirmed", bruno, told),
        ("invitation.imported", bruno, told),
    ]


def test_a_program_that_has_ended_takes_no_file(program, bruno):
    program.ends_on = timezone.localdate().replace(year=2020)
    program.save()
    with pytest.raises(ProgramEnded):
        hand_in_file(program=program, name="people.csv", content=[b"email\n"], actor=bruno)


def test_letters_go_to_the_outbox_just_ahead_of_the_worker(program, monkeypatch):
    monkeypatch.setattr(leases, "AHEAD", 4)
    monkeypatch.setattr(execution, "BATCH", 2)
    file = take(program, "email\n" + "".join(f"p{n}@n.example\n" for n in range(10)))
    carry_out(file)
    assert (Letter.objects.count(), file.owes_letters) == (4, True)
    while deliver_due():
        hand_over_letters()
    file.refresh_from_db()
    assert (InboxLetter.objects.count(), file.owes_letters) == (10, False)


def test_who_answered_or_was_written_to_before_the_letter_left_gets_no_second_one(program, bruno):
    file = take(program, "email\nada@n.example\ndana@n.example\nemil@n.example\n")
    confirm_file(file=file, actor=bruno)
    perform_due()
    ada, dana, _ = Invitation.objects.order_by("canonical")
    send_invitation_again(invitation=ada, actor=bruno)
    revoke_invitation(invitation=dana, actor=bruno)
    schedule_recurring()
    work()
    deliver_due()
    assert sorted(InboxLetter.objects.values_list("to", flat=True)) == ["ada@n.example", "emil@n.example"]


def test_sqlite_is_told_how_many_invitations_there_are_before_lines_are_judged(program):
    """Else it walks all of a program's for each line: a second file locked the site for minutes."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL is told of the lines alone; it knows the invitations")
    carry_out(take(program, "email\n" + "".join(f"p{n}@n.example\n" for n in range(50))))
    take(program, "email\nnew@n.example\n")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'invitations_invitation'")
        assert cursor.fetchone()[0] > 0
