"""Courses come in as files and go out of the catalog; Specializations are put in order."""

import io
import zipfile

import pytest

from matricula.api.resources import specializations
from matricula.audit.models import Entry
from matricula.catalog.models import Course, Specialization
from matricula.catalog.preview import sample_zip
from matricula.catalog.uploads import UPLOADS
from matricula.jobs.queue import perform_due
from matricula.web.middleware import MIB

pytestmark = pytest.mark.django_db


def work():
    while perform_due():
        pass


def faulty_zip():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as course:
        course.writestr("course.yaml", "title: Half a course\n")
    return written.getvalue()


def test_a_course_is_uploaded_looked_at_and_published(api, house):
    sent = api.send("course-uploads/", "course", sample_zip())
    assert (sent.status_code, sent.json()["state"], sent.json()["change"]) == (202, "reading", None)
    path = f"course-uploads/{sent.json()['id']}/"
    assert api.post(f"{path}confirmation/").json()["code"] == "not_to_take"
    work()
    ready = api.get(path).json()
    assert (ready["state"], ready["problems"], ready["change"]["course"]) == ("ready", [], None)
    assert ready["change"]["counts"]["new"] > 0
    before = Course.objects.count()
    assert api.post(f"{path}confirmation/").json()["state"] == "taking"
    assert api.post(f"{path}confirmation/").json()["code"] == "not_to_take"
    work()
    taken = api.get(path).json()
    assert (taken["state"], Course.objects.count()) == ("taken", before + 1)
    assert api.get(f"courses/{taken['course']['id']}/").json()["title"] == taken["change"]["title"]
    assert Entry.objects.filter(verb="course.uploaded", through="API token Payroll").count() == 1


def test_a_course_sent_twice_under_one_key_is_kept_whole_and_once(api, house):
    first, again = (api.send("course-uploads/", "course", sample_zip(), key="k") for _ in range(2))
    assert (again.json()["id"], again["Idempotency-Replayed"]) == (first.json()["id"], "true")
    work()
    assert api.get(f"course-uploads/{first.json()['id']}/").json()["state"] == "ready"


def test_every_problem_of_a_course_is_told_with_its_file(api, house):
    path = f"course-uploads/{api.send('course-uploads/', 'course', faulty_zip()).json()['id']}/"
    work()
    told = api.get(path).json()
    assert (told["state"], told["change"]) == ("faulty", None)
    assert told["problems"]
    assert {"file", "line", "message"} == set(told["problems"][0])
    assert api.post(f"{path}confirmation/").json()["code"] == "not_to_take"


def test_a_course_that_changed_meanwhile_is_looked_at_again_before_it_is_published(api, house):
    first, second = (api.send("course-uploads/", "course", sample_zip()).json()["id"] for _ in range(2))
    work()
    api.post(f"course-uploads/{first}/confirmation/")
    work()
    again = api.post(f"course-uploads/{second}/confirmation/").json()
    assert (again["state"], again["change"]) == ("reading", None)
    assert api.post(f"course-uploads/{second}/confirmation/").json()["code"] == "not_to_take"
    work()
    ready = api.get(f"course-uploads/{second}/").json()
    course = api.get("courses/").json()["items"][0]["id"]
    assert (ready["state"], ready["change"]["course"]) == ("ready", course)
    assert api.post(f"course-uploads/{second}/confirmation/").json()["state"] == "taking"


def test_so_many_courses_an_hour_and_no_more(api, house):
    for _ in range(UPLOADS.tries):
        UPLOADS.allows(house.organization.pk)
    answer = api.send("course-uploads/", "course", faulty_zip())
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (
        429,
        "uploads_used_up",
        "3600",
    )


def test_only_who_has_a_token_sends_a_large_course(client, api, house):
    large = b"x" * (5 * MIB)
    assert api.send("course-uploads/", "course", large).status_code == 202
    assert client.post("/api/v1/course-uploads/", {"course": "x" * (5 * MIB)}).status_code == 401


def test_a_course_is_withdrawn_and_brought_back(api, house):
    path = f"courses/{house.course.public_id}/"
    gone = [api.post(f"{path}withdrawal/").json() for _ in range(2)]
    assert gone[0]["withdrawn_at"]
    assert gone[0] == gone[1]
    assert api.post(f"{path}comeback/").json()["withdrawn_at"] is None
    verbs = Entry.objects.filter(verb__startswith="course.", through__isnull=False).order_by("id")
    assert [one.verb for one in verbs] == ["course.withdrawn", "course.brought_back"]


def test_a_specialization_is_made_described_and_put_in_order(api, house):
    other = house.organization.courses.create(slug="other", title="Other")
    given = {"title": "Safety", "summary": "Know what to do."}
    made = api.post("specializations/", given)
    assert (made.status_code, made.json()["courses"]) == (201, [])
    assert api.post("specializations/", given).json()["code"] == "title_taken"
    path = f"specializations/{made.json()['id']}/"
    for course in (house.course, other, other):
        put = api.post(f"{path}courses/", {"course": course.public_id})
    assert [one["name"] for one in put.json()["courses"]] == ["Safe every day", "Other"]
    step = f"{path}courses/{other.public_id}/"
    moved = api.post(f"{step}moves/", {"direction": "up"}).json()
    assert [one["name"] for one in moved["courses"]] == ["Other", "Safe every day"]
    assert [api.delete(step).status_code for _ in range(2)] == [204, 404]
    assert api.patch(path, {"title": "Safety first"}).json()["summary"] == given["summary"]
    assert api.post(f"{path}withdrawal/").json()["withdrawn_at"]
    assert api.post(f"{path}comeback/").json() == api.get(path).json()


def test_what_a_change_leaves_out_stays_as_somebody_else_left_it_meanwhile(api, house, monkeypatch):
    read = specializations.one

    def slowly(request, specialization_id):
        found = read(request, specialization_id)
        Specialization.objects.filter(pk=found.pk).update(summary="Nadia's words.")
        return found

    monkeypatch.setattr(specializations, "one", slowly)
    changed = api.patch(f"specializations/{house.series.public_id}/", {"title": "Safety first"}).json()
    assert (changed["title"], changed["summary"]) == ("Safety first", "Nadia's words.")


def test_a_withdrawn_course_joins_no_specialization(api, house):
    api.post(f"courses/{house.course.public_id}/withdrawal/")
    path = f"specializations/{house.series.public_id}/courses/"
    assert api.post(path, {"course": house.course.public_id}).json()["code"] == "unknown_reference"


def test_a_specialization_has_a_hundred_courses_at_most(api, house):
    made = [house.organization.courses.create(slug=f"c{number}", title="C") for number in range(100)]
    for position, course in enumerate(made[1:], start=1):
        house.series.steps.create(course=course, position=position)
    path = f"specializations/{house.series.public_id}/courses/"
    assert api.post(path, {"course": made[1].public_id}).status_code == 201
    answer = api.post(path, {"course": made[0].public_id})
    assert (answer.status_code, answer.json()["code"]) == (409, "specialization_full")
