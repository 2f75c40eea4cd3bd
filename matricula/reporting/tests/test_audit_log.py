"""Lines of the audit log in words: what each is about, and what changed."""

import re
from datetime import date

import pytest

from conftest import person
from matricula.audit.models import Entry, record
from matricula.organizations.models import Role
from matricula.programs.groups import make_group
from matricula.programs.memberships import enter_program
from matricula.programs.programs import change_program, make_program
from matricula.reporting.audit_log import NAMED_BY, in_words, subject_names
from matricula.reporting.audit_words import ABOUT, DONE
from matricula.roles.roles import change_role, put_role, remove_role
from tests.house.rooms import source_files

pytestmark = pytest.mark.django_db


def test_every_kind_of_subject_has_the_name_it_is_said_to_have(django_assert_num_queries):
    entries = [Entry(verb="x", subject_type=kind, subject_id=1) for kind in NAMED_BY]
    with django_assert_num_queries(len(NAMED_BY)):
        assert subject_names(entries) == {}


def test_lines_say_what_they_are_about_also_when_it_is_gone(organization, program, bruno, chika):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    make_group(program=program, name="Crew", is_open=False, actor=bruno)
    enter_program(program=program, account=person("Ada Okafor", "ada@nordlicht.example"))
    role = put_role(organization=organization, account=chika, kind="viewer", groups=[], actor=bruno)
    change_role(role=role, kind="program_administrator", groups=[], actor=bruno)
    remove_role(role=role, actor=bruno)
    lines = in_words(Entry.objects.filter(organization_id=organization.pk).order_by("pk"))
    assert [(one.what, one.about, one.details) for one in lines] == [
        ("Group made", "Crew", "name: Crew"),
        ("Became a member", "Ada Okafor", ""),
        ("Role given", "Chika Obi", "role: viewer"),
        ("Role changed", "Chika Obi", "role: viewer → program administrator"),
        ("Role removed", "Chika Obi", "role: program administrator"),
    ]


def test_a_programs_switches_are_told_in_words_before_and_after(organization, program, bruno):
    now = {"name": program.name, "seats": 7, "open_to_sign_in": True, "requires_sign_in": False}
    later = {**now, "seats": None, "open_to_sign_in": False}
    last_day = {"ends_on": date(2099, 1, 31), "reminds": True}
    for values in (now, later, last_day, {"ends_on": None}):
        change_program(program=program, values=values, actor=bruno)
        program.refresh_from_db()
    lines = in_words(Entry.objects.filter(verb="program.changed").order_by("pk"))
    assert [one.details for one in lines] == [
        "seats: 5 → 7, open to company sign-in: no → yes",
        "seats: 7 → none, open to company sign-in: yes → no",
        "last day: none → 2099-01-31, reminds people: no → yes",
        "last day: 2099-01-31 → none",
    ]
    made = make_program(
        organization=organization, values={"name": "New", "open_to_sign_in": True, "seats": None}, actor=bruno
    )
    line = in_words(Entry.objects.filter(verb="program.made", subject_id=made.pk))[0]
    assert line.details == "name: New, open to company sign-in: yes"


@pytest.mark.parametrize("lines", [1, 3])
def test_naming_costs_the_same_for_one_and_for_three(organization, program, lines, django_assert_num_queries):
    for _ in range(lines):
        record("program.changed", organization=organization, subject=program, after={"account": 1})
    entries = list(Entry.objects.all())
    with django_assert_num_queries(2):
        assert {one.about for one in in_words(entries)} == {"Welcome"}


def test_one_persons_page_shows_role_progress_and_what_was_done(client, organization, program, course, bruno):
    from matricula.learning.completion import finish_lesson
    from matricula.learning.enrolments import start_course

    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    ada = person("Ada Okafor", "ada@nordlicht.example")
    enrolment = start_course(course=course, membership=enter_program(program=program, account=ada))
    finish_lesson(enrolment=enrolment, lesson=course.lessons.get(key="read"))
    put_role(organization=organization, account=ada, kind="viewer", groups=[], actor=bruno)
    client.force_login(bruno)
    page = client.get(f"/console/nordlicht/people/{ada.public_id}/").content.decode()
    for words in ("Viewer", "1 of 2 lessons", "Became a member", "Course started", "50%"):
        assert words in page


RECORDED = re.compile(r"""record\w*\(\s*"([a-z_]+\.[a-z_]+)\"""")
OF_PERSONS = {
    *("account", "accounts", "address", "data", "factor_removal", "password", "recovery_codes"),
    "second_factor",
}
"""What is about the person alone stands in no company's log."""


def test_every_verb_that_is_recorded_has_its_sentence():
    """And what it is about may be chosen."""
    sources = [file.read_text() for file in source_files()]
    verbs = {verb for text in sources for verb in RECORDED.findall(text)}
    ours = {verb for verb in verbs if verb.partition(".")[0] not in OF_PERSONS}
    assert len(ours) > 50
    assert ours - set(DONE) == set()
    assert {verb.partition(".")[0] for verb in DONE} == set(ABOUT)


def test_the_export_is_in_words_without_code_names(client, organization, program, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    make_group(program=program, name="Crew", is_open=False, actor=bruno)
    client.force_login(bruno)
    answer = client.get("/console/nordlicht/audit/audit.csv").getvalue().decode("utf-8-sig")
    assert answer.splitlines()[0] == "When,Who,What,About,Details"
    assert ",Bruno Keller,Group made,Crew,name: Crew" in answer
    assert "group.made" not in answer
    assert "{" not in answer
