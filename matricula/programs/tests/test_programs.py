"""Bruno offers programs, and hears when seats run out."""

import pytest

from conftest import person
from matricula.catalog.withdrawal import withdraw_from_catalog
from matricula.joining.tests.test_races import all_at_once
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Role
from matricula.programs.errors import NameTaken, ProgramFull, SeatsInUse
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from matricula.programs.offer import offered_courses, programs_having
from matricula.programs.programs import change_program, make_program
from matricula.programs.seats import running_out

pytestmark = pytest.mark.django_db(transaction=True)


def enter(program, numbers):
    return [
        enter_program(program=program, account=person(f"Person {n}", f"p{n}@home.example")) for n in numbers
    ]


def test_seats_are_never_fewer_than_are_taken(program, bruno):
    enter(program, range(3))
    with pytest.raises(SeatsInUse) as refusal:
        change_program(program=program, values={"seats": 2}, actor=bruno)
    assert refusal.value.used == 3
    change_program(program=program, values={"seats": 3}, actor=bruno)
    assert Program.objects.get().seats == 3


def test_a_full_program_is_entered_by_nobody_and_says_so(program):
    enter(program, range(5))
    with pytest.raises(ProgramFull):
        enter(program, [5])
    assert (Program.objects.get().seats_used, Membership.objects.count()) == (5, 5)


def test_what_was_withdrawn_stays_chosen_when_bruno_saves_for_the_day_it_comes_back(
    client, program, bruno, course, organization
):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    more = organization.courses.create(slug="more", title="More", topic="X")
    series = organization.specializations.create(slug="s", title="Trust", summary="S")
    program.specializations.add(series)
    withdraw_from_catalog(offered=course, actor=bruno)
    withdraw_from_catalog(offered=series, actor=bruno)
    client.force_login(bruno)
    given = {"name": "Welcome", "invitation_days": 30, "courses": [more.pk]}
    path = f"/console/nordlicht/programs/{program.public_id}/change/"
    assert client.post(path, given).headers["Location"] == path
    assert set(program.courses.all()) == {course, more}
    assert set(program.specializations.all()) == {series}


def test_bruno_reads_on_the_page_how_many_seats_are_taken(client, program, bruno, course):
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    enter(program, range(3))
    client.force_login(bruno)
    path = f"/console/nordlicht/programs/{program.public_id}/change/"
    given = {"name": "Welcome", "invitation_days": 30, "seats": 2, "courses": [course.pk]}
    assert "3 seats are taken. Remove people first" in client.post(path, given).content.decode()
    assert client.post(path, {**given, "seats": ""}).status_code == 302
    assert Program.objects.get().seats is None


def test_a_program_of_the_same_name_is_refused(client, organization, bruno):
    make_program(organization=organization, values={"name": "Basics"}, actor=bruno)
    with pytest.raises(NameTaken):
        make_program(organization=organization, values={"name": "Basics"}, actor=bruno)


def test_c6_administrators_hear_once_at_80_and_once_at_100_percent(organization, program, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    people = enter(program, range(3))
    assert running_out(organization.pk) == []
    people += enter(program, range(3, 5))
    deliver_due()
    subjects = list(InboxLetter.objects.order_by("letter_id").values_list("subject", flat=True))
    assert subjects == ["Welcome is running out of seats", "Every seat of Welcome is taken"]
    assert running_out(organization.pk) == [program]
    end_membership(membership=people[0], actor=bruno, state=Membership.State.REMOVED)
    enter(program, [9])
    deliver_due()
    assert InboxLetter.objects.exclude(letter__kind="programs.removed").count() == 3


def test_whoever_joins_between_80_and_100_percent_brings_no_letter(organization, program, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    Program.objects.update(seats=20)
    program.refresh_from_db()
    enter(program, range(19))
    assert Letter.objects.filter(kind="programs.seats").count() == 1


def test_races_seats_taken_while_bruno_lowers_them_never_exceed_them(program, bruno):
    people = [person(f"Person {n}", f"p{n}@home.example") for n in range(19)]

    def act(one):
        if one is bruno:
            return change_program(program=program, values={"seats": 3}, actor=bruno)
        return enter_program(program=program, account=one)

    all_at_once(act, [*people, bruno])
    program.refresh_from_db()
    assert program.seats_used <= program.seats
    assert Membership.objects.active().count() == program.seats_used


def test_bruno_chooses_whether_a_program_reminds(client, program, bruno, course):
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    path = f"/console/nordlicht/programs/{program.public_id}/change/"
    given = {"name": "Welcome", "invitation_days": 30, "courses": [course.pk]}
    assert client.post(path, {**given, "reminds": "on"}).status_code == 302
    assert Program.objects.get().reminds
    client.post(path, given)
    assert not Program.objects.get().reminds


def test_a_program_offers_what_its_own_specializations_have_and_not_what_others_do(
    organization, program, course
):
    own, foreign, gone = (
        organization.courses.create(slug=slug, title=slug, topic="X") for slug in ("own", "foreign", "gone")
    )
    other = Program.objects.create(organization=organization, slug="other", name="Other")
    for title, home, part in (("A", program, own), ("B", other, foreign), ("C", program, gone)):
        series = organization.specializations.create(slug=title.lower(), title=title, summary="S")
        series.steps.create(course=part, position=0)
        home.specializations.add(series)
    withdraw_from_catalog(offered=program.specializations.get(title="C"), actor=None)
    assert set(offered_courses(program)) == {course, own}
    assert programs_having(courses=[own.pk, foreign.pk, gone.pk], programs=[program.pk, other.pk]) == {
        program.pk: {own.pk, gone.pk},
        other.pk: {foreign.pk},
    }
