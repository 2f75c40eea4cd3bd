"""Values of a request come through a form, or by `web/values.py`: nobody takes one as it is."""

import json
import re

import pytest
from django.core.exceptions import BadRequest
from django.forms import BaseForm, ModelMultipleChoiceField
from django.http import QueryDict
from django.test import RequestFactory

from matricula.web.forms import ManyChosenField
from matricula.web.values import number_in, object_in, text_in
from tests.house.nasty import all_forms
from tests.house.rooms import PACKAGE

RAW = re.compile(r"request\.(GET|POST)(\.get(list)?\(|\[)|request\.(body|read\(|FILES(\.get\(|\[))")
READS_ITSELF = {"web/values.py", "api/access.py", "api/idempotency.py", "api/operations.py"}
"""The API reads documents as its schemas say."""


def raw_readings() -> dict[str, list[str]]:
    found = {}
    for file in PACKAGE.rglob("*.py"):
        name = str(file.relative_to(PACKAGE))
        lines = [line.strip() for line in file.read_text().splitlines() if RAW.search(line)]
        if lines and "tests" not in file.parts and name not in READS_ITSELF:
            found[name] = lines
    return found


def test_ids_that_a_form_takes_are_looked_at_before_the_database_is_asked():
    fields = [
        (form.__qualname__, name, field)
        for form in all_forms(BaseForm)
        if form.__module__.startswith("matricula.")
        for name, field in getattr(form, "base_fields", {}).items()
    ]
    unlooked = [
        (form, name)
        for form, name, field in fields
        if isinstance(field, ModelMultipleChoiceField) and not isinstance(field, ManyChosenField)
    ]
    assert (unlooked, any(isinstance(field, ManyChosenField) for *_, field in fields)) == ([], True)


def test_no_view_takes_a_value_as_it_is():
    assert raw_readings() == {}


@pytest.mark.parametrize("given", ["a\0b", "\ud800", "x" * 3000])
def test_what_no_database_keeps_is_refused(given):
    with pytest.raises(BadRequest):
        text_in({"next": given}, "next")


def test_a_value_is_read_as_it_was_sent_and_the_last_of_two_counts():
    sent = QueryDict("next=/learn/&next=/account/&n=7")
    assert (text_in(sent, "next"), text_in(sent, "name", "x"), number_in(sent, "n")) == ("/account/", "x", 7)


@pytest.mark.parametrize("given", ["²", "9" * 5000, "-1", "1.5", "", "٣"])
def test_what_is_no_number_is_none(given):
    assert number_in({"n": given[:2000]}, "n", -1) == -1


@pytest.mark.parametrize(
    "body", [b"null", b"[" * 100_000, b"\xff", b"[]", b'{"a":"\\u0000"}', b'{"a":"\\ud800"}']
)
def test_an_answer_of_a_device_is_an_object_that_can_be_kept(body):
    with pytest.raises(BadRequest):
        object_in(RequestFactory().post("/", body, content_type="application/json"))


def test_a_fitting_answer_is_read():
    body = json.dumps({"id": "x", "response": {"a": 1}})
    given = object_in(RequestFactory().post("/", body, content_type="application/json"))
    assert given == {"id": "x", "response": {"a": 1}}
