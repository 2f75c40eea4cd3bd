"""F1: lessons, files, answers and places are kept as Ada goes, and open only to those who may open it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import person
from matricula.catalog.course_import import import_course
from matricula.catalog.tests.folders import WEBM
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.models import Enrolment, Progress
from matricula.learning.tests.quizzes import filled, quiz_of
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Group, Membership

pytestmark = pytest.mark.django_db(transaction=True)
COURSE = """title: Film
slug: film
summary: S
topic: X
modules:
  - title: M
    lessons: [watch.md, take.md, check.md]
"""
WATCH = "---\ntitle: Watch\nvideo: v.webm\n---\nWhat is said.\n"
TAKE = "---\ntitle: Take it home\nfile: notes.txt\nrequired: false\n---\n"
CHECK = """---
title: Check
questions:
  - prompt: One?
    options: [{text: a, right: true, feedback: Good.}, {text: b, feedback: Look again.}]
  - prompt: Two?
    kind: choices
    options: [{text: c, right: true}, {text: d, right: true}, {text: e}]
  - prompt: How many?
    answer: 3
  - prompt: Who?
    accepted: [Ada]
---
"""
RIGHT = ["a", ["c", "d"], "3,0", "ada"]


@pytest.fixture
def film(tmp_path, organization, program):
    files = {
        "course.yaml": COURSE,
        "watch.md": WATCH,
        "take.md": TAKE,
        "check.md": CHECK,
        "notes.txt": "Notes",
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "v.webm").write_bytes(WEBM)
    made = import_course(source=tmp_path, organization=organization)
    program.courses.add(made)
    return made


@pytest.fixture
def ada():
    return person("Ada Okafor", "ada@home.example")


@pytest.fixture
def enrolment(film, program, ada) -> Enrolment:
    return start_course(course=film, membership=enter_program(program=program, account=ada))


@pytest.fixture
def reader(client, ada, enrolment) -> Client:
    client.force_login(ada)
    return client


def video_address(film) -> str:
    return film.lessons.get(key="watch").content["videos"][0]["url"]


def test_the_place_in_a_video_is_kept_and_comes_back(reader, film):
    place = f"{film.address}lessons/watch/"
    assert reader.post(f"{place}position/", {"seconds": "42"}).status_code == 204
    assert 'data-position="42"' in reader.get(place).content.decode()


@pytest.mark.parametrize("seconds", ["", "-1", "1e3", "99999999", "٣"])
def test_a_place_that_is_no_number_of_seconds_is_refused(reader, film, seconds):
    assert reader.post(f"{film.address}lessons/watch/position/", {"seconds": seconds}).status_code == 400
    assert not Progress.objects.exists()


def test_a_part_of_a_video_is_served_when_asked(reader, film):
    answer = reader.get(video_address(film), headers={"Range": "bytes=10-19"})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, WEBM[10:20])
    assert answer["Content-Range"] == f"bytes 10-19/{len(WEBM)}"
    last = reader.get(video_address(film), headers={"Range": "bytes=-4"})
    assert b"".join(last.streaming_content) == WEBM[-4:]
    assert reader.get(video_address(film), headers={"Range": "bytes=9999-"}).status_code == 416


@pytest.mark.parametrize(("tag", "status"), [("own", 206), ('"of-an-earlier-file"', 200), ("W/own", 200)])
def test_a_part_goes_on_only_with_the_file_that_it_began_with(reader, film, tag, status):
    own = reader.get(video_address(film))["ETag"]
    asked = {"Range": "bytes=10-19", "If-Range": tag.replace("own", own)}
    answer = reader.get(video_address(film), headers=asked)
    sent = b"".join(answer.streaming_content)
    assert (answer.status_code, sent) == (status, WEBM[10:20] if status == 206 else WEBM)


def test_a_file_that_was_fetched_before_is_not_sent_again(reader, film):
    tag = reader.get(video_address(film))["ETag"]
    assert reader.get(video_address(film), headers={"If-None-Match": tag}).status_code == 304


def test_stored_markup_uploads_are_downloads_and_never_run(reader, film):
    address = film.lessons.get(key="take").content["file"]["url"]
    answer = reader.get(address)
    assert answer["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_files_open_only_to_who_may_open_the_course(film, enrolment, chika, ada):
    address = video_address(film)
    assert Client().get(address).status_code == 302
    outsider = Client()
    outsider.force_login(chika)
    assert outsider.get(address).status_code == 404
    end_membership(membership=enrolment.membership, actor=ada, state=Membership.State.LEFT)
    alumna = Client()
    alumna.force_login(ada)
    assert alumna.get(address).status_code == 403


def test_a_file_of_another_course_is_not_found(reader, film, course, enrolment):
    start_course(course=course, membership=enrolment.membership)
    stolen = video_address(film).replace(film.public_id, course.public_id)
    assert reader.get(stolen).status_code == 404


def hand_in(reader, film, *answers) -> str:
    form = filled(quiz_of(film), *answers)
    return reader.post(f"{film.address}lessons/check/done/", form).content.decode()


def test_answers_so_far_are_kept_when_some_are_missing(reader, film):
    page = hand_in(reader, film, "b", "", "", "Bob")
    assert "Your answers so far are kept." in page
    again = reader.get(f"{film.address}lessons/check/").content.decode()
    assert 'value="Bob"' in again
    assert again.count(" checked") == 1
    assert Progress.objects.get().done_at is None


def test_a_wrong_answer_gets_its_feedback_and_does_not_give_the_right_one_away(reader, film):
    page = hand_in(reader, film, "b", "e", *RIGHT[2:])
    assert "50 percent." in page
    assert "Look again." in page
    assert "Good." not in page
    assert "This was right" not in page


def test_every_kind_of_question_can_be_passed_and_the_best_score_stays(reader, film):
    assert "100 percent." in hand_in(reader, film, *RIGHT)
    hand_in(reader, film, *RIGHT[:3], "Bob")
    assert Progress.objects.get().score == 100
    assert Progress.objects.get().done_at is not None


def test_an_optional_lesson_is_not_needed_for_completion(reader, film, enrolment):
    reader.post(f"{film.address}lessons/watch/done/")
    hand_in(reader, film, *RIGHT)
    enrolment.refresh_from_db()
    assert enrolment.completed_at is not None


def test_ada_goes_on_where_she_stopped(reader, film):
    reader.get(f"{film.address}lessons/check/")
    page = reader.get(film.address).content.decode()
    assert f'class="button big wide" href="{film.address}lessons/check/"' in page


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_ask_the_same_number_of_queries_however_much_there_is(
    reader, film, program, organization, enrolment, rows, django_assert_max_num_queries, tmp_path
):
    for number in range(rows):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "course.yaml").write_text(COURSE.replace("slug: film", f"slug: film-{number}"))
        for name in ("watch.md", "take.md", "check.md", "notes.txt", "v.webm"):
            (folder / name).write_bytes((tmp_path / name).read_bytes())
        more = import_course(source=folder, organization=organization)
        program.courses.add(more)
        start_course(course=more, membership=enrolment.membership)
    most = {
        "/learn/": 9,
        f"/learn/programs/{program.public_id}/": 6,
        film.address: 8,
        f"{film.address}lessons/watch/": 9,
    }
    for path, limit in most.items():
        reader.get(path)
        with django_assert_max_num_queries(limit):
            reader.get(path)


def specialization_of(organization, program, courses, title="Trust"):
    made = organization.specializations.create(slug=title.lower(), title=title, summary="S")
    for position, one in enumerate(courses):
        made.steps.create(course=one, position=position)
    program.specializations.add(made)
    return made


@pytest.fixture
def series(organization, program, film):
    """Film, another course, and one that was withdrawn."""
    other = organization.courses.create(slug="a", title="a", topic="Y")
    gone = organization.courses.create(slug="b", title="b", topic="Y", withdrawn_at=timezone.now())
    return specialization_of(organization, program, [film, other, gone])


def test_a_specialization_says_how_many_courses_it_has_and_how_many_ada_completed(
    reader, program, series, enrolment
):
    start_specialization(specialization=series, membership=enrolment.membership)
    catalog = f"/learn/programs/{program.public_id}/"
    assert "2 courses" in reader.get(catalog).content.decode()
    assert "0 of 2" in reader.get("/learn/").content.decode()
    Enrolment.objects.update(completed_at=timezone.now())
    assert "1 of 2" in reader.get("/learn/").content.decode()


@pytest.mark.parametrize("path", ["/learn/", "program", "series"])
def test_pages_ask_as_often_for_three_specializations_as_for_one(
    reader, organization, program, series, enrolment, film, path
):
    catalog = f"/learn/programs/{program.public_id}/"
    address = {"program": catalog, "series": f"{catalog}specializations/{series.public_id}/"}.get(path, path)
    start_specialization(specialization=series, membership=enrolment.membership)
    counts = []
    for titles in ([], ["Power", "Safety"]):
        for number, title in enumerate(titles):
            more = specialization_of(organization, program, [film], title)
            start_specialization(specialization=more, membership=enrolment.membership)
            one = organization.courses.create(slug=title, title=title, topic="Z")
            series.steps.create(course=one, position=10 + number)
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_filter_leaves_the_other_topics_to_choose_from(reader, program, series):
    page = reader.get(f"/learn/programs/{program.public_id}/?topic=Y").content.decode()
    assert "<option>X</option>" in page
    assert "<option selected>Y</option>" in page
    assert "<h3" in page
    assert ">Film</a>" not in page


def test_a_member_joins_an_open_group_and_no_other(reader, program, enrolment):
    open_one = Group.objects.create(program=program, name="Reading circle", is_open=True)
    closed = Group.objects.create(program=program, name="Board")
    page = reader.get(f"/learn/programs/{program.public_id}/").content.decode()
    assert "Reading circle" in page
    assert "Board" not in page
    reader.post(f"/learn/programs/{program.public_id}/groups/{open_one.pk}/")
    assert reader.post(f"/learn/programs/{program.public_id}/groups/{closed.pk}/").status_code == 404
    assert list(enrolment.membership.groups.all()) == [open_one]
    assert "Groups you may join" not in reader.get(f"/learn/programs/{program.public_id}/").content.decode()


@pytest.mark.parametrize("sent", ["GET", "POST"])
def test_bad_input_a_course_taken_out_meanwhile_leads_to_what_is_still_offered(reader, program, film, sent):
    client = reader
    program.courses.remove(film)
    start = f"/learn/programs/{program.public_id}/start/course/{film.public_id}/"
    seen = f"/learn/programs/{program.public_id}/courses/{film.public_id}/"
    answer = client.post(start, follow=True) if sent == "POST" else client.get(seen, follow=True)
    assert answer.redirect_chain[-1][0] == f"/learn/programs/{program.public_id}/"
    assert "That was taken out of the program a moment ago." in answer.content.decode()
    assert client.get(seen.replace(film.public_id, "never-was")).status_code == 404


def test_bad_input_a_lost_session_comes_back_to_the_course_and_not_to_a_form(client, enrolment, film):
    answer = client.post(f"{film.address}lessons/watch/done/")
    assert answer["Location"] == f"/account/log-in/?next={film.address}"


def test_a_course_that_is_not_open_now_is_not_offered_to_go_on_with(reader, enrolment, bruno):
    assert "Begin<span" in reader.get("/learn/").content.decode()
    end_membership(membership=enrolment.membership, actor=bruno, state=Membership.State.REMOVED)
    page = reader.get("/learn/").content.decode()
    assert "Not open now" in page
    assert "You are in no program now." in page
    assert "Begin<span" not in page
