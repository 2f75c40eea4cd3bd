"""A request that is sent twice is done once, whoever else sends it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from matricula.api.models import KeptAnswer
from matricula.api.tests.conftest import Caller
from matricula.api.tokens import SCOPES, grant_token, revoke_token
from matricula.invitations.models import Invitation
from matricula.joining.models import DirectLink
from matricula.programs.models import Group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
THREADS = 20


@pytest.fixture
def given(house):
    return {"program": house.program.public_id, "name": "Grid"}


def test_the_same_request_gets_the_same_answer_and_is_done_once(api, given):
    first, second = (api.post("groups/", given, idempotency_key="k-1") for _ in range(2))
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"]) == (False, "true")
    assert Group.objects.filter(name="Grid").count() == 1


def test_without_a_key_it_is_done_again(api, given):
    assert [api.post("groups/", given).status_code for _ in range(2)] == [201, 409]


def test_another_request_under_the_same_key_is_refused(api, house, given):
    api.post("groups/", given, idempotency_key="k-1")
    for path, body in (("groups/", {**given, "name": "Other"}), ("links/", given)):
        answer = api.post(path, body, idempotency_key="k-1")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Group.objects.count() == 2


def test_keys_of_two_tokens_do_not_meet(api, house, given):
    _token, secret = grant_token(organization=house.organization, name="2", scopes=SCOPES, days=1, actor=None)
    api.post("groups/", given, idempotency_key="k-1")
    answer = Caller(secret).post("groups/", given, idempotency_key="k-1")
    assert answer.json()["code"] == "name_taken"


def test_what_was_refused_changed_nothing_and_may_be_sent_again(api, house, given):
    taken = house.program.groups.create(name="Grid")
    assert api.post("groups/", given, idempotency_key="k-1").status_code == 409
    assert KeptAnswer.objects.count() == 0
    taken.delete()
    assert api.post("groups/", given, idempotency_key="k-1").status_code == 201


@pytest.mark.parametrize("key", ["", "with space", "x" * 256, "ü"])
def test_keys_that_cannot_be(api, given, key):
    answer = api.post("groups/", given, idempotency_key=key)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "Idempotency-Key")


def test_after_a_day_the_key_is_forgotten(api, given):
    api.post("groups/", given, idempotency_key="k-1")
    KeptAnswer.objects.update(kept_at=timezone.now() - timedelta(hours=25))
    assert api.post("groups/", given, idempotency_key="k-1").status_code == 409
    assert KeptAnswer.objects.count() == 0


def test_a_kept_answer_is_sealed_and_goes_with_its_token(api, house):
    body = {"program": house.program.public_id}
    made, again = (api.post("links/", body, idempotency_key="k-1").json() for _ in range(2))
    assert made == again
    assert DirectLink.objects.count() == 2
    secret = made["address"].split("/join/")[1].strip("/")
    assert secret not in str(KeptAnswer.objects.values())
    revoke_token(token=house.token, actor=None)
    assert KeptAnswer.objects.count() == 0


def at_once(work):
    barrier = Barrier(THREADS)

    def run(number):
        barrier.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_races_one_key_sent_by_many_at_once_is_done_once(house, given):
    answers = at_once(lambda _n: Caller(house.secret).post("groups/", given, idempotency_key="k-1"))
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert sum("Idempotency-Replayed" not in one for one in answers) == 1
    assert Group.objects.filter(name="Grid").count() == 1


def test_races_two_requests_under_one_key_have_one_winner(house, given):
    answers = at_once(
        lambda n: Caller(house.secret).post(
            "groups/", {**given, "name": f"Grid {n % 2}"}, idempotency_key="k"
        )
    )
    assert {one.status_code for one in answers} == {201, 422}
    assert Group.objects.filter(name__startswith="Grid").count() == 1


def test_races_many_invite_the_same_person_and_one_does(house):
    body = {"program": house.program.public_id, "address": "eve@nordlicht.example"}
    answers = at_once(lambda _n: Caller(house.secret).post("invitations/", body))
    assert sorted(one.status_code for one in answers) == [201] + [409] * (THREADS - 1)
    assert Invitation.objects.filter(address="eve@nordlicht.example").count() == 1


def test_races_the_limit_of_a_token_holds(house, settings):
    settings.API_RATE = 5
    answers = at_once(lambda _n: Caller(house.secret).get("organization/"))
    assert sorted(one.status_code for one in answers) == [200] * 5 + [429] * (THREADS - 5)
