"""Who gets in: tokens and nothing else, for their own organization and nothing else (security.md)."""

import logging
from datetime import timedelta

import pytest
from django.http.multipartparser import MultiPartParser
from django.test import Client
from django.utils import timezone

from conftest import person
from matricula.api.models import Token
from matricula.api.tests.conftest import Caller, House
from matricula.api.tokens import SCOPES, grant_token, revoke_token
from matricula.api.v1 import door
from matricula.audit.models import Entry
from matricula.catalog.models import Course
from matricula.organizations.models import Organization
from matricula.programs.models import Program

pytestmark = pytest.mark.django_db
PATHS = door.document()["paths"]
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in PATHS.items()
    for method, operation in methods.items()
]


def takes_json(operation):
    return "application/json" in operation.get("requestBody", {}).get("content", {})


def filled(path, ids):
    for name, value in ids.items():
        path = path.replace(f"{{{name}}}", value)
    return path


@pytest.fixture
def theirs(db):
    organization = Organization.objects.create(slug="other", name="Other")
    course = Course.objects.create(organization=organization, slug="c", title="Theirs")
    program = Program.objects.create(organization=organization, slug="p", name="Theirs")
    program.courses.add(course)
    return House(organization, program, course, person("Zoe", "zoe@other.example"))


def test_without_a_live_token_nothing_opens(house):
    strange = Caller("matricula_" + "x" * 43)
    revoke_token(token=house.token, actor=None)
    month = {"created_at": "2026-01-01T00:00Z", "expires_at": "2026-01-02T00:00Z"}
    token, secret = grant_token(
        organization=house.organization, name="Old", scopes=SCOPES, days=1, actor=None
    )
    Token.objects.filter(pk=token.pk).update(**month)
    for method, path, _operation in OPERATIONS:
        path = filled(path, house.ids)
        missing, unknown = Caller(None).ask(method, path), strange.ask(method, path)
        assert (missing.status_code, missing.json()["code"]) == (401, "token_missing")
        assert missing["WWW-Authenticate"] == 'Bearer realm="matricula"'
        for answer in (unknown, house.caller.ask(method, path), Caller(secret).ask(method, path)):
            assert (answer.status_code, answer.content) == (401, unknown.content)
            assert answer["WWW-Authenticate"] == 'Bearer realm="matricula", error="invalid_token"'
            assert answer["Content-Type"] == "application/problem+json"


def test_each_operation_asks_for_exactly_its_scope(house):
    secrets = {
        scope: grant_token(
            organization=house.organization, name="Less", scopes={*SCOPES} - {scope}, days=1, actor=None
        )
        for scope in SCOPES
    }
    for method, path, operation in OPERATIONS:
        (scope,) = operation["security"][0]["token"] or [None]
        if scope is None:
            assert path == "/api/v1/organization/"
            continue
        body = {} if takes_json(operation) else None
        answer = Caller(secrets[scope][1]).ask(method, filled(path, house.ids), body)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
        assert f'error="insufficient_scope", scope="{scope}"' in answer["WWW-Authenticate"]
        assert scope in answer.json()["detail"]


@pytest.mark.parametrize("path", ["imports/", "course-uploads/", "branding/logo/"])
def test_a_file_is_not_read_for_a_token_that_may_do_nothing_with_it(house, path, monkeypatch):
    """A token that only reads fills no disk."""
    less = {one for one in SCOPES if one.endswith(":read")}
    _, secret = grant_token(organization=house.organization, name="Less", scopes=less, days=1, actor=None)
    parsed = []
    monkeypatch.setattr(MultiPartParser, "parse", parsed.append)
    answer = Caller(secret).send(path, "file", b"x" * 100)
    assert (answer.status_code, answer.json()["code"], parsed) == (403, "scope_missing", [])


def test_another_organizations_data_is_not_there(house, theirs):
    """The token of A on every id of B: not found, exactly as for what never was."""
    tried = 0
    for method, path, operation in OPERATIONS:
        body = sample_of(operation, house)
        for name in theirs.ids:
            if f"{{{name}}}" in path:
                foreign = house.caller.ask(method, filled(path, {**house.ids, name: theirs.ids[name]}), body)
                unknown = house.caller.ask(method, filled(path, {**house.ids, name: "A" * 22}), body)
                assert (foreign.status_code, foreign.content) == (404, unknown.content), (method, path)
                tried += 1
    assert tried > 40


BODIES = {
    "create-program": {"name": "N", "courses": ["course_id"], "specializations": ["specialization_id"]},
    "create-group": {"name": "N", "program": "program_id"},
    "create-invitation": {
        "address": "eve@nordlicht.example",
        "program": "program_id",
        "groups": ["group_id"],
        "course": "course_id",
    },
    "create-invitation-batch": {
        "people": [{"address": "eve@nordlicht.example"}],
        "program": "program_id",
        "groups": ["group_id"],
        "course": "course_id",
    },
    "create-link": {
        "program": "program_id",
        "groups": ["group_id"],
        "course": "course_id",
    },
    "update-program": {"courses": ["course_id"]},
    "add-group-member": {"work_email": "ada@nordlicht.example"},
    "correct-invitation": {"address": "eve@nordlicht.example"},
    "update-group": {"name": "N"},
    "change-administrator": {"role": "group_manager", "groups": ["group_id"]},
    "create-role-offer": {
        "address": "eve@nordlicht.example",
        "role": "group_manager",
        "groups": ["group_id"],
    },
    "change-branding": {"name": "N"},
    "create-specialization": {"title": "N", "summary": "S"},
    "update-specialization": {"title": "N"},
    "add-course-to-specialization": {"course": "course_id"},
    "move-course-in-specialization": {"direction": "up"},
    "read-import-anew": {"encoding": "utf-8"},
}


def sample_of(operation, house, theirs=None, foreign=""):
    """A body with our ids, but for the name `foreign`, which is theirs."""
    if not takes_json(operation):
        return None
    ids = {**house.ids, **({foreign: theirs.ids[foreign]} if theirs else {})}
    return put(BODIES[operation["operationId"]], ids)


def put(value, ids):
    if isinstance(value, dict):
        return {name: put(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [put(one, ids) for one in value]
    return ids.get(value, value)


def test_another_organizations_data_cannot_be_named_in_a_body(house, theirs):
    for method, path, operation in OPERATIONS:
        said = str(BODIES.get(operation["operationId"], ""))
        for foreign in theirs.ids:
            if f"'{foreign}'" in said:
                body = sample_of(operation, house, theirs, foreign)
                answer = house.caller.ask(method, filled(path, house.ids), body)
                assert (answer.status_code, answer.json()["code"]) == (404, "unknown_reference")
                assert foreign.removesuffix("_id") in answer.json()["errors"][0]["pointer"]


def test_every_body_has_a_sample():
    assert {one["operationId"] for _m, _p, one in OPERATIONS if takes_json(one)} == set(BODIES)


def test_lists_show_the_own_organization_only(house, theirs):
    for method, path, _operation in OPERATIONS:
        if method == "GET" and "{" not in path:
            told = house.caller.get(path).content.decode()
            assert not [one for one in (*theirs.ids.values(), "Theirs", "other.example") if one in told]


def test_cookies_are_not_looked_at(house):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(house.owner)
    assert browser.get("/api/v1/programs/").status_code == 401
    assert browser.post("/api/v1/programs/", {}, content_type="application/json").status_code == 401


def test_a_token_needs_no_form_token_and_answers_no_other_origin(house):
    caller = Caller(house.secret)
    caller.client = Client(enforce_csrf_checks=True)
    answer = caller.post("programs/", {"name": "N"}, origin="https://elsewhere.example")
    assert answer.status_code == 201
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert answer.cookies == {}


def test_only_the_digest_of_a_token_is_kept_and_nothing_of_it_is_logged(house, caplog):
    token = Token.objects.get(pk=house.token.pk)
    assert house.secret.startswith("matricula_")
    assert house.secret not in str(Token.objects.values()) + str(Entry.objects.values())
    assert len(token.digest) == 64
    with caplog.at_level(logging.DEBUG):
        house.caller.get("programs/")
        house.caller.get("nothing/")
    assert house.secret not in caplog.text


def test_a_token_that_ends_up_in_a_log_line_is_taken_out(house):
    from matricula.security.secrets import SecretFilter

    line = logging.LogRecord("x", logging.INFO, "", 0, "sent %s", (f"Bearer {house.secret}",), None)
    SecretFilter().filter(line)
    assert line.getMessage() == "sent Bearer matricula_***"


def test_making_and_revoking_a_token_is_recorded_once(house):
    assert [revoke_token(token=house.token, actor=house.owner) for _ in range(2)] == [True, False]
    lines = Entry.objects.filter(verb__startswith="token.").order_by("id")
    assert [(one.verb, one.actor, one.after["name"]) for one in lines] == [
        ("token.made", house.owner, "Payroll"),
        ("token.revoked", house.owner, "Payroll"),
    ]


def test_use_is_noted_at_most_once_a_minute(house):
    house.caller.get("organization/")
    first = Token.objects.get().last_used_at
    house.caller.get("organization/")
    assert Token.objects.get().last_used_at == first
    earlier = timezone.now() - timedelta(minutes=2)
    Token.objects.update(last_used_at=earlier)
    house.caller.get("organization/")
    assert Token.objects.get().last_used_at > earlier
