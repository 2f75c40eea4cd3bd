"""What an invitation is to: groups to join, and what it opens. Bruno says it, and nothing is lost."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matricula.invitations.imports.execution import TERMS
from matricula.invitations.invitations import correct_address, decline_invitation, invite_person
from matricula.invitations.models import Invitation
from matricula.joining.models import Request
from matricula.joining.requests import answer_with_letter, ask_administrator
from matricula.organizations.models import Role
from matricula.programs.models import Program
from matricula.programs.offer import offered_courses
from matricula.programs.terms import Terms, kept_terms

pytestmark = pytest.mark.django_db
PAGE = "/console/nordlicht/invitations/new/"


@pytest.fixture
def series(program, course):
    made = program.organization.specializations.create(slug="trust", title="Trust")
    made.steps.create(course=course, position=0)
    program.specializations.add(made)
    return made


@pytest.fixture
def console(client, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    return client


def fill(program, **more):
    return {"program": program.pk, "addresses": "ada@nordlicht.example", **more}


def test_g1_bruno_invites_pasted_addresses_to_a_group_and_a_course(console, program, course):
    crew = program.groups.create(name="Crew")
    console.post(PAGE, fill(program, groups=[crew.pk], opens=f"c:{course.public_id}"))
    invitation = Invitation.objects.get()
    assert list(invitation.groups.all()) == [crew]
    assert (invitation.course, invitation.specialization) == (course, None)


def test_b5_bruno_invites_to_a_specialization_by_letter(console, program, series):
    console.post(PAGE, fill(program, opens=f"s:{series.public_id}"))
    assert Invitation.objects.get().specialization == series


def test_what_opens_is_offered_program_by_program_in_as_many_queries_for_three_as_for_one(
    console, organization, program, series
):
    gone = organization.courses.create(slug="gone", title="Gone", topic="Y", withdrawn_at=timezone.now())
    film = organization.courses.create(slug="film", title="A film", topic="Y")
    series.steps.create(course=film, position=1)
    program.courses.add(gone, film)
    alone, asked = choices_and_queries(console)
    for name in ("Other", "Empty"):
        Program.objects.create(organization=organization, slug=name.lower(), name=name)
    courses = [(f"c:{one.public_id}", one.title) for one in offered_courses(program)]
    assert alone == [(f"s:{series.public_id}", "Trust"), *courses]
    assert choices_and_queries(console) == ([("Empty", []), ("Other", []), (program.name, alone)], asked)


def choices_and_queries(console):
    """What a link may open, but for the program itself."""
    with CaptureQueriesContext(connection) as queries:
        choices = console.get(PAGE).context["form"]["opens"].field.choices
    return choices[1:], len(queries)


def test_a_group_of_another_program_is_refused_beside_the_groups(console, program):
    other = Program.objects.create(organization=program.organization, slug="other", name="Other")
    night = other.groups.create(name="Night")
    page = console.post(PAGE, fill(program, groups=[night.pk])).content.decode()
    assert "Night is a group of another program." in page
    assert '<details class="disclosure" open>' in page
    assert "Night · Other" in page
    assert not Invitation.objects.exists()


def test_what_another_program_offers_is_refused_beside_the_choice(console, program, course):
    other = Program.objects.create(organization=program.organization, slug="other", name="Other")
    page = console.post(PAGE, fill(other, opens=f"c:{course.public_id}")).content.decode()
    assert "Other does not offer that. Choose something else." in page
    assert not Invitation.objects.exists()


def test_another_organizations_group_is_no_choice(console, program):
    from matricula.organizations.models import Organization

    elsewhere = Organization.objects.create(slug="elsewhere", name="Elsewhere")
    theirs = Program.objects.create(organization=elsewhere, slug="p", name="P").groups.create(name="Theirs")
    assert console.post(PAGE, fill(program, groups=[theirs.pk])).status_code == 200
    assert not Invitation.objects.exists()


def test_bruno_reads_that_more_are_invited_than_seats_are_free(console, program):
    Program.objects.update(seats=1)
    two = {"program": program.pk, "addresses": "ada@nordlicht.example, dana@nordlicht.example"}
    page = console.post(PAGE, two, follow=True).content.decode()
    assert "2 invited" in page
    assert "1 seat is free. Whoever comes to a full program is told so" in page


def invited(program, bruno, series):
    crew = program.groups.create(name="Crew")
    made = invite_person(
        program=program,
        address="adaa@nordlicht.example",
        name="Ada",
        invited_by=bruno,
        terms=Terms(groups=[crew], specialization=series, language="de", note={"site": "Kiel"}),
    )
    assert made is not None
    return made


def terms(invitation):
    groups = list(invitation.groups.values_list("name", flat=True))
    return invitation.name, groups, invitation.specialization, invitation.language, invitation.note


def test_a_corrected_address_is_invited_to_all_that_the_mistyped_one_was(program, bruno, series):
    old = invited(program, bruno, series)
    made = correct_address(invitation=old, address="ada@nordlicht.example", actor=bruno)
    assert terms(made) == terms(old) == ("Ada", ["Crew"], series, "de", {"site": "Kiel"})


def test_a_request_is_answered_with_an_invitation_to_all_that_the_old_one_was(program, bruno, series):
    old = invited(program, bruno, series)
    decline_invitation(invitation=old)
    ask_administrator(reason="declined", invitation=old)
    answer_with_letter(request=Request.objects.get(), actor=bruno)
    assert terms(Invitation.objects.live().get()) == terms(old)


def test_every_term_that_an_invitation_keeps_is_kept_by_those_of_a_file_too():
    """They are made by one statement, which no `Terms` passes."""
    kept = {one.column for one in kept_terms(Invitation) if not one.many_to_many}
    assert set(TERMS) == kept


def test_the_terms_of_an_invitation_are_read_as_they_were_handed_in(program, bruno, series):
    crew = program.groups.create(name="Crew")
    said = Terms(groups=[crew], specialization=series, language="es", note={"site": "Kiel"})
    read = Terms.of(invite_person(program=program, address="ada@n.example", invited_by=bruno, terms=said))
    assert replace(read, groups=list(read.groups)) == said
