"""The file is made in parts: memory and statements are those of one part, and a kill costs one."""

import json
import tracemalloc
from dataclasses import replace
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import person
from matricula.credentials.models import Certificate
from matricula.learning.models import Enrolment, Progress
from matricula.leaving.data import about_learning, making
from matricula.leaving.data.contents import all_sections
from matricula.leaving.data.exports import ask_for_data, parts_folder, place_of
from matricula.leaving.data.making import make_some
from matricula.leaving.data.sections import Section, Whose
from matricula.leaving.models import DataExport
from matricula.leaving.tests.taking_data import data_of, files_kept, made_for
from matricula.leaving.tests.two_lives import joined

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def ada(program):
    account = person("Ada Okafor", "ada@home.example")
    joined(program, account, "ada@nordlicht.example")
    return account


def much_learned(account, program, courses: int, *, lessons: int = 2, name: str = "Course") -> None:
    """Courses that were begun, each with lessons that were done."""
    catalog = program.organization.courses
    made = catalog.bulk_create(
        catalog.model(
            organization=program.organization,
            slug=f"{name}-{n}".lower(),
            title=f"{name} {n}",
            summary="S",
            topic="X",
        )
        for n in range(courses)
    )
    enrolments = Enrolment.objects.bulk_create(Enrolment(account=account, course=one) for one in made)
    for course, enrolment in zip(made, enrolments, strict=True):
        module = course.modules.create(position=0, title="One")
        rows = course.lessons.model.objects.bulk_create(
            course.lessons.model(
                course=course, module=module, key=f"l{n}", position=n, kind="reading", title=f"L{n}"
            )
            for n in range(lessons)
        )
        Progress.objects.bulk_create(Progress(enrolment=enrolment, lesson=one) for one in rows)


def statements_of(section: Section, whose: Whose) -> int:
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert len(section.batch(whose, "")[1]) > 0
    return len(counted)


def test_a_batch_of_ten_and_of_three_hundred_costs_the_same_statements(ada, program):
    much_learned(ada, program, 10, lessons=1)
    told = ("enrolments", "progress", "memberships", "done_by_you", "done_about_you")
    sections = [one for one in all_sections() if one.name in told]
    before = [statements_of(one, Whose(ada)) for one in sections]
    much_learned(ada, program, 290, lessons=1, name="More")
    assert [statements_of(one, Whose(ada)) for one in sections] == before


def test_batches_are_told_whole_and_in_order(ada, program, monkeypatch):
    much_learned(ada, program, 7)
    smaller = tuple(replace(one, at_once=3) for one in about_learning.SECTIONS)
    monkeypatch.setattr(about_learning, "SECTIONS", smaller)
    data = json.loads(data_of(ada)["data.json"])
    assert [one["course"] for one in data["enrolments"]] == [f"Course {n}" for n in range(7)]
    assert len(data["progress"]) == 14


def test_two_thousand_lessons_are_made_in_little_memory(ada, program):
    much_learned(ada, program, 200, lessons=10)
    made_for(ada)  # what is kept for good is there already
    tracemalloc.start()
    export = made_for(ada)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with ZipFile(place_of(export)) as archive:
        assert len(json.loads(archive.read("data.json"))["progress"]) == 2000
    assert peak < 8 * 1024**2


@pytest.mark.parametrize("steps", [0, 3, 12, 25])
def test_whoever_is_killed_after_some_parts_is_gone_on_from_there(ada, program, steps, monkeypatch):
    """Killed between the part and the news of it: the part is there, and is written once more."""
    much_learned(ada, program, 3)
    whole = json.loads(data_of(ada)["data.json"])
    export = ask_for_data(account=ada)
    go_to, done = making.go_to, []

    def dies(*given, **news):
        if len(done) == steps:
            raise KeyboardInterrupt
        done.append(1)
        go_to(*given, **news)

    monkeypatch.setattr(making, "go_to", dies)
    with pytest.raises(KeyboardInterrupt):
        make_some(export.pk)
    monkeypatch.setattr(making, "go_to", go_to)
    assert not place_of(export).exists()
    assert make_some(export.pk) is False
    export.refresh_from_db()
    with ZipFile(place_of(export)) as archive:
        again = json.loads(archive.read("data.json"))
    for name in ("enrolments", "progress", "memberships", "addresses"):
        assert again[name] == whole[name]
    assert place_of(export).name in files_kept()
    assert not parts_folder(export).exists()


def test_whoever_is_killed_at_the_end_leaves_one_whole_file(ada, monkeypatch):
    export = ask_for_data(account=ada)

    def dies(*_):
        raise KeyboardInterrupt

    tidy = making.tidy_up
    monkeypatch.setattr(making, "tidy_up", dies)
    with pytest.raises(KeyboardInterrupt):
        make_some(export.pk)
    assert parts_folder(export).exists()
    monkeypatch.setattr(making, "tidy_up", tidy)
    assert make_some(export.pk) is False
    assert files_kept() == {place_of(export).name}


def test_a_file_that_is_no_longer_wanted_is_no_longer_made(ada, monkeypatch):
    export = ask_for_data(account=ada)
    monkeypatch.setattr(making, "SECONDS", 0)
    assert make_some(export.pk)
    DataExport.objects.update(state="gone")
    assert make_some(export.pk) is False
    assert files_kept() == set()


def test_progress_is_told_as_it_goes(ada, monkeypatch):
    export = ask_for_data(account=ada)
    monkeypatch.setattr(making, "SECONDS", 0)
    told = []
    while make_some(export.pk):
        export.refresh_from_db()
        told.append(export.percent)
    assert told == sorted(told)
    assert (told[0] < 10, told[-1] > 90) == (True, True)


def test_a_part_that_another_version_began_is_a_fault_that_is_told(ada):
    export = ask_for_data(account=ada)
    DataExport.objects.update(state="making", section="no longer there")
    parts_folder(export).mkdir(parents=True)
    with pytest.raises(LookupError):
        make_some(export.pk)


def test_certificates_are_printed_some_at_a_time(ada, organization):
    certificates = [
        Certificate(account=ada, title=f"T{n}", recipient_name="Ada", organization_name="N")
        for n in range(23)
    ]
    Certificate.objects.bulk_create(certificates)
    export = made_for(ada)
    assert export.done >= 2
    with ZipFile(place_of(export)) as archive:
        assert len([one for one in archive.namelist() if one.endswith(".pdf")]) == 23
