"""Ada writes notes at a lesson, finds words in her course, and goes on reading where she stopped."""

import pytest
from django.test import Client

from conftest import PASSWORD, person
from matricula.accounts.models import Session
from matricula.learning.enrolments import start_course
from matricula.learning.models import LessonNote, Progress
from matricula.programs.memberships import enter_program
from matricula.web.heavy_work import TooMuchAtOnce

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(program, course):
    account = person("Ada Okafor", "ada@home.example")
    start_course(course=course, membership=enter_program(program=program, account=account))
    return account


@pytest.fixture
def reader(client, ada):
    client.post("/account/log-in/", {"email": "ada@home.example", "password": PASSWORD})
    return client


def note_of(course):
    return f"{course.address}lessons/read/note/"


def test_a_note_is_kept_shown_at_its_lesson_and_in_the_course_and_gone_when_emptied(reader, course):
    page = reader.post(note_of(course), {"note": " Ring <b>back</b>\r\nfirst "}, follow=True).content.decode()
    assert "Only you see it" in page
    assert "Ring &lt;b&gt;back&lt;/b&gt;\nfirst</textarea>" in page
    home = reader.get(course.address).content.decode()
    assert "Your notes" in home
    assert "Ring &lt;b&gt;back" in home
    reader.post(note_of(course), {"note": "Changed"})
    assert [one.text for one in LessonNote.objects.all()] == ["Changed"]
    reader.post(note_of(course), {"note": "  "})
    assert not LessonNote.objects.exists()
    assert "Your notes" not in reader.get(course.address).content.decode()


def test_a_note_is_its_writers_alone(reader, course, program, chika, ada):
    start_course(course=course, membership=enter_program(program=program, account=chika))
    reader.post(note_of(course), {"note": "For me only"})
    other = Client()
    other.force_login(chika)
    for address in (course.address, f"{course.address}lessons/read/"):
        assert "For me only" not in other.get(address).content.decode()
    stranger = Client()
    stranger.force_login(person("Dana", "dana@home.example"))
    assert stranger.post(note_of(course), {"note": "x"}).status_code == 404


def test_a_note_sent_after_the_session_ended_is_there_after_the_log_in(reader, course):
    Session.objects.all().delete()
    sent = reader.post(note_of(course), {"note": "Not lost"})
    form = {"email": "ada@home.example", "password": PASSWORD}
    page = reader.post(sent["Location"], form, follow=True).content.decode()
    assert "Not lost</textarea>" in page
    assert not LessonNote.objects.exists()


def test_a_note_at_a_lesson_that_was_taken_out_meanwhile_is_kept(reader, course, ada):
    course.lessons.filter(key="read").update(withdrawn_at=ada.created_at)
    page = reader.post(note_of(course), {"note": "Still mine"}, follow=True).content.decode()
    assert "Still mine" in page


def test_a_note_of_the_greatest_length_with_ends_of_lines_is_taken(reader, course):
    reader.post(note_of(course), {"note": "a\r\n" * 10_000})
    assert len(LessonNote.objects.get().text) == 19_999
    assert reader.post(note_of(course), {"note": "a" * 50_000}).status_code == 400


def test_words_are_found_in_titles_and_texts_of_the_course(reader, course):
    text = "<p>Never <strong>strong</strong>ly &amp; quickly answer a Straße letter.</p>"
    course.lessons.filter(key="read").update(body_html=text)
    asked = ("STRASSE", "strongly letter", "check", "zebra", "span")
    found = {one: reader.get(course.address, {"q": one}).content.decode() for one in asked}
    assert "1 lesson found" in found["STRASSE"]
    assert "<mark>Straße</mark> letter." in found["STRASSE"]
    assert "<mark>strongly</mark> &amp; quickly" in found["strongly letter"]
    assert ">Check</a>" in found["check"]
    assert "0 lessons found" in found["zebra"]
    assert "Nothing in this course" in found["span"]
    assert "1 lesson found" not in reader.get(course.address, {"q": "  "}).content.decode()


def test_how_long_is_left_counts_what_is_required_and_not_done(reader, course):
    course.lessons.update(minutes=40)
    assert "About 1 h 20 min left" in reader.get(course.address).content.decode()
    reader.post(f"{course.address}lessons/read/done/")
    assert "About 40 min left" in reader.get(course.address).content.decode()


def test_the_place_in_a_text_is_kept_until_the_lesson_is_done(reader, course):
    course.lessons.filter(key="read").update(body_html="<p>Long</p>")
    lesson = f"{course.address}lessons/read/"
    assert reader.post(f"{lesson}position/", {"place": "420"}).status_code == 204
    assert 'data-place="420"' in reader.get(lesson).content.decode()
    for wrong in ("1001", "-1", "x"):
        assert reader.post(f"{lesson}position/", {"place": wrong}).status_code == 400
    reader.post(f"{lesson}done/")
    assert 'data-place="0"' in reader.get(lesson).content.decode()
    assert Progress.objects.get().place == 420


def test_a_search_is_asked_to_come_back_where_too_much_is_made_and_the_course_opens(
    reader, course, monkeypatch
):
    def none_left(_work):
        raise TooMuchAtOnce

    monkeypatch.setattr("matricula.web.heavy_work.answer_in_place", none_left)
    assert reader.get(course.address).status_code == 200
    assert reader.get(course.address, {"q": "a"}).status_code == 503
