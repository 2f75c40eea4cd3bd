"""No address, asked by whomever with whatever, answers with a fault of ours.

Each address gets a part of the requests, chosen by its name, so that all together get them all. In
`MATRICULA_FUZZ` stands of how many parts one is taken (1: all, many minutes); else so many that it takes half
a minute.
"""

import hashlib
import logging
import os
from collections.abc import Iterator
from copy import copy
from itertools import chain

import pytest
from django.db import transaction
from django.test import Client

from conftest import person
from matricula.organizations.models import Role
from matricula.roles.tests.roles import signed_in
from tests.house.addresses import Address, all_addresses
from tests.house.lived_in import LivedIn
from tests.house.nasty import (
    IN_PATHS,
    Sent,
    calls,
    documents_sent,
    field_names,
    fields_on,
    forms_sent,
    looks,
    path_with,
)
from tests.house.test_reading import with_values

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PARTS = int(os.environ.get("MATRICULA_FUZZ", "80"))
OF_A_PROGRAM = "a program"


@pytest.fixture(autouse=True)
def _unlogged():
    """pytest keeps each line of the log with its whole request: 30,000 of them took 1.7 GB."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def lived_in(organization, program, course, bruno, settings):
    settings.API_RATE = 0
    return LivedIn(organization, program, course, bruno)


def browsers(house: LivedIn) -> dict[str, Client]:
    """Of everybody who may come: outsider, arriving, learner, group manager, administrator, owner."""
    known = {"outsider": house.outsider, "chika": house.chika, "ada": house.learner, "bruno": house.ruler}
    for name, kind in (("gina", Role.Kind.GROUP_MANAGER), ("arne", Role.Kind.PROGRAM_ADMINISTRATOR)):
        account = person(name.title(), f"{name}@nordlicht.example")
        Role.objects.create(organization=house.organization, account=account, kind=kind)
        if name == "gina":
            house.group.managers.add(account)
        known[name] = signed_in(Client(), account)
    known[OF_A_PROGRAM] = Client()
    for one in known.values():
        one.raise_request_exception = False
    return known


def ask(client: Client, sent: Sent, path: str, secret: str) -> int:
    """The status; what the request did is taken back."""
    cookies, headers = copy(client.cookies), dict(sent.headers)
    if secret:
        headers.setdefault("Authorization", f"Bearer {secret}")
    kind, query = headers.pop("Content-Type", sent.content_type), sent.query()
    with transaction.atomic():
        answer = client.generic(
            sent.method,
            f"{path}?{query}" if query else path,
            data=sent.body(),
            content_type=kind,
            headers=headers,
        )
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code


def requests_for(
    one: Address, path: str, house: LivedIn, browser: Client, names: set[str]
) -> Iterator[tuple[Sent, str]]:
    """Each with its path."""
    if one.view.access == "holding_token":
        described = chain(looks(names), calls(one.path))
    else:
        asked = fields_on(page_at(path, browser))
        described = chain(looks(names), forms_sent(asked, names), documents_sent())
    yield from ((sent, path) for sent in described)
    for value in IN_PATHS:
        for strange in path_with(one.path, value, house.values(one.path, one.name)):
            for method in ("GET", "POST"):
                yield Sent(f"{method}, {value[:9]!r} in {strange[:60]}", method), strange


def page_at(path: str, browser: Client) -> bytes:
    with transaction.atomic():
        page = browser.get(path)
        if page.streaming:
            b"".join(page.streaming_content)  # or a large file keeps its place from the next
        transaction.set_rollback(True)
    return b"" if page.streaming else bytes(page.content)


def is_of_this_part(*told: str) -> bool:
    return int.from_bytes(hashlib.sha256(":".join(told).encode()).digest()[:4], "big") % PARTS == 0


def test_no_address_asked_by_whomever_with_whatever_fails(lived_in):
    known, names, failed, count = browsers(lived_in), field_names(), [], 0
    for one in all_addresses():
        path, by_token = with_values(one, lived_in), one.view.access == "holding_token"
        for who, browser in known.items():
            if by_token is not (who == OF_A_PROGRAM):
                continue
            for sent, where in requests_for(one, path, lived_in, browser, names):
                if not is_of_this_part(one.name, who, sent.told):
                    continue
                count += 1
                if ask(browser, sent, where, lived_in.secret if by_token else "") >= 500:
                    failed.append((one.name, who, sent.told, where[:80]))
    print(count, "requests,", len(failed), "failed")
    assert failed == []
