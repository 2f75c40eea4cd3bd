"""Before a program ends, Bruno sees whom that would lock out, and they are written to."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conftest import person
from matricula.joining.tests.leaving import HOME, WORK, ada_at_work, letters
from matricula.leaving.offboarding import program_ends
from matricula.leaving.offboarding.models import EndNotice
from matricula.leaving.offboarding.program_ends import write_before_ends
from matricula.leaving.tests.two_lives import joined
from matricula.mail.models import Letter
from matricula.organizations.models import Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def ada(program):
    return ada_at_work(program)


@pytest.fixture
def owner(client, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind="owner")
    client.force_login(bruno)
    return client


def end(program, days):
    program.ends_on = timezone.now().date() + timedelta(days=days)
    program.save()


def write_all():
    while write_before_ends():
        pass


def form_of(program, day):
    return {"name": "Welcome anew", "seats": 5, "invitation_days": 30, "ends_on": str(day)}


def test_the_last_day_is_saved_when_he_has_read_who_would_be_locked_out(owner, program, ada):
    page = f"/console/nordlicht/programs/{program.public_id}/change/"
    day = timezone.now().date() + timedelta(days=40)
    answer = owner.post(page, form_of(program, day))
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "1 person would lose their only way" in shown
    assert 'value="Welcome anew"' in shown
    program.refresh_from_db()
    assert program.ends_on is None
    other = {"sure_of_end": str(day - timedelta(days=1))}
    assert owner.post(page, form_of(program, day) | other).status_code == 409
    assert owner.post(page, form_of(program, day) | {"sure_of_end": str(day)}).status_code == 302
    program.refresh_from_db()
    assert program.ends_on == day
    assert owner.post(page, form_of(program, day)).status_code == 302
    end_page = f"/console/nordlicht/programs/{program.public_id}/end/"
    listed = owner.get(f"{end_page}?day={day}").content.decode()
    assert "Ada Okafor" in listed
    assert WORK in listed
    assert owner.get(f"{end_page}?day=2026-99-99").status_code == 200
    ada.addresses.create(address=HOME, confirmed_at=timezone.now(), signs_in=True)
    assert "Nobody would be locked out" in owner.get(end_page).content.decode()


def test_ada_is_written_to_once_within_the_days_before(program, ada):
    end(program, 30)
    write_all()
    assert not Letter.objects.exists()
    end(program, 10)
    write_all()
    write_all()
    [text] = letters(WORK, "leaving.program_ends")
    assert "Welcome of Nordlicht Energie ends on" in text
    assert "Add an address" in text
    end(program, 12)
    write_all()
    assert Letter.objects.filter(kind="leaving.program_ends").count() == 2


def test_of_two_programs_that_end_that_day_one_writes(program, organization, ada):
    growth = Program.objects.create(organization=organization, slug="growth", name="Growth")
    enter_program(program=growth, account=ada)
    end(program, 5)
    write_all()
    assert not Letter.objects.exists()
    EndNotice.objects.all().delete()
    end(growth, 5)
    write_all()
    assert Letter.objects.filter(kind="leaving.program_ends").count() == 1


def test_many_are_written_to_some_at_a_time(program, monkeypatch):

    monkeypatch.setattr(program_ends, "BATCH", 2)
    for name in "abcde":
        joined(program, person(name, f"{name}@nordlicht.example"), f"{name}@nordlicht.example")
    end(program, 5)
    write_all()
    assert Letter.objects.filter(kind="leaving.program_ends").count() == 5
    assert EndNotice.objects.get().told == 5


def test_another_companys_program_is_not_there(owner, program, bruno):
    other = Organization.objects.create(slug="acme", name="ACME")
    theirs = other.programs.create(slug="p", name="P")
    assert owner.get(f"/console/nordlicht/programs/{theirs.public_id}/end/").status_code == 404
