"""An organization keeps its lines for some years: they go, and the chain still holds."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from matricula.audit import checkpoints
from matricula.audit.checkpoints import add_checkpoint, verify_log
from matricula.audit.forgetting import forget_lines, renew_key
from matricula.audit.models import Entry, Forgetting, record
from matricula.audit.tests.test_checkpoints import DELETE, tamper
from matricula.db.triggers import install_triggers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _guarded():
    install_triggers()


@pytest.fixture
def edge(monkeypatch):
    """Three lines of company 7 and one of company 8 before it, and one of 7 exactly at it; all chained."""
    for organization in (7, 7, 8, 7, 7):
        record("thing.done", organization=organization)
    ids, edge = list(Entry.objects.order_by("pk").values_list("pk", flat=True)), timezone.now()
    tamper("UPDATE audit_entry SET at = %s", edge - timedelta(days=1))
    tamper("UPDATE audit_entry SET at = %s WHERE id = %s", edge, ids[4])
    add_checkpoint()
    return edge


def left():
    return list(Entry.objects.order_by("pk").values_list("organization_id", flat=True))


def test_lines_before_the_edge_go_and_those_at_it_and_of_others_stay(edge):
    assert forget_lines(7, edge) == 3
    assert left() == [8, 7]
    told = verify_log()
    assert (told.broken, told.lines, told.forgotten) == ([], 5, 3)
    assert forget_lines(7, edge) == 0


def test_a_line_that_is_in_no_chain_yet_stays(edge):
    record("thing.done", organization=7)
    tamper("UPDATE audit_entry SET at = %s WHERE id = (SELECT max(id) FROM audit_entry)", edge - timedelta(1))
    assert forget_lines(7, edge) == 3
    assert left() == [8, 7, 7]


def test_the_database_refuses_to_delete_what_no_forgetting_names(edge):
    forget_lines(7, edge)
    for which in ({"organization_id": 8}, {"organization_id": 7}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Entry.objects.filter(**which)._raw_delete("default")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Forgetting.objects.all()._raw_delete("default")
    assert left() == [8, 7]


def test_whoever_deletes_besides_is_found_out(edge):
    others = Entry.objects.get(organization_id=8).pk
    forget_lines(7, edge)
    tamper(DELETE, others)
    assert [(one.at, one.what) for one in verify_log().broken] == [(others, "removed")]


def test_a_forgetting_made_up_without_the_key_is_found_out(edge):
    forget_lines(7, edge)
    others = Entry.objects.get(organization_id=8)
    last = Forgetting.objects.get()
    made = Forgetting(organization_id=8, before=edge, lines=others.pk.to_bytes(8, "big"), mac="0" * 64)
    made.previous = made.chained = last.chained
    made.save()
    others.delete()
    assert {one.what for one in verify_log().broken} == {"forgetting"}


def test_the_chain_of_forgettings_holds_after_the_key_was_changed(edge, settings):
    forget_lines(7, edge)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key" * 4
    renew_key()
    record("thing.done")
    add_checkpoint()
    settings.SECRET_KEY_FALLBACKS = []
    assert verify_log().broken == []
    renew_key()
    assert Forgetting.objects.count() == 2


def test_a_log_of_many_goes_some_at_a_time(edge, monkeypatch):
    monkeypatch.setattr("matricula.audit.forgetting.AT_ONCE", 2)
    assert [forget_lines(7, edge) for _ in range(3)] == [2, 1, 0]
    assert verify_log().broken == []
    assert checkpoints.newest_checkpoint() is not None
