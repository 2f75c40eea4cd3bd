"""Bruno gives a program its first and last day, and everybody leaves when it is over."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from conftest import person
from matricula.audit.models import Entry
from matricula.jobs.performing import perform_due, schedule
from matricula.organizations.models import Affiliation, Role
from matricula.programs.ending import end_memberships
from matricula.programs.errors import DayIsOver, EndsBeforeItBegins, ProgramEnded
from matricula.programs.membership import enter_program
from matricula.programs.models import Membership, Program
from matricula.programs.offering import change_program, make_program

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


def test_bruno_reads_what_is_wrong_beside_the_day_and_the_journal_keeps_before_and_after(
    client, program, bruno
):
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    path = f"/console/nordlicht/programs/{program.public_id}/"
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
    schedule()
    perform_due()
    end_memberships()
    assert set(Membership.objects.values_list("state", flat=True)) == {"left"}
    assert (Program.objects.get().seats_used, Affiliation.objects.live().count()) == (0, 0)
    assert Entry.objects.filter(verb="membership.ended", actor=None).count() == 3


def test_nobody_enters_a_program_that_has_ended(program, bruno):
    program.ends_on = today() - DAY
    program.save()
    with pytest.raises(ProgramEnded):
        enter_program(program=program, account=bruno)
    assert not Membership.objects.exists()
