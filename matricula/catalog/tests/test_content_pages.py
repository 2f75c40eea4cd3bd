"""Bruno uploads courses, reads every problem, sees what would change, and takes it in."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from matricula.audit.models import Entry
from matricula.catalog import uploads
from matricula.catalog.models import Course, CourseUpload, Lesson, Specialization
from matricula.catalog.preview import sample_zip
from matricula.catalog.tests.folders import COURSE, LESSON, PNG, VIDEO, VTT, WEBM
from matricula.catalog.tests.uploads import CONTENT, hand_in, packed, upload, work
from matricula.jobs.queue import perform_due

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("at_the_console"),
]
TWO = COURSE.replace("[a.md]", "[a.md, b.md]")


def take_in(client, page):
    client.post(page + "taking/")
    while perform_due():
        pass
    return client.get(page)


def shown(client, page):
    return client.get(page).content.decode()


# -- uploading -------------------------------------------------------------------------------------


def test_bruno_uploads_looks_takes_in_and_sees_the_course(client, organization, bruno):
    page = upload(client, packed({"t/course.yaml": TWO, "t/a.md": LESSON, "t/b.md": LESSON}))
    text = shown(client, page)
    assert ("A new course" in text, "2 new lessons" in text) == (True, True)
    assert not Course.objects.exists()
    answer = take_in(client, page)
    course = Course.objects.get()
    assert answer.headers["Location"] == f"{CONTENT}courses/{course.public_id}/"
    assert (course.organization, course.title) == (organization, "T")
    assert Entry.objects.get(verb="course.imported").actor == bruno
    assert not CourseUpload.objects.get().place.exists()


def test_every_problem_is_told_with_its_file_and_line_and_nothing_changes(client):
    broken = {"course.yaml": TWO.replace("summary: S", "sumary: S"), "a.md": "no keys"}
    text = shown(client, upload(client, packed(broken)))
    assert "Nothing was changed." in text
    assert text.count("<tr>") > 3
    for words in ("course.yaml", "sumary", "b.md", "a.md"):
        assert words in text
    assert not Course.objects.exists()
    upload_row = CourseUpload.objects.get()
    assert upload_row.state == "faulty"
    assert not upload_row.place.exists()
    client.post(f"{CONTENT}uploads/{upload_row.public_id}/taking/")
    while perform_due():
        pass
    assert not Course.objects.exists()


def test_what_is_no_zip_is_told_under_its_own_name(client):
    text = shown(client, upload(client, b"PK hello", name="holiday.zip"))
    assert "holiday.zip" in text
    assert "no readable zip" in text


def test_a_second_version_shows_lesson_by_lesson_what_would_change(client):
    first = {
        "course.yaml": COURSE.replace("[a.md]", "[a.md, b.md, c.md, d.md]"),
        **dict.fromkeys(("a.md", "b.md", "c.md", "d.md"), LESSON),
    }
    take_in(client, upload(client, packed(first)))
    second = {
        "course.yaml": COURSE.replace("[a.md]", "[a.md, d.md, c.md, e.md]").replace(
            "summary: S", "summary: Z"
        ),
        "a.md": LESSON,
        "c.md": LESSON.replace("Hello.", "Hello again."),
        "d.md": LESSON,
        "e.md": LESSON,
    }
    page = upload(client, packed(second))
    preview = CourseUpload.objects.latest("pk").preview
    states = [one["state"] for one in preview["modules"][0]["lessons"]]
    assert states == ["same", "moved", "changed", "new"]
    assert (preview["gone"], preview["facts"]) == (["A"], ["summary"])
    text = shown(client, page)
    for words in ("1 new lesson", "1 changed", "1 moved", "1 withdrawn", "1 as before"):
        assert words in text
    take_in(client, page)
    assert Lesson.objects.get(key="b").withdrawn_at is not None
    take_in(client, upload(client, packed(first)))
    assert Lesson.objects.get(key="b").withdrawn_at is None


def test_a_lesson_that_becomes_of_another_kind_is_a_new_one_and_the_old_one_goes(client):
    take_in(client, upload(client, packed({"course.yaml": COURSE, "a.md": LESSON})))
    quiz = "---\ntitle: Q\nquestions:\n  - {prompt: P, answer: 2}\n---\n"
    page = upload(client, packed({"course.yaml": COURSE, "a.md": quiz}))
    text = shown(client, page)
    assert "1 new lesson" in text
    assert "1 withdrawn" in text
    take_in(client, page)
    rows = Lesson.objects.filter(key="a").order_by("pk")
    assert [(one.kind, one.withdrawn_at is None) for one in rows] == [("reading", False), ("quiz", True)]
    again = upload(client, packed({"course.yaml": COURSE, "a.md": quiz}))
    assert "Nothing: this is the course as it is." in shown(client, again)


def test_the_same_zip_again_would_change_nothing(client):
    files = {"course.yaml": TWO.replace("b.md", "v.md"), "a.md": LESSON, "v.md": VIDEO}
    files |= {"v.webm": WEBM, "p.png": PNG, "v.vtt": VTT}
    take_in(client, upload(client, packed(files)))
    assert "Nothing: this is the course as it is." in shown(client, upload(client, packed(files)))


def test_a_course_that_changed_since_it_was_looked_at_is_shown_again_first(client):
    one, two = packed({"course.yaml": COURSE, "a.md": LESSON}), {"course.yaml": TWO, "a.md": LESSON}
    take_in(client, upload(client, one))
    late = upload(client, packed({**two, "b.md": LESSON}))
    take_in(client, upload(client, packed({"course.yaml": COURSE, "a.md": LESSON.replace("Hello", "Bye")})))
    answer = client.post(late + "taking/", follow=True).content.decode()
    assert "changed meanwhile" in answer
    work()
    assert "1 new lesson" in shown(client, late)
    assert CourseUpload.objects.get(public_id=late.split("/")[-2]).state == "ready"
    take_in(client, late)
    assert Lesson.objects.count() == 2


def test_races_an_upload_taken_while_somebody_else_looked_at_it_is_not_read_again(client):
    """Nadia's page was asked when it was ready; by then her colleague had it taken, and its zip has gone."""
    page = upload(client, packed({"course.yaml": COURSE, "a.md": LESSON}))
    seen = CourseUpload.objects.select_related("organization").get()
    take_in(client, page)
    assert not uploads.ask_to_take(upload=seen, actor=None)
    assert (CourseUpload.objects.get().state, CourseUpload.objects.get().problems) == ("taken", [])


def test_a_zip_is_read_by_the_worker_and_the_page_says_so_without_javascript(client):
    page = hand_in(client, packed({"course.yaml": COURSE, "a.md": LESSON}))
    waiting = shown(client, page)
    assert ("Reading your course" in waiting, '<meta http-equiv="refresh"' in waiting) == (True, True)
    perform_due()
    assert "A new course" in shown(client, page)
    client.post(page + "taking/")
    assert "Taking your course in" in shown(client, page)
    client.post(page + "taking/")
    perform_due()
    assert client.get(page).status_code == 302
    assert perform_due() == 0
    assert Entry.objects.filter(verb="course.imported").count() == 1


def test_a_zip_that_is_too_large_is_refused_beside_the_field(client, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST", 10)
    answer = client.post(CONTENT + "uploads/", {"course": SimpleUploadedFile("c.zip", b"x" * 11)})
    assert "Keep the zip under 512 MiB" in answer.content.decode()
    assert not CourseUpload.objects.exists()
    answer = client.post(CONTENT + "uploads/", {})
    assert 'role="alert"' in answer.content.decode()


def test_the_sample_course_is_whole(client):
    answer = client.get(CONTENT + "sample-course.zip")
    assert (answer["Content-Type"], answer.content) == ("application/zip", sample_zip())
    take_in(client, upload(client, answer.content))
    course = Course.objects.get()
    assert course.lessons.count() == 3
    for lesson in course.lessons.all():
        assert client.get(f"{CONTENT}courses/{course.public_id}/lessons/{lesson.key}/").status_code == 200


# -- attacks through this door ---------------------------------------------------------------------


def test_import_bombs_are_refused_in_bounded_memory(client):
    bomb = packed({"course.yaml": COURSE, "a.md": LESSON, "big.txt": b"0" * 40_000_000})
    assert len(bomb) < 200_000
    assert "times its packed size" in shown(client, upload(client, bomb))
    many = packed({f"{n}.txt": "" for n in range(2_500)})
    assert "Keep it to 2000 files" in shown(client, upload(client, many))
    lied = bytearray(packed({"course.yaml": COURSE, "a.md": LESSON}))
    lied[lied.find(b"PK\x05\x06") + 12 : lied.find(b"PK\x05\x06") + 16] = b"\xff\xff\xff\x7f"
    assert "ordinary zip" in shown(client, upload(client, bytes(lied)))
    assert not Course.objects.exists()


@pytest.mark.parametrize("name", ["../../evil.md", "/etc/passwd", "c:\\evil.md"])
def test_paths_that_lead_outside_are_refused(client, name):
    page = upload(client, packed({"course.yaml": COURSE, "a.md": LESSON, name: "x"}))
    assert CourseUpload.objects.get().state == "faulty"
    assert "Rename" in shown(client, page)


def test_links_inside_a_zip_are_refused(client):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("course.yaml", COURSE)
        link = zipfile.ZipInfo("a.md")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert "symbolic link" in shown(client, upload(client, content.getvalue()))


PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![x](data:text/html;base64,PHNjcmlwdD4=)",
    '"><svg onload=alert(1)>',
    "<iframe srcdoc='<script>1</script>'></iframe>",
    "{{ settings.SECRET_KEY }}",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_stored_markup_does_nothing_in_the_preview_of_a_lesson(client, payload):
    quiz = f"---\ntitle: Q\nquestions:\n  - prompt: {payload!r}\n    options:\n"
    quiz += f"      - {{text: {payload!r}, right: true, feedback: {payload!r}}}\n"
    quiz += f"      - {{text: 'no'}}\n---\n{payload}\n"
    files = {"course.yaml": TWO, "a.md": LESSON.replace("Hello.", payload), "b.md": quiz}
    files["course.yaml"] = files["course.yaml"].replace("title: T", f"title: {payload!r}")
    page = upload(client, packed(files))
    pages = [shown(client, page)]
    take_in(client, page)
    if Course.objects.exists():
        base = f"{CONTENT}courses/{Course.objects.get().public_id}/"
        pages += [shown(client, base + one) for one in ("", "lessons/a/", "lessons/b/")]
    pages.append(shown(client, CONTENT))
    for text in pages:
        assert "<script>alert" not in text
        assert "<iframe" not in text
        assert "onerror=alert(1)>" not in text.replace("&gt;", "")
        assert "<svg onload" not in text
        assert 'href="javascript:' not in text
        assert 'src="data:text/html' not in text


def test_a_name_of_a_zip_is_text_and_no_path(client, settings):
    page = upload(client, b"x", name='../../"><script>alert(1)</script>.zip')
    assert "<script>alert" not in shown(client, page)
    assert [one.name for one in (settings.MEDIA_ROOT / "uploads").iterdir()] == []


def test_files_of_a_course_come_to_the_preview_in_a_sandbox(client):
    files = {"course.yaml": COURSE, "a.md": LESSON + "\n![Two bars](p.png)\n", "p.png": PNG}
    take_in(client, upload(client, packed(files)))
    course = Course.objects.get()
    body = shown(client, f"{CONTENT}courses/{course.public_id}/lessons/a/")
    address = f"{CONTENT}courses/{course.public_id}/files/{course.files.get().digest}/p.png"
    assert f'src="{address}"' in body
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Security-Policy"]) == (200, "default-src 'none'; sandbox")


# -- out of the catalog and back -------------------------------------------------------------------


def test_a_program_keeps_a_withdrawn_course_for_the_day_it_comes_back(client, program, course):
    client.post(f"{CONTENT}courses/{course.public_id}/withdrawal/")
    client.post(f"/console/nordlicht/programs/{program.public_id}/change/", {"name": "Welcome", "seats": "5"})
    assert list(program.courses.all()) == [course]


# -- Specializations -------------------------------------------------------------------------------


def titles(series):
    return [one.course.title for one in series.steps.select_related("course").order_by("position")]


@pytest.fixture
def three(organization):
    return [organization.courses.create(slug=n, title=n, topic="X") for n in ("one", "two", "three")]


def test_bruno_makes_a_specialization_and_puts_its_courses_in_order(client, organization, three):
    answer = client.post(CONTENT + "specializations/new/", {"title": "Trust", "summary": "Three steps."})
    page = answer.headers["Location"]
    series = Specialization.objects.get()
    assert page == f"{CONTENT}specializations/{series.public_id}/"
    for course in three:
        client.post(page + "courses/", {"course": course.public_id})
    client.post(page + "courses/", {"course": three[0].public_id})
    assert titles(series) == ["one", "two", "three"]
    client.post(f"{page}courses/{three[2].public_id}/up/")
    assert titles(series) == ["one", "three", "two"]
    client.post(f"{page}courses/{three[0].public_id}/down/")
    assert titles(series) == ["three", "one", "two"]
    client.post(f"{page}courses/{three[2].public_id}/up/")
    client.post(f"{page}courses/{three[1].public_id}/down/")
    assert titles(series) == ["three", "one", "two"]
    client.post(f"{page}courses/{three[2].public_id}/removal/")
    assert titles(series) == ["one", "two"]
    assert [one.position for one in series.steps.order_by("position")] == [0, 1]
    assert client.post(f"{page}courses/{three[0].public_id}/sideways/").status_code == 404
    client.post(page + "words/", {"title": "Trust at work", "summary": "Two steps."})
    series.refresh_from_db()
    assert (series.title, series.summary) == ("Trust at work", "Two steps.")
    again = client.post(CONTENT + "specializations/new/", {"title": "Trust", "summary": "x"})
    assert "Another Specialization has this title." in again.content.decode()
    empty = client.post(page + "words/", {"title": "", "summary": "kept as typed"}).content.decode()
    assert ("kept as typed" in empty, 'role="alert"' in empty) == (True, True)


def test_a_course_of_another_organization_cannot_be_put_into_a_series(client, organization, three):
    from matricula.organizations.models import Organization

    other = Organization.objects.create(slug="other", name="Other")
    theirs = other.courses.create(slug="x", title="Theirs", topic="X")
    series = organization.specializations.create(slug="s", title="S", summary="S")
    client.post(f"{CONTENT}specializations/{series.public_id}/courses/", {"course": theirs.public_id})
    assert titles(series) == []


@pytest.mark.parametrize("courses", [1, 3])
def test_the_lists_cost_the_same_for_one_and_for_three(
    client, organization, courses, django_assert_num_queries
):
    for n in range(courses):
        course = organization.courses.create(slug=f"c{n}", title=f"Course {n}", topic="X")
        module = course.modules.create(position=0, title="M")
        course.lessons.create(module=module, key="a", position=0, kind="reading", title="A")
        organization.specializations.create(slug=f"s{n}", title=f"Series {n}", summary="S")
    with django_assert_num_queries(8):
        assert "Course 0" in shown(client, CONTENT)
    with django_assert_num_queries(6):
        assert "Series 0" in shown(client, CONTENT + "specializations/")
