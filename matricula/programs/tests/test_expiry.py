"""Bruno gives a program its first and last day, and everybody leaves when it is over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event
from time import sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format

from conftest import person
from matricula.accounts.models import Account
from matricula.audit.models import Entry
from matricula.jobs.queue import perform_due, schedule_recurring
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Affiliation, Role
from matricula.programs.errors import DayIsOver, EndsBeforeItBegins, ProgramEnded
from matricula.programs.expiry import end_memberships
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from matricula.programs.programs import change_program, make_program

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def today() -> date:
    return timezone.localdate()


def test_a_program_is_open_on_its_first_and_on_its_last_day(program):
    for offset, begun, ended in ((-1, True, True), (0, True, False), (1, False, False)):
        program.starts_on = program.ends_on = today() + offset * DAY
        program.save()
        assert (program.has_begun, program.has_ended) == (begun, ended)
        assert Program.objects.current().exists() is not ended


def test_the_last_day_is_not_before_the_first_nor_over_already(organization, program, bruno):
    with pytest.raises(EndsBeforeItBegins):
        make_program(
            organization=organization,
            values={"name": "X", "starts_on": today() + DAY, "ends_on": today()},
            actor=bruno,
        )
    with pytest.raises(DayIsOver):
        change_program(program=program, values={"ends_on": today() - DAY}, actor=bruno)
    Program.objects.update(ends_on=today() - DAY)
    program.refresh_from_db()
    change_program(program=program, values={"name": "Renamed", "ends_on": today() - DAY}, actor=bruno)
    assert Program.objects.get().name == "Renamed"


def test_bruno_reads_what_is_wrong_beside_the_day_and_the_audit_log_keeps_before_and_after(
    client, program, bruno
):
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    path = f"/console/nordlicht/programs/{program.public_id}/change/"
    given = {"name": "Welcome", "invitation_days": 14}
    page = client.post(path, {**given, "starts_on": today() + DAY, "ends_on": today()}).content.decode()
    assert "The last day is before the first." in page
    page = client.post(path, {**given, "ends_on": today() - DAY}).content.decode()
    assert "choose today" in page
    assert "greater than or equal to 1" in client.post(path, {**given, "invitation_days": 0}).content.decode()
    assert client.post(path, {**given, "ends_on": today()}).status_code == 302
    entry = Entry.objects.get(verb="program.changed")
    assert (entry.before["ends_on"], entry.after["ends_on"]) == (None, today().isoformat())
    assert f'value="{today().isoformat()}"' in client.get(path).content.decode()


def test_d5_by_the_programs_end_everybody_leaves_once_and_the_work_email_goes(program, bruno):
    people = [person(f"Person {n}", f"p{n}@home.example") for n in range(3)]
    for account in people:
        enter_program(program=program, account=account)
        Affiliation.objects.create(
            organization=program.organization, account=account, work_email=f"w{account.pk}@nordlicht.example"
        )
    Program.objects.update(ends_on=today())
    end_memberships()
    assert Membership.objects.active().count() == 3
    Program.objects.update(ends_on=today() - DAY)
    schedule_recurring()
    perform_due()
    end_memberships()
    assert set(Membership.objects.values_list("state", flat=True)) == {"left"}
    assert (Program.objects.get().seats_used, Affiliation.objects.live().count()) == (0, 0)
    assert Entry.objects.filter(verb="membership.ended", actor=None).count() == 3


def test_nobody_enters_a_program_that_has_ended(program, bruno):
    program.ends_on = today() - DAY
    program.save()
    with pytest.raises(ProgramEnded), transaction.atomic():
        enter_program(program=program, account=bruno)
    assert not Membership.objects.exists()


FAREWELL = {"kind": "programs.ended"}


def ended_with(program, *people):
    """The program's last day was yesterday, and the hourly job came."""
    for account in people:
        enter_program(program=program, account=account)
    Program.objects.update(ends_on=today() - DAY)
    end_memberships()


def test_whoever_is_in_a_program_when_it_ends_is_told_once_in_their_language(program, chika):
    ada = person("Ada Okafor", "ada@home.example")
    Account.objects.filter(pk=ada.pk).update(language="de")
    gone = enter_program(program=program, account=chika)
    end_membership(membership=gone, actor=None, state=Membership.State.REMOVED)
    ended_with(program, ada)
    for _ in range(3):
        end_memberships()
    assert list(Letter.objects.filter(**FAREWELL).values_list("to", "bulk")) == [("ada@home.example", True)]
    deliver_due()
    letter = InboxLetter.objects.get(letter__kind="programs.ended")
    assert letter.subject == "Welcome ist zu Ende; Ihre Zertifikate bleiben Ihnen"
    assert "Welcome von Nordlicht Energie" in letter.text
    assert date_format(today() - DAY, "DATE_FORMAT") not in letter.text
    assert str((today() - DAY).year) in letter.text
    assert "http://127.0.0.1:8000/" in letter.text


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_letter_of_the_end_reads_in_every_language(program, language):
    ada = person("Ada Okafor", "ada@home.example")
    Account.objects.filter(pk=ada.pk).update(language=language)
    ended_with(program, ada)
    deliver_due()
    letter = InboxLetter.objects.get()
    assert f'lang="{language}"' in letter.html
    assert "%(" not in letter.text + letter.subject


def test_ended_in_steps_everybody_is_told_once(program, monkeypatch):
    monkeypatch.setattr("matricula.programs.expiry.BATCH", 2)
    people = [person(f"Person {n}", f"p{n}@home.example") for n in range(5)]
    ended_with(program, *people)
    assert Letter.objects.filter(**FAREWELL).count() == 2
    assert [end_memberships() for _ in range(3)] == [True, False, False]
    told = sorted(Letter.objects.filter(**FAREWELL).values_list("to", flat=True))
    assert told == [f"p{n}@home.example" for n in range(5)]


def test_a_step_that_dies_before_its_letters_ends_nobody(program, monkeypatch):
    def dies(memberships):
        raise SystemExit

    monkeypatch.setattr("matricula.programs.expiry.tell_of_end", dies)
    with pytest.raises(SystemExit):
        ended_with(program, person("Ada Okafor", "ada@home.example"))
    assert Membership.objects.active().count() == 1
    monkeypatch.undo()
    end_memberships()
    assert Letter.objects.filter(**FAREWELL).count() == 1


def test_who_is_back_before_the_letter_left_gets_none(program):
    ada = person("Ada Okafor", "ada@home.example")
    ended_with(program, ada)
    Program.objects.update(ends_on=None)
    enter_program(program=Program.objects.get(), account=ada)
    deliver_due()
    assert not InboxLetter.objects.exists()


def test_a_later_day_brings_nobody_back_and_the_form_says_so(client, program, bruno):
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    path = f"/console/nordlicht/programs/{program.public_id}/change/"
    assert "A later day does not bring people back then." in client.get(path).content.decode()
    ended_with(program, person("Ada Okafor", "ada@home.example"))
    page = client.get(path).content.decode()
    assert "brings nobody back: invite them again" in page
    client.post(path, {"name": "Welcome", "invitation_days": 14, "ends_on": today() + DAY})
    assert Program.objects.get().ends_on == today() + DAY
    assert not Membership.objects.active().exists()


@pytest.mark.django_db(transaction=True)
def test_races_ended_by_many_at_once_everybody_is_told_once(program):
    people = [person(f"Person {n}", f"p{n}@home.example") for n in range(5)]
    for account in people:
        enter_program(program=program, account=account)
    Program.objects.update(ends_on=today() - DAY)

    def end(_):
        try:
            return end_memberships()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(end, range(8)))
    assert Letter.objects.filter(**FAREWELL).count() == 5
    assert Program.objects.get().seats_used == 0


@pytest.mark.django_db(transaction=True)
def test_races_bruno_removes_ada_while_the_end_of_the_program_removes_everybody(program, monkeypatch):
    """He holds Ada's membership and wants the seats; nobody may hold the seats and want her membership."""
    people = [person(f"Person {n}", f"p{n}@home.example") for n in range(4)]
    ada = [enter_program(program=program, account=account) for account in people][-1]
    Program.objects.update(ends_on=today() - DAY)
    holding, free_seat = Event(), Program.free_seat

    def slowly(program):
        if not holding.is_set():
            holding.set()
            sleep(0.5)
        free_seat(program)

    def remove():
        try:
            end_membership(membership=ada, actor=None, state=Membership.State.REMOVED)
        finally:
            connection.close()

    monkeypatch.setattr(Program, "free_seat", slowly)
    with ThreadPoolExecutor(1) as pool:
        removed = pool.submit(remove)
        holding.wait()
        end_memberships()
        removed.result()
    assert (Program.objects.get().seats_used, Letter.objects.filter(**FAREWELL).count()) == (0, 3)
