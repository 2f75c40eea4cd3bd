"""Files at once: forty tabs confirm one, many workers carry out two with the same people."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from matricula.audit.models import Entry
from matricula.invitations.errors import NotToConfirm
from matricula.invitations.imports import checks, execution
from matricula.invitations.imports.uploads import cancel_file, confirm_file, hand_in_file
from matricula.invitations.models import ImportedFile, Invitation
from matricula.jobs.queue import perform_due

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
THREADS = 40
PEOPLE = 120
CONTENT = ("email\n" + "".join(f"p{n}@n.example\n" for n in range(PEOPLE))).encode()


def all_at_once(work, count=THREADS):
    """What each thread returned, or the exception it raised."""
    barrier = Barrier(count)

    def run(place):
        barrier.wait()
        try:
            return work(place)
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def work_until_idle(_=None):
    while perform_due():
        pass


def checked(program):
    file = hand_in_file(program=program, name="people.csv", content=[CONTENT], actor=None)
    work_until_idle()
    return ImportedFile.objects.get(pk=file.pk)


def test_races_import_twice_forty_tabs_confirm_a_file_and_one_is_first(program):
    file = checked(program)

    def press(_):
        confirm_file(file=ImportedFile.objects.get(pk=file.pk), actor=None)

    answers = all_at_once(press)
    assert [type(one) for one in answers if one is not None] == [NotToConfirm] * (THREADS - 1)
    work_until_idle()
    assert Invitation.objects.count() == PEOPLE
    assert Entry.objects.filter(verb="invitation.import_confirmed").count() == 1


def test_races_confirmed_and_dropped_at_once_a_file_is_one_of_the_two(program):
    file = checked(program)

    def press(place):
        fresh = ImportedFile.objects.get(pk=file.pk)
        if place % 2:
            return cancel_file(file=fresh, actor=None)
        confirm_file(file=fresh, actor=None)
        return True

    answers = all_at_once(press)
    assert answers.count(True) == 1
    work_until_idle()
    state = ImportedFile.objects.get(pk=file.pk).state
    assert (state, Invitation.objects.count()) in [("done", PEOPLE), ("cancelled", 0)]


def test_races_import_twice_two_files_with_the_same_people_invite_each_once(program, monkeypatch):
    for module in (checks, execution):
        monkeypatch.setattr(module, "lines_a_step", lambda: 10)
    files = [checked(program) for _ in range(2)]
    for file in files:
        confirm_file(file=file, actor=None)
    all_at_once(work_until_idle, 8)
    work_until_idle()
    ended = list(ImportedFile.objects.all())
    assert [one.state for one in ended] == ["done", "done"]
    assert sum(one.invited for one in ended) == Invitation.objects.count() == PEOPLE
    assert sum(one.counts.get("new", 0) for one in ended) == PEOPLE
