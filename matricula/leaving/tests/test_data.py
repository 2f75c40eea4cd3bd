"""Ada takes all her data away; nothing of Chika's, and nothing that is a secret, is in it."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import jsonschema_rs
import pytest
from django.utils import timezone

from conftest import person
from matricula.accounts.models import EmailAddress
from matricula.accounts.second_factors import SEAL, renew_recovery_codes
from matricula.audit.models import record
from matricula.credentials.models import Certificate
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.joining.models import Request
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course
from matricula.learning.quizzes import questions_of
from matricula.leaving.combining.combining import undo_combining
from matricula.leaving.data.exports import place_of
from matricula.leaving.data.schema import data_schema
from matricula.leaving.models import Combining, DataExport
from matricula.leaving.tests.taking_data import data_of, made_for
from matricula.leaving.tests.two_lives import TwoLives, combined, joined
from matricula.mail.models import Letter
from matricula.organizations.models import Organization, Role
from matricula.reporting.models import How
from matricula.reporting.readings import note_list_reading, note_reading
from matricula.security.secrets import seal
from tests.learners import do_everything, short_course

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def told_of(account):
    return json.loads(data_of(account)["data.json"])


@pytest.fixture
def ada(program, course, bruno):
    """Ada, who did all one can do."""
    account = person("Ada Okafor", "ada@home.example")
    membership = joined(program, account, "ada@nordlicht.example")
    membership.groups.add(program.groups.create(name="Grid"))
    Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
    quiz = course.lessons.get(key="quiz")
    enrolment = start_course(course=course, membership=membership)
    finish_lesson(enrolment=enrolment, lesson=course.lessons.get(key="read"))
    (question,) = questions_of(quiz)
    go = next(one["key"] for one in question["options"] if one["text"] == "Go")
    finish_lesson(enrolment=enrolment, lesson=quiz, score=0, answers={question["key"]: [go]})
    do_everything(short_course(program.organization, "=1+1"), membership)
    account.second_factors.create(kind="totp", name="My phone", sealed=seal("JBSWY3DPEHPK3PXP", SEAL))
    renew_recovery_codes(account=account)
    note_reading(person=account, reader=bruno, role=bruno.roles.get(), how=How.PAGE)
    return account


def test_the_file_is_what_its_schema_says(ada):
    files = data_of(ada)
    data, schema = json.loads(files["data.json"]), json.loads(files["data.schema.json"])
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(data)
    assert schema == data_schema()
    assert {"README.txt", "tables/enrolments.csv"} < set(files)
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validator_for(schema).validate(data | {"accounts": [{}]})


def test_the_documents_show_the_schema():
    shown = Path(__file__).parents[3] / "docs/data-download.schema.json"
    assert json.loads(shown.read_text()) == data_schema(), "run tools/data_schema.py"


def test_what_is_adas_is_in_it(ada, program):
    data = told_of(ada)
    assert [one["full_name"] for one in data["accounts"]] == ["Ada Okafor"]
    assert [one["address"] for one in data["addresses"]] == ["ada@home.example"]
    assert [one["name"] for one in data["second_factors"]] == ["My phone"]
    assert [one["work_email"] for one in data["affiliations"]] == ["ada@nordlicht.example"]
    assert [(one["program"], one["groups"]) for one in data["memberships"]] == [("Welcome", ["Grid"])]
    assert {one["course"] for one in data["enrolments"]} == {"Safe every day", "=1+1"}
    assert {one["title"] for one in data["certificates"]} == {"=1+1"}
    assert [one["reader"] for one in data["readings"]] == ["Bruno Keller"]
    assert "Became a member" in {one["what"] for one in data["done_about_you"]}
    assert set(data["read_at"]) == {name for name, value in data.items() if isinstance(value, list)}


def test_answers_are_told_and_what_would_have_been_right_is_not(ada):
    files = data_of(ada)
    quiz = next(one for one in json.loads(files["data.json"])["progress"] if one["lesson"] == "Check")
    assert quiz["score_percent"] == 0
    assert quiz["answers"] == [{"question": "What first?", "given": ["Go"], "was_right": False}]
    assert all(b"Stop" not in content for content in files.values())


def test_answers_to_a_question_that_has_gone_are_told_without_it(ada, course):
    quiz = course.lessons.get(key="quiz")
    quiz.content["questions"][0]["prompt"] = "What next?"
    quiz.save()
    told = next(one for one in told_of(ada)["progress"] if one["lesson"] == "Check")["answers"]
    assert [(one["question"], one["was_right"]) for one in told] == [(None, None)]


def test_no_secret_is_in_it(ada):
    content = b"".join(data_of(ada).values()).decode(errors="replace")
    factor = ada.second_factors.get()
    digests = ada.recovery_codes.values_list("digest", flat=True)
    export = DataExport.objects.get()
    for secret in (ada.password, factor.sealed, "JBSWY3DPEHPK3PXP", *digests, export.stored_as):
        assert secret not in content


def test_certificates_are_in_it_as_pdf(ada):
    files = data_of(ada)
    (certificate,) = Certificate.objects.filter(account=ada)
    (told,) = json.loads(files["data.json"])["certificates"]
    assert told["verify_at"].endswith(f"/certificates/{certificate.public_id}/")
    assert files[told["file"]].startswith(b"%PDF")


def test_a_spreadsheet_runs_nothing_of_it(ada):
    rows = list(csv.DictReader(io.StringIO(data_of(ada)["tables/enrolments.csv"].decode("utf-8-sig"))))
    assert {one["course"] for one in rows} == {"Safe every day", "'=1+1"}
    assert all(one["completed_at"] != "None" for one in rows)


def test_nothing_of_chika_and_of_other_companies_is_in_it(ada, chika, program, bruno):
    elsewhere = Organization.objects.create(slug="other", name="Otherworks")
    theirs = elsewhere.programs.create(slug="theirs", name="Their program")
    joined(theirs, chika, "chika@other.example")
    member = joined(program, chika, "chika@nordlicht.example")
    do_everything(short_course(elsewhere, "their-course"), member)
    invite_person(program=theirs, address="dora@other.example", name="Dora", invited_by=chika)
    record("membership.ended", actor=ada, organization=program.organization, subject=member)
    Role.objects.create(organization=program.organization, account=ada, kind=Role.Kind.VIEWER)
    content = data_of(ada)
    whole = b"".join(content.values()).decode(errors="replace")
    for word in ("Chika", "chika", "Otherworks", "Their program", "their-course", "Dora", "dora@"):
        assert word not in whole
    done = json.loads(content["data.json"])["done_by_you"]
    assert [one["organization"] for one in done if one["what"] == "Membership ended"] == ["Nordlicht Energie"]


def test_mailboxes_count_from_the_day_they_are_hers(ada, program, bruno):
    """Whoever read the mailbox before her was somebody else."""
    address = "post@home.example"
    before = timezone.now() - timedelta(days=30)
    for state, name in ((Invitation.State.REVOKED, "Somebody Before"), (Invitation.State.SENT, "Ada")):
        Invitation.objects.create(program=program, address=address, name=name, state=state, created_at=before)
    Request.objects.create(
        program=program, address=address, reason="expired", asked_at=before, answer="invited"
    )
    Letter.objects.create(kind="x.before", to=address, queued_at=before)
    EmailAddress.objects.create(account=ada, address=address, confirmed_at=timezone.now())
    Letter.objects.create(kind="x.after", to=address)
    Request.objects.create(program=program, address=address, reason="revoked")
    data = told_of(ada)
    assert [one["name"] for one in data["invitations"]] == ["Ada"]
    assert [one["why"] for one in data["requests"]] == ["revoked"]
    kinds = {one["kind"] for one in data["letters"]}
    assert "x.after" in kinds
    assert "x.before" not in kinds


def test_what_a_file_said_of_her_is_told_where_her_page_tells_it(ada, program):
    other = {"program": program, "name": "Ada", "note": {"Cost centre": "7"}}
    Invitation.objects.create(address="ada@home.example", **other)
    Invitation.objects.create(address="ada@nordlicht.example", **other, accepted_by=ada, state="joined")
    told = {one["address"]: one["note"] for one in told_of(ada)["invitations"]}
    assert told == {"ada@home.example": {}, "ada@nordlicht.example": {"Cost centre": "7"}}


def test_lists_are_told_as_her_page_of_the_company_tells_them(ada, bruno, program):
    note_list_reading(
        what="people", about=program, reader=bruno, role=bruno.roles.get(), how=How.FILE, people=2
    )
    (told,) = told_of(ada)["list_readings"]
    assert (told["what"], told["of"], told["reader"], told["people"]) == (
        "people",
        "Welcome",
        "Bruno Keller",
        2,
    )


def test_whoever_took_an_account_in_has_its_history_too(db):
    lives = TwoLives()
    combining = combined(lives.here, lives.there)
    data = told_of(lives.here)
    assert {one["full_name"] for one in data["accounts"]} == {"Ada Lovelace", "Ada King"}
    assert {one["organization"] for one in data["memberships"]} == {"ACME", "Globex"}
    assert [one["id"] for one in data["combinings"]] == [combining.public_id]
    assert len(data["combining_lines"]) == combining.lines.count() > 0
    jsonschema_rs.validator_for(data_schema(), validate_formats=True).validate(data)


def test_combining_and_undoing_end_the_files_of_both(db, django_capture_on_commit_callbacks):
    lives = TwoLives()
    files = [made_for(lives.here), made_for(lives.there)]
    with django_capture_on_commit_callbacks(execute=True):
        combined(lives.here, lives.there)
    assert set(DataExport.objects.values_list("state", flat=True)) == {"gone"}
    assert not any(place_of(one).exists() for one in files)
    later = made_for(lives.here)
    undo_combining(combining=Combining.objects.get(), side=Combining.Side.KEPT)
    later.refresh_from_db()
    assert later.state == "gone"
    assert {one["organization"] for one in told_of(lives.there)["memberships"]} == {"Globex"} | {
        one.organization.name for one in lives.there.memberships.all()
    }
