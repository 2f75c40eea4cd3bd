"""What becomes of a browser's session when its key changes."""

import pytest

from conftest import PASSWORD
from matricula.accounts.models import Session
from matricula.accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db
LOG_IN = {"email": "chika@elsewhere.example", "password": PASSWORD}


@pytest.fixture
def visited(client):
    """A browser whose session holds something before anybody signed in."""
    session = SessionStore()
    session["arrivals"], session["draft"] = ["abc"], "of a stranger"
    session.save()
    client.cookies["matricula"] = session.session_key
    return client


def test_session_fixation_signing_in_gives_the_row_a_new_key_and_keeps_only_arrivals(visited, chika):
    before = visited.session.session_key
    visited.post("/account/log-in/", LOG_IN)
    row = Session.objects.get()
    assert row.account_id == chika.pk
    assert not SessionStore(before).load()
    assert visited.session.session_key != before
    assert visited.session["arrivals"] == ["abc"]
    assert "draft" not in visited.session


def test_a_session_that_was_ended_while_somebody_signed_in_begins_anew(visited):
    session = SessionStore(visited.session.session_key)
    session.cycle_key()
    Session.objects.all().delete()
    session.save()
    assert SessionStore(session.session_key)["draft"] == "of a stranger"


def test_a_session_that_changes_its_key_and_is_flushed_leaves_no_row(visited):
    session = SessionStore(visited.session.session_key)
    session.cycle_key()
    session.flush()
    assert not Session.objects.exists()


def test_a_key_that_changes_twice_before_the_answer_leaves_one_row(visited):
    session = SessionStore(visited.session.session_key)
    session.cycle_key()
    session.cycle_key()
    session.save()
    assert Session.objects.get().pk == session._stored()
