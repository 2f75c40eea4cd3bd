"""What becomes of a browser's session when its key changes."""

import pytest
from django.contrib.sessions.backends.base import UpdateError

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


def test_a_session_that_somebody_was_signed_in_to_stays_ended_when_its_key_is_to_change(client, chika):
    """Chika ends it from her phone just as whoever has her laptop removes a second factor."""
    client.post("/account/log-in/", LOG_IN)
    session = SessionStore(client.session.session_key)
    session.cycle_key()
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.exists()


def test_chika_logs_in_though_her_session_in_this_browser_was_ended_meanwhile(client, chika):
    client.post("/account/log-in/", LOG_IN)
    session = SessionStore(client.session.session_key)
    session.begin_anew()
    Session.objects.all().delete()
    session.save()
    assert Session.objects.get().pk == session.stored_key()


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
    assert Session.objects.get().pk == session.stored_key()


def test_a_key_that_changes_again_after_the_session_began_anew_leaves_one_row(visited):
    session = SessionStore(visited.session.session_key)
    session.cycle_key()
    Session.objects.all().delete()
    session.save()
    session.cycle_key()
    session.save()
    assert Session.objects.get().pk == session.stored_key()
