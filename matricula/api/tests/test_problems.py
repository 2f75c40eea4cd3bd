"""What bad input gets: a problem (RFC 9457) that says what is wrong, and where."""

import re

import pytest
from django.db import OperationalError

from matricula.api import problems
from matricula.api.problems import KINDS
from matricula.api.v1 import door

pytestmark = pytest.mark.django_db


def code(answer):
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"].endswith(f"/api/v1/docs/#error-{problem['code']}")
    return answer.status_code, problem["code"]


def raw(api, path, body, content_type="application/json"):
    return api.client.generic("POST", f"/api/v1/{path}", body, content_type, headers=api.headers)


NOWHERE = ["", "v2/programs/", "v1/nothing/", "v1/programs", "v1/programs/short/"]


@pytest.mark.parametrize("path", [f"/api/{one}" for one in (*NOWHERE, "v1/programs/" + "x" * 5000)])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_not_there_is_a_problem_too(client, path, method):
    assert code(client.generic(method, path)) == (404, "not_found")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_zero_byte_in_an_address_is_a_problem_too(client, method):
    assert code(client.generic(method, "/api/v1/programs/%00/")) == (400, "malformed")


def test_a_method_the_address_does_not_take(api):
    answer = api.ask("PUT", "programs/")
    assert code(answer) == (405, "method_not_allowed")
    assert {one.strip() for one in answer["Allow"].split(",")} == {"GET", "POST"}


@pytest.mark.parametrize("body", ["", "{", "{'name': 1}", '{"seats": NaN}', "[" * 100_000, b"\xff\xfe"])
def test_what_is_not_json(api, body):
    expected = (422, "invalid") if body == "" else (400, "malformed")
    assert code(raw(api, "programs/", body)) == expected


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a_body_of_another_media_type(api, kind):
    assert code(raw(api, "programs/", '{"name": "N"}', kind)) == (415, "media_type_unsupported")


def test_a_body_that_is_too_large(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert code(raw(api, "programs/", '{"name": "' + "x" * 2000 + '"}')) == (413, "body_too_large")
    answer = api.post("programs/", {"name": "x" * 2000}, idempotency_key="k")
    assert code(answer) == (413, "body_too_large")


def faults(answer):
    assert code(answer) == (422, "invalid")
    return {(one["where"], one["pointer"], one["code"]) for one in answer.json()["errors"]}


def test_every_value_that_cannot_be_is_pointed_at(api, house):
    given = {"name": "  ", "seats": "12", "colour": "red", "courses": ["short"], "trusts_the_link": None}
    assert faults(api.post("programs/", given)) == {
        ("body", "#/name", "string_pattern_mismatch"),
        ("body", "#/seats", "int_type"),
        ("body", "#/colour", "extra_forbidden"),
        ("body", "#/courses/0", "string_pattern_mismatch"),
        ("body", "#/trusts_the_link", "bool_type"),
    }
    assert faults(api.post("programs/", [])) == {("body", "#", "model_type")}
    assert faults(api.get("invitations/?state=lost&limit=201&program=x")) == {
        ("query", "state", "literal_error"),
        ("query", "limit", "less_than_equal"),
        ("query", "program", "string_pattern_mismatch"),
    }
    assert faults(api.get("invitations/?stat=failed")) == {("query", "stat", "unknown_parameter")}
    assert faults(api.get("invitations/?cursor=abc")) == {("query", "cursor", "cursor_unknown")}


@pytest.mark.parametrize("name", ["a\x00b", "a\nb", "\ud800", "\x7f", "x" * 201, "", 1, None, ["x"], {}])
def test_names_that_cannot_be(api, name):
    ((where, pointer, _code),) = faults(api.post("programs/", {"name": name}))
    assert (where, pointer) == ("body", "#/name")


@pytest.mark.parametrize(
    "address",
    ["", "x", "a@b", "a b@c.example", "ü@c.example", "a@" + "c" * 260 + ".example", "a\x00@c.example"],
)
def test_addresses_that_cannot_be(api, house, address):
    given = {"program": house.program.public_id, "address": address}
    ((where, pointer, _code),) = faults(api.post("invitations/", given))
    assert (where, pointer) == ("body", "#/address")
    batch = {"program": house.program.public_id, "people": [{"address": address}]}
    assert api.post("invitations/batch/", batch).json()["items"][0]["outcome"] == "refused"


PAST = ["2020-01-01T00:00:00Z", "9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00+23:00"]


@pytest.mark.parametrize("moment", [*PAST, "2099-01-01T00:00:00", "tomorrow", 4_000_000_000, "4000000000"])
def test_moments_that_cannot_be(api, house, moment):
    given = {"program": house.program.public_id, "expires_at": moment}
    ((where, pointer, _code),) = faults(api.post("links/", given))
    assert (where, pointer) == ("body", "#/expires_at")


def test_a_batch_is_a_thousand_at_most(api, house):
    people = [{"address": f"p{number}@nordlicht.example"} for number in range(1001)]
    given = {"program": house.program.public_id, "people": people}
    assert faults(api.post("invitations/batch/", given)) == {("body", "#/people", "too_long")}


def test_what_is_refused_before_it_comes_to_the_api(client, api):
    assert code(client.get("/api/v1/docs/", headers={"host": "evil.example"})) == (400, "malformed")
    answer = raw(api, "programs/", "x" * 5_000_000)
    assert code(answer) == (413, "body_too_large")
    assert "Content-Security-Policy" in answer
    assert code(client.post("/api/v1/docs/")) == (405, "method_not_allowed")


def test_pages_keep_their_own_errors(client):
    assert client.get("/nothing/")["Content-Type"].startswith("text/html")


def test_a_database_that_is_away_is_a_pause(house):
    answer = problems.answer_to(OperationalError("gone"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert b"gone" not in answer.content


def test_what_nobody_thought_of_is_logged_and_told_to_nobody(house, caplog):
    answer = problems.answer_to(ZeroDivisionError("secret thoughts"))
    assert answer.status_code == 500
    assert b"secret" not in answer.content
    assert "secret thoughts" in caplog.text


def test_too_many_requests_wait_for_the_next_minute(api, house, settings):
    settings.API_RATE = 3
    answers = [api.get("organization/") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one["RateLimit"].split(";")[1] for one in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[0]["RateLimit-Policy"] == '"token";q=3;w=60'
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert code(answers[3]) == (429, "too_many_requests")


def test_a_site_without_a_limit_counts_nothing(api, settings):
    settings.API_RATE = 0
    assert "RateLimit" not in api.get("organization/")


def test_answers_are_kept_by_nobody(api):
    assert api.get("programs/")["Cache-Control"] == "no-store"


def test_every_code_a_room_may_raise_has_its_place_in_the_table():
    from matricula.api import errors, v1  # noqa: F401
    from matricula.catalog import errors as catalog
    from matricula.invitations import errors as invitations
    from matricula.joining import errors as joining
    from matricula.organizations import errors as organizations
    from matricula.programs import errors as programs
    from matricula.roles import errors as roles

    pages_only = {
        "crowded_network",
        "work_email_taken",
        "domain_not_allowed",
        "program_full",
        "sign_in_required",
        "not_confirmed",
    }
    pages_only |= {"domain_refused", "domain_shared", "domain_listed", "group_elsewhere", "too_late_to_undo"}
    pages_only |= {"removed", "mailbox_unproven", "token_unusable", "course_problems"}
    bases = {"joining", "program", "refused", "catalog", "organization", "invitation", "role"}
    modules = (errors, catalog, invitations, joining, organizations, programs, roles)
    rooms = [one for room in modules for one in vars(room).values()]
    codes = {one.code for one in rooms if isinstance(one, type) and issubclass(one, Exception)}
    assert codes - pages_only - bases <= set(KINDS)


def test_every_problem_is_in_the_document():
    responses = door.document()["components"]["responses"]
    told = " ".join(one["description"] for one in responses.values())
    assert not [one for one in KINDS if one not in told]


def values_in(part, schemas, kind):
    """Every value of this type in this part of the document, and in what it refers to."""
    if isinstance(part, list):
        for one in part:
            yield from values_in(one, schemas, kind)
    elif isinstance(part, dict):
        if part.get("type") == kind:
            yield part
        yield from values_in(schemas.get(part.get("$ref", "").rpartition("/")[2]), schemas, kind)
        yield from values_in(list(part.values()), schemas, kind)


def asked_for(kind):
    document = door.document()
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    asked = [[one.get("parameters"), one.get("requestBody")] for one in operations]
    return list(values_in(asked, document["components"]["schemas"], kind))


def test_every_number_that_is_let_in_fits_into_every_database():
    assert max(one["maximum"] for one in asked_for("integer")) == 2**31 - 1


FORMATS = {"email", "hostname", "date", "date-time", "binary"}
"""Their values are read before they are kept, and then hold none."""


def test_no_text_that_is_let_in_holds_a_zero_byte_which_postgresql_cannot_keep():
    texts = [one for one in asked_for("string") if not {"enum", "const"} & one.keys()]
    patterns = {one["pattern"] for one in texts if "pattern" in one}
    assert [one for one in patterns if re.search(one, "a\x00b")] == []
    free = [one for one in texts if "pattern" not in one and one.get("format") not in FORMATS]
    assert {one["title"] for one in free} == {"Address", "Name"}


def test_a_zero_byte_in_a_name_is_left_out(api, house):
    given = {"program": house.program.public_id, "address": "finn@nordlicht.example", "name": "Fi\x00nn"}
    assert api.post("invitations/", given).json()["name"] == "Finn"


def test_an_address_of_a_batch_with_a_zero_byte_is_refused_and_stops_nobody_else(api, house):
    people = [{"address": "f\x00@nordlicht.example"}, {"address": "finn@nordlicht.example"}]
    answer = api.post("invitations/batch/", {"program": house.program.public_id, "people": people})
    assert [one["outcome"] for one in answer.json()["items"]] == ["refused", "invited"]
    for path, body in (("links/", {"allowed_domains": ["n\x00.example"]}), ("invitations/", people[0])):
        assert code(api.post(path, {"program": house.program.public_id, **body})) == (422, "invalid")
