"""Looking changes nothing: every page is opened by fitting people, and the tables are compared.

A page that is new is walked by itself; what its address names must be in `lived_in.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from matricula.accounts.models import Account
from matricula.web.access import public
from tests.house.addresses import Address, all_addresses
from tests.house.lived_in import BROWSER, LivedIn

pytestmark = pytest.mark.django_db
ADDRESSES = list(all_addresses())
OPENED = {
    ("invitations_invitation", "opened_at"),
    ("invitations_invitation", "standing"),
    ("programs_count", "*"),
    ("programs_countchange", "*"),
}
"""The opened mark, and what the database counts of it by itself."""
TAKEN = {("reporting_listreading", "*")}
MAY_WRITE = {
    "joining:link": OPENED,
    "learning:lesson": {("learning_enrolment", "last_lesson_id")},  # where whoever comes back goes on
    "people:somebody": {("reporting_reading", "*")},  # people are told who read their page,
    "api:read_person": {("reporting_reading", "*")},
    "reporting:records-file": {("audit_entry", "*"), *TAKEN},
    "people:export": {("audit_entry", "*"), *TAKEN},
    "invitations:export": {("audit_entry", "*"), *TAKEN},
    "reporting:audit-log-file": {("audit_entry", "*"), *TAKEN},  # or took a list with them in it
    "invitations:result": TAKEN,
    "departures:list-result": TAKEN,
    "api:read_import_result": TAKEN,
    "api:list_memberships": TAKEN,
    "api:list_entries": TAKEN,
    "api:list_invitations": TAKEN,
    "api:create_invitation": TAKEN,  # the same address
    "api:list_group_members": TAKEN,
    "api:add_group_member": TAKEN,  # the same address
}
"""On GET, by the name of the view; HEAD never.

Why each may: docs/decisions/0032 and 0056.
"""
EVERYWHERE = {("security_throttle", "*"), ("security_throttle", "tries")}
"""Tries are counted wherever they are limited."""
UNOPENED = {
    "api:nothing": "it says that there is nothing",
    "api:read_import_result": "the file has no result yet",
    "credentials:logo": "the company has none",
    "credentials:signature": "the company has none",
    "metrics": "nobody shows the token of a setting that is empty",
    "organizations:logo": "the company has none",
    "demonstration:authorize": "the demonstration was not set up here",
    "demonstration:discovery": "the demonstration was not set up here",
    "demonstration:keys": "the demonstration was not set up here",
    "demonstration:token": "the demonstration was not set up here",
    "demonstration:way-in": "the demonstration was not set up here",
    "sso:answer": "no provider posted one",
    "sso:callback": "nobody came back from a provider",
    "sso:confirm": "no answer that nobody asked for waits in these browsers",
    "sso:link": "no company's answer waits in these browsers",
    "provider-news": "no provider sends our letters here",
}
READING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "PRAGMA")

NOT_LOOKED_AT = 405
"""It is no page, and only takes what is sent."""
Contents = dict[str, list[tuple[Any, ...]]]
Changes = set[tuple[str, str]]


def contents() -> Contents:
    """All rows of all tables."""
    with connection.cursor() as cursor:
        found: Contents = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = sorted(cursor.fetchall(), key=repr)
            columns[table] = [one[0] for one in cursor.description]
        return found


columns: dict[str, list[str]] = {}


def changes(before: Contents, after: Contents) -> Changes:
    """Table and column of what is not as it was; `*` for the column when rows came or went."""
    found: Changes = set()
    for table in after:
        old, new = before.get(table, []), after[table]
        if len(old) != len(new):
            found.add((table, "*"))
            continue
        for one, other in zip(old, new, strict=True):
            found |= {(table, columns[table][n]) for n, value in enumerate(one) if other[n] != value}
    return found


@contextmanager
def statements_that_write() -> Iterator[list[str]]:
    """Triggers write only after them, so that the tables need not be read after every page."""
    found: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith(READING):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def look(client: Client, method: str, address: str, before: Contents, **headers: str) -> tuple[int, Changes]:
    """The status, and what the look changed; it is taken back."""
    cookies, later = copy(client.cookies), len(connection.run_on_commit)
    with transaction.atomic(), statements_that_write() as written:
        answer = client.generic(method, address, **headers)
        if answer.streaming:
            b"".join(answer.streaming_content)
        found = changes(before, contents()) if written else set()
        if len(connection.run_on_commit) > later:
            found.add(("on_commit", "*"))
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code, found


def with_values(one: Address, house: LivedIn) -> str:
    given = house.values(one.path, one.name)
    return reverse(one.name, kwargs={name: given[name] for name in one.named})


def wrongly_changed(one: Address, method: str, found: Changes) -> Changes:
    return found - EVERYWHERE - MAY_WRITE.get(one.name, set()) if method == "GET" else found


@pytest.fixture
def lived_in(organization, program, course, bruno, settings):
    settings.API_RATE = 0  # so that the tries of programs are not counted at every look
    return LivedIn(organization, program, course, bruno)


def people(house: LivedIn, one: Address) -> dict[str, tuple[Client, dict[str, str]]]:
    """Who looks: programs at what is behind a token, people at the rest."""
    if one.view.access == "holding_token":
        return {"a program": (Client(), {**BROWSER, "HTTP_AUTHORIZATION": f"Bearer {house.secret}"})}
    browsers = {"outsider": house.outsider, "chika": house.chika, "ada": house.learner, "bruno": house.ruler}
    return {who: (browser, BROWSER) for who, browser in browsers.items()}


def test_looking_at_any_page_changes_nothing(lived_in):
    before, wrong, opened = contents(), [], set(UNOPENED)
    for one in ADDRESSES:
        path = with_values(one, lived_in)
        for who, (browser, sent) in people(lived_in, one).items():
            status, found = look(browser, "GET", path, before, **sent)
            heads = look(browser, "HEAD", path, before, **sent)[1] if status != NOT_LOOKED_AT else set()
            if wrongly_changed(one, "GET", found) or heads:
                wrong.append((one.name, who, found, heads))
            if status in (200, 302, NOT_LOOKED_AT):
                opened.add(one.name)
    assert wrong == []
    assert {one.name for one in ADDRESSES} - opened == set()


def test_a_visit_is_noted_on_get_and_never_on_head(lived_in):
    lived_in.let_time_pass()
    before, token = contents(), {"HTTP_AUTHORIZATION": f"Bearer {lived_in.secret}"}
    seen = {("accounts_session", "seen_at"), ("accounts_session", "seen_from")}
    assert look(lived_in.learner, "GET", "/learn/", before)[1] == seen
    assert look(lived_in.learner, "HEAD", "/learn/", before)[1] == set()
    assert look(Client(), "GET", "/api/v1/programs/", before, **token)[1] == {("api_token", "last_used_at")}
    assert look(Client(), "HEAD", "/api/v1/programs/", before, **token)[1] == set()


@public
def greedy(request):
    """A page that breaks the rule in two ways."""
    Account.objects.update(full_name="Somebody else")
    transaction.on_commit(lambda: None)
    return HttpResponse("read me")


urlpatterns = [path("greedy/", greedy, name="greedy")]
GREEDY = Address("greedy/", "greedy", frozenset(), greedy)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_page_that_writes_is_found(bruno, settings, method):
    settings.ROOT_URLCONF = __name__
    found = look(Client(), method, "/greedy/", contents())[1]
    assert wrongly_changed(GREEDY, method, found) >= {("accounts_account", "full_name"), ("on_commit", "*")}


def test_the_opened_mark_is_no_excuse_for_head_or_for_another_page():
    link = Address("join/x/", "joining:link", frozenset(), greedy)
    assert wrongly_changed(link, "GET", OPENED) == set()
    assert wrongly_changed(link, "HEAD", OPENED) == OPENED
    assert wrongly_changed(GREEDY, "GET", OPENED) == OPENED
