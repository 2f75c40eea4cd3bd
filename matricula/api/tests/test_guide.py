"""docs/api.md and the reference page: every command in them works."""

import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import matricula
from matricula.api.tokens import SCOPES
from matricula.api.v1 import door
from matricula.api.values import SAMPLE
from matricula.catalog.preview import sample_zip
from matricula.catalog.uploads import read_upload
from matricula.jobs.queue import perform_due

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><path d="M0 0h4v2z"/></svg>'
FILES = {"file": b"email,name\nhugo@n.example,Hugo\n", "course": sample_zip(), "logo": LOGO}
pytestmark = pytest.mark.django_db
GUIDE = (Path(matricula.__file__).parents[1] / "docs/api.md").read_text()
COMMANDS = re.findall(r"```sh\n(curl.*?)```", GUIDE, re.S)


def run(client, command, secret):
    """What curl would send, sent without it."""
    words = shlex.split(command.replace("\\\n", " "))
    headers, form, method, body, address = {}, {}, None, None, ""
    while words := words[1:]:
        match words[0]:
            case "-H":
                words = words[1:]
                name, _, value = words[0].partition(": ")
                headers[name] = value.replace("$MATRICULA_TOKEN", secret)
            case "-X":
                words = words[1:]
                method = words[0]
            case "-F":
                words = words[1:]
                name, _, value = words[0].partition("=")
                form[name] = SimpleUploadedFile(value[1:], FILES[name]) if value.startswith("@") else value
            case "-d":
                words = words[1:]
                body = words[0]
            case _:
                address = words[0].replace("$MATRICULA", "https://learn.example.com/api/v1")
    path = urlsplit(address)
    where = f"{path.path}?{path.query}" if path.query else path.path
    if form:
        return client.post(where, form, headers=headers)
    kind = headers.pop("Content-Type", "")
    return client.generic(method or ("POST" if body else "GET"), where, body or "", kind, headers=headers)


def test_every_example_of_the_guide_works(client, house):
    read_upload(house.upload)
    house.name_all(SAMPLE)
    while perform_due():
        pass
    assert len(COMMANDS) >= 8
    for command in COMMANDS:
        assert run(client, command, house.secret).status_code in (200, 201, 202), command


def test_the_reference_shows_every_operation_with_scope_and_example(client):
    page = client.get("/api/v1/docs/").content.decode()
    operations = [one for methods in door.document()["paths"].values() for one in methods.values()]
    for one in operations:
        assert f'id="{one["operationId"]}"' in page
    assert page.count("$MATRICULA_TOKEN") == len(operations) + 1
    assert not [scope for scope in SCOPES if f"<code>{scope}</code>" not in page]


def test_every_example_of_the_reference_is_taken(client, house):
    """By the document's own rules: none is malformed, and none asks for what is not there."""
    from html import unescape

    from django.utils.html import strip_tags

    house.name_all(SAMPLE)
    page = client.get("/api/v1/docs/").content.decode()
    shown = [unescape(strip_tags(one)) for one in re.findall(r"<code>(curl .*?)</code>", page, re.S)]
    assert len(shown) > 60
    for command in shown:
        answer = run(client, command, house.secret)
        assert answer.status_code in (200, 201, 202, 204, 404, 409), (command, answer.content)


def test_the_reference_needs_nothing_from_elsewhere_and_no_script_of_its_own(client):
    answer = client.get("/api/v1/docs/")
    page = answer.content.decode()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


def test_the_front_of_the_api_leads_to_the_reference(client):
    assert client.get("/api/v1/")["Location"] == "/api/v1/docs/"


def test_the_document_is_openapi_3_1_and_public(client):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "http://127.0.0.1:8000"}]
