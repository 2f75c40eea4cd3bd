"""Bruno hands in who leaves Nordlicht: he sees what becomes of each before anybody is removed."""

import io
import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from conftest import person
from matricula.audit.models import Entry
from matricula.jobs.queue import perform_due
from matricula.leaving.offboarding import execution, leavers
from matricula.leaving.offboarding.leavers import clear_some, folder, judge_some, read_leavers
from matricula.leaving.offboarding.models import HeldDeparture, LeaversFile
from matricula.leaving.tests.two_lives import joined
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Membership, Program
from tests.at_once import all_at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
NEW = "/console/nordlicht/departures/lists/new/"


@pytest.fixture
def owner(client, organization, program, bruno):
    Program.objects.update(seats=None)
    program.refresh_from_db()
    Role.objects.create(organization=organization, account=bruno, kind="owner")
    client.force_login(bruno)
    return client


def employee(program, name, *, safe=False):
    account = person(name.title(), f"{name}@{'home' if safe else 'nordlicht'}.example")
    joined(program, account, f"{name}@nordlicht.example")
    return account


def work_through():
    while perform_due():
        pass


def hand_in(owner, text, name="leavers.csv"):
    answer = owner.post(NEW, {"file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, answer.content.decode()
    work_through()
    return answer["Location"]


def is_in(account) -> bool:
    return Membership.objects.active().filter(account=account).exists()


def test_who_would_be_stranded_is_held_and_others_are_removed(owner, program, organization, bruno):
    ada, cem = employee(program, "ada"), employee(program, "cem", safe=True)
    growth = Program.objects.create(organization=organization, slug="growth", name="Growth")
    enter_program(program=growth, account=cem)
    joined(program, bruno, "bruno@nordlicht.example")
    text = "email\nada@nordlicht.example\ncem@nordlicht.example\nbruno@nordlicht.example\nno@x.example\n"
    page = hand_in(owner, f"{text}ADA@nordlicht.example\n")
    shown = owner.get(page).content.decode()
    assert "2 people would leave" in shown
    assert "1 person would lose their only way" in shown
    assert all(words in shown for words in ("Has a role here", "Not found", "Twice in the file"))
    assert is_in(ada)
    assert is_in(cem)
    owner.post(f"{page}confirmation/", {"when": "held"})
    work_through()
    assert (is_in(ada), is_in(cem), is_in(bruno)) == (True, False, True)
    assert HeldDeparture.objects.held().get().membership.account == ada
    assert Letter.objects.filter(to="cem@home.example").count() == 1
    file = LeaversFile.objects.get()
    assert (file.state, file.outcomes) == ("done", {"held": 1, "removed": 1})
    assert "1 person is written to and held" in owner.get(page).content.decode()
    table = b"".join(owner.get(f"{page}result/").streaming_content).decode()
    assert "Written to and held" in table
    assert len(table.splitlines()) == 6
    assert list(folder().glob("*")) == []
    verbs = Entry.objects.filter(verb__startswith="leavers.").values_list("verb", flat=True)
    assert list(verbs.order_by("pk")) == ["leavers.confirmed", "leavers.carried_out"]


def test_all_may_be_removed_at_once(owner, program):
    ada = employee(program, "ada")
    page = hand_in(owner, "email\nada@nordlicht.example\n")
    owner.post(f"{page}confirmation/", {"when": "never"})
    work_through()
    assert is_in(ada)
    owner.post(f"{page}confirmation/", {"when": "now"})
    work_through()
    assert not is_in(ada)
    assert "changed meanwhile" in owner.post(f"{page}confirmation/", follow=True).content.decode()


def test_pasted_external_ids_and_a_column_that_somebody_chooses(owner, program):
    ada = employee(program, "ada")
    Affiliation.objects.filter(account=ada).update(external_id="4711")
    answer = owner.post(NEW, {"pasted": "4711, 0815"})
    work_through()
    assert "1 person would leave" in owner.get(answer["Location"]).content.decode()
    page = hand_in(owner, "number,town\n4711,Kiel\n0815,Jena\n")
    assert "Which column says who leaves?" in owner.get(page).content.decode()
    assert "Choose the column" in owner.post(f"{page}column/", {"column": "9"}, follow=True).content.decode()
    owner.post(f"{page}column/", {"column": "1"})
    work_through()
    assert "1 person would leave" in owner.get(page).content.decode()
    owner.post(f"{page}cancellation/")
    assert "This list was dropped" in owner.get(page).content.decode()
    assert owner.get(f"{page}result/").status_code == 404


def test_bad_input_keeps_its_page_and_its_words(owner):
    assert "Choose a file, or paste" in owner.post(NEW, {}).content.decode()
    both = {"pasted": "keep@these.example", "file": SimpleUploadedFile("x.csv", b"email\na@b.example\n")}
    shown = owner.post(NEW, both).content.decode()
    assert "not both" in shown
    assert "keep@these.example" in shown
    picture = io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(600))
    picture.name = "x.png"
    assert owner.post(NEW, {"file": picture}).status_code == 200
    assert not LeaversFile.objects.exists()
    assert not folder().exists() or list(folder().glob("*")) == []
    page = hand_in(owner, "email\n")
    assert "This list was not taken" in owner.get(page).content.decode()


def test_steps_are_small_a_person_named_in_two_counts_once_and_stopping_ends_it(owner, program, monkeypatch):
    monkeypatch.setattr(leavers, "LINES_AT_ONCE", 2)
    monkeypatch.setattr(execution, "PEOPLE_AT_ONCE", 1)
    people = [employee(program, name, safe=True) for name in ("ada", "bea", "cem")]
    names = ["ada", "bea", "ada", "cem", "bea"]
    page = hand_in(owner, "email\n" + "".join(f"{one}@nordlicht.example\n" for one in names))
    file = LeaversFile.objects.get()
    assert (file.lines, file.counts) == (5, {"leaves": 3, "twice": 2})
    owner.post(f"{page}confirmation/")
    perform_due()
    while LeaversFile.objects.get().done == 0:
        perform_due()
    owner.post(f"{page}stopping/")
    work_through()
    assert [is_in(one) for one in people].count(False) == LeaversFile.objects.get().done == 1
    assert "Stopped:" in owner.get(page).content.decode()


def test_who_got_a_role_or_left_meanwhile_is_told_so(owner, program, organization):
    ada, bea = employee(program, "ada", safe=True), employee(program, "bea", safe=True)
    page = hand_in(owner, "email\nada@nordlicht.example\nbea@nordlicht.example\n")
    Role.objects.create(organization=organization, account=ada, kind="viewer")
    Membership.objects.filter(account=bea).update(state="left", left_at=timezone.now())
    owner.post(f"{page}confirmation/")
    work_through()
    assert LeaversFile.objects.get().outcomes == {"stayed": 1, "gone": 1}
    assert is_in(ada)


def test_another_companys_people_are_not_found_and_its_list_is_not_there(owner, program, chika, client):
    other = Organization.objects.create(slug="acme", name="ACME")
    joined(other.programs.create(slug="p", name="P"), chika, "chika@acme.example")
    page = hand_in(owner, "email\nchika@acme.example\n")
    assert "Not found" in owner.get(page).content.decode()
    Role.objects.create(organization=other, account=chika, kind="owner")
    client.force_login(chika)
    assert client.get(page.replace("nordlicht", "acme")).status_code == 404
    assert client.get(page).status_code == 404


def test_lines_are_forgotten(owner, program):
    employee(program, "ada")
    page = hand_in(owner, "email\nada@nordlicht.example\n")
    LeaversFile.objects.update(created_at=timezone.now() - leavers.UNANSWERED * 2)
    while clear_some():
        pass
    file = LeaversFile.objects.get()
    assert (file.state, file.lines, file.kept_lines.count()) == ("cancelled", 0, 0)
    assert owner.get(page).status_code == 200


@pytest.mark.parametrize("_again", range(5))
def test_races_confirming_and_dropping_a_list(owner, program, bruno, _again):
    ada = employee(program, "ada", safe=True)
    hand_in(owner, "email\nada@nordlicht.example\n")

    def fresh():
        return LeaversFile.objects.select_related("organization").get()

    results = all_at_once(
        lambda: leavers.confirm_leavers(file=fresh(), holds=True, actor=bruno),
        lambda: leavers.confirm_leavers(file=fresh(), holds=False, actor=bruno),
        lambda: leavers.cancel_leavers(file=fresh(), actor=bruno),
    )
    assert len(refusals(results)) == 2
    work_through()
    assert is_in(ada) == (LeaversFile.objects.get().state == "cancelled")


def test_a_list_that_is_dropped_while_it_is_judged_keeps_nothing(owner, program):
    employee(program, "ada")
    owner.post(NEW, {"file": SimpleUploadedFile("l.csv", b"email\nada@nordlicht.example\n")})
    file = LeaversFile.objects.select_related("organization").get()
    read_leavers(file)
    assert file.kept_lines.count() == 0
    LeaversFile.objects.update(state="cancelled")
    assert not judge_some(file)
    assert (file.kept_lines.count(), LeaversFile.objects.get().state) == (0, "cancelled")


def test_an_upload_that_nobody_reads_any_more_goes_and_one_that_waits_stays(owner, program):
    owner.post(NEW, {"file": SimpleUploadedFile("l.csv", b"email\nada@nordlicht.example\n")})
    waiting = leavers.upload_place(LeaversFile.objects.get())
    stray, fresh = folder() / "stray.csv", folder() / "fresh.csv"
    old = time.time() - 2 * leavers.STRAY_SECONDS
    for place in (stray, fresh):
        place.write_text("x")
    for place in (stray, waiting):
        os.utime(place, (old, old))
    leavers.forget_uploads()
    assert [place.exists() for place in (stray, fresh, waiting)] == [False, True, True]
