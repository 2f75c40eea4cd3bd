"""Ada leaves for her company's sign-in and comes back: once, in the same browser, within ten minutes."""

from datetime import timedelta
from functools import partial

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from matricula.identities.errors import AnswerRepeated, FlowEnded
from matricula.identities.flows import (
    COOKIE,
    MOST_UNASKED,
    begin_flow,
    nonce_of,
    note_seen_once,
    store_answer,
    take_answer,
    take_flow,
    verifier_of,
)
from matricula.identities.models import Flow, SeenNonce, StoredAnswer
from matricula.identities.tests.company import live_connection
from matricula.organizations.models import Organization
from tests.at_once import all_at_once, refusals
from tests.nights import forget_tonight

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(organization):
    return live_connection(organization)


def browser_after(left):
    """The request of the browser that left, when it comes back."""
    response = HttpResponse()
    left.keep(response)
    request = RequestFactory().get("/sso/")
    request.COOKIES[COOKIE] = response.cookies[COOKIE].value
    return request


def leave(connection, request=None, **more):
    return begin_flow(request or RequestFactory().get("/sso/"), connection=connection, **more)


def test_ada_comes_back_once_with_where_she_was_going(connection):
    left = leave(connection, next_path="/learn/")
    request = browser_after(left)
    assert take_flow(request, connection=connection, state=left.state).next_path == "/learn/"
    with pytest.raises(FlowEnded):
        take_flow(request, connection=connection, state=left.state)


def test_two_tabs_of_one_browser_come_back_both(connection):
    first = leave(connection, next_path="/one/")
    second = leave(connection, browser_after(first), next_path="/two/")
    request = browser_after(second)
    assert take_flow(request, connection=connection, state=first.state).next_path == "/one/"
    assert take_flow(request, connection=connection, state=second.state).next_path == "/two/"


def test_nobody_comes_back_from_another_browser_or_without_its_cookie(connection):
    left, other = leave(connection), leave(connection)
    for request in (browser_after(other), RequestFactory().get("/sso/")):
        with pytest.raises(FlowEnded):
            take_flow(request, connection=connection, state=left.state)
    assert take_flow(browser_after(left), connection=connection, state=left.state)


def test_a_cookie_that_was_made_up_opens_nothing(connection):
    left = leave(connection)
    request = RequestFactory().get("/sso/")
    request.COOKIES[COOKIE] = left.browser
    with pytest.raises(FlowEnded):
        take_flow(request, connection=connection, state=left.state)


def test_the_state_of_one_connection_is_nothing_to_another(connection):
    other = live_connection(Organization.objects.create(slug="other", name="Other"))
    left = leave(connection)
    with pytest.raises(FlowEnded):
        take_flow(browser_after(left), connection=other, state=left.state)


def test_after_ten_minutes_the_flow_has_ended(connection):
    left = leave(connection)
    Flow.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(FlowEnded):
        take_flow(browser_after(left), connection=connection, state=left.state)


@pytest.mark.parametrize("state", ["", "_", "x" * 10_000, "\0", "é", "_" + "0" * 64])
def test_a_state_that_is_none_has_ended(connection, state):
    with pytest.raises(FlowEnded):
        take_flow(browser_after(leave(connection)), connection=connection, state=state)


def test_nothing_of_a_flow_can_be_read_from_the_database(connection):
    left = leave(connection)
    kept = {str(one) for one in Flow.objects.values().get().values()}
    told = {left.state, left.browser, nonce_of(left.state), verifier_of(left.state)}
    assert not kept & told
    assert len(told) == 4
    assert left.state[0] == "_", "an ID of XML does not begin with a digit"
    assert len(verifier_of(left.state)) == 64


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_eight_that_come_back_at_one_moment_one_is_let_in(connection):
    left = leave(connection)
    request = browser_after(left)

    def come():
        try:
            return bool(take_flow(request, connection=connection, state=left.state))
        except FlowEnded:
            return False

    assert sum(all_at_once(*[come] * 8)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_an_answer_that_was_posted_is_fetched_once_however_many_come(connection):
    handle = store_answer(connection=connection, content="PHNhbWw+")

    def come():
        try:
            return take_answer(connection=connection, handle=handle)
        except FlowEnded:
            return ""

    assert sorted(all_at_once(*[come] * 8)) == [""] * 7 + ["PHNhbWw+"]


def test_of_one_flow_the_last_answer_waits_and_no_other(connection):
    left, other = leave(connection), leave(connection)
    handles = [store_answer(connection=connection, content=f"{n}", flow=left.flow) for n in range(3)]
    theirs = store_answer(connection=connection, content="theirs", flow=other.flow)
    assert StoredAnswer.objects.count() == 2
    for late in handles[:2]:
        with pytest.raises(FlowEnded):
            take_answer(connection=connection, handle=late)
    assert take_answer(connection=connection, handle=handles[2]) == "2"
    assert take_answer(connection=connection, handle=theirs) == "theirs"


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_races_of_eight_answers_to_one_flow_one_waits_whole(connection):
    left = leave(connection)
    handles = {}

    def store(number):
        handles[number] = store_answer(connection=connection, content=f"{number}", flow=left.flow)

    assert refusals(all_at_once(*[partial(store, number) for number in range(8)])) == []
    kept = StoredAnswer.objects.get().content
    assert take_answer(connection=connection, handle=handles[int(kept)]) == kept


@pytest.mark.postgres
def test_of_answers_that_nobody_asked_for_the_newest_hundred_of_a_connection_wait(connection):
    other = live_connection(Organization.objects.create(slug="other", name="Other"))
    left = leave(connection)
    asked = store_answer(connection=connection, content="asked", flow=left.flow)
    theirs = store_answer(connection=other, content="theirs")
    handles = [store_answer(connection=connection, content=f"{n}") for n in range(MOST_UNASKED + 5)]
    assert StoredAnswer.objects.filter(connection=connection, flow=None).count() == MOST_UNASKED
    for late in handles[:5]:
        with pytest.raises(FlowEnded):
            take_answer(connection=connection, handle=late)
    for first in (handles[5], handles[-1], asked):
        assert take_answer(connection=connection, handle=first)
    assert take_answer(connection=other, handle=theirs) == "theirs"


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_races_of_many_unasked_answers_no_more_than_the_hundred_wait(connection):
    late = timezone.now() + timedelta(minutes=1)
    StoredAnswer.objects.bulk_create(
        StoredAnswer(connection=connection, handle_digest=f"{n}", content="x", expires_at=late)
        for n in range(MOST_UNASKED - 2)
    )
    store = partial(store_answer, connection=connection, content="new")
    assert refusals(all_at_once(*[store] * 8)) == []
    assert StoredAnswer.objects.count() == MOST_UNASKED
    assert StoredAnswer.objects.filter(content="new").count() == 8


def test_an_answer_waits_two_minutes_for_its_own_connection(connection):
    other = live_connection(Organization.objects.create(slug="other", name="Other"))
    handle = store_answer(connection=connection, content="x")
    with pytest.raises(FlowEnded):
        take_answer(connection=other, handle=handle)
    StoredAnswer.objects.update(expires_at=timezone.now())
    with pytest.raises(FlowEnded):
        take_answer(connection=connection, handle=handle)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_an_assertion_is_taken_once_even_eight_times_at_one_moment(connection):
    until = timezone.now() + timedelta(minutes=5)

    def come():
        try:
            note_seen_once(connection=connection, value="_assertion", until=until)
        except AnswerRepeated:
            return False
        return True

    assert sum(all_at_once(*[come] * 8)) == 1


def test_what_ended_yesterday_is_forgotten_at_night_and_the_rest_stays(connection):
    left, later = leave(connection), timezone.now() + timedelta(minutes=5)
    store_answer(connection=connection, content="x")
    note_seen_once(connection=connection, value="old", until=timezone.now() - timedelta(days=2))
    note_seen_once(connection=connection, value="new", until=later)
    StoredAnswer.objects.update(expires_at=timezone.now() - timedelta(days=2))
    forget_tonight()
    assert (Flow.objects.count(), StoredAnswer.objects.count(), SeenNonce.objects.count()) == (1, 0, 1)
    assert take_flow(browser_after(left), connection=connection, state=left.state)
