"""The running API against its own document: whatever it says it takes or answers, it does.

schemathesis makes good and bad requests from the document alone. Only what it cannot say is told here:
which ids there are, what a deliverable address is, which moments are still to come, where cursors come from.
`make fuzz` tries the edge of every value as well, which takes half a minute to think of beforehand.
Once is enough: test_problems.py shows on every database that nothing comes in which only one of them keeps.
"""

import os
import re
from uuid import uuid4

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.transport.serialization import Binary

from matricula.api.idempotency import HEADER, SHAPE
from matricula.api.values import SAMPLE
from matricula.wsgi import application

PEOPLE = "email\nfinn@n.example\n"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><path d="M0 0h4v2z"/></svg>'
FILES = {"file": PEOPLE, "course": PEOPLE, "logo": LOGO}
FORMATS = {
    "public-id": st.sampled_from([SAMPLE, SAMPLE, SAMPLE, "A" * 22]),
    "email": st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True),
    "binary": st.just(PEOPLE),
    "hostname": st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True),
    "date-time": st.integers(2030, 2100).map(lambda year: f"{year}-05-01T12:00:00Z"),
}
for name, strategy in FORMATS.items():
    schemathesis.openapi.format(name, strategy)
CURSOR = re.compile("[A-Za-z0-9_=-]{1,400}")
REFUSING = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429"]
"""What a bad request may be told: 413 as well, for a list that is as long as it is wrong."""
EDGES = {
    "phases": {"coverage": {"enabled": "EVERY_EDGE" in os.environ}},
    "checks": {"negative_data_rejection": {"expected-statuses": REFUSING}},
}
schema = schemathesis.openapi.from_wsgi(
    "/api/v1/openapi.json", application, config=SchemathesisConfig.from_dict(EDGES)
)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_connection():
    """As Django's own test client does: a request's end must not close what holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def headers(house, settings):
    settings.API_RATE = 0
    house.name_all(SAMPLE)
    return {"Authorization": f"Bearer {house.secret}"}


def make_true(case):
    """A new key, a cursor that leads somewhere, a file of people: the document only says how they look."""
    if SHAPE.fullmatch(str((case.headers or {}).get(HEADER, ""))):
        case.headers[HEADER] = str(uuid4())
    if CURSOR.fullmatch(str((case.query or {}).get("cursor", ""))):
        case.query["cursor"] = ""
    for name, content in FILES.items() if isinstance(case.body, dict) else ():
        given = case.body.get(name)
        if isinstance(given, Binary) or given == PEOPLE:
            case.body[name] = content


@schema.parametrize()
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
def test_every_operation_does_what_the_document_says(case, headers):
    make_true(case)
    case.call_and_validate(headers=headers)


def test_what_one_operation_makes_the_others_find(headers):
    """Made, read, changed and ended in any order, by the ids the answers tell."""

    class Way(schema.as_state_machine()):
        def get_call_kwargs(self, case):
            make_true(case)
            return {"headers": headers}

        def validate_response(self, response, case, additional_checks=None, **kwargs):
            case.validate_response(response, additional_checks=additional_checks, headers=headers)

    steps = settings(max_examples=10, stateful_step_count=8, suppress_health_check=list(HealthCheck))
    Way.run(settings=steps)
