"""What the pages people meet first weigh, as a browser gets them in production."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client
from django.utils.functional import empty

from conftest import person
from matricula.learning.enrolments import start_course
from matricula.programs.memberships import enter_program

pytestmark = pytest.mark.django_db
FIRST, NEXT, REQUESTS = 150_000, 30_000, 8
"""Bytes of a first view and of the next page, and how often the first asks."""
LOADED = re.compile(r'<(?:link|script|img|source)\b[^>]*?(?:href|src)="([^"#]+)"[^>]*>')


@pytest.fixture
def production(settings, tmp_path):
    """Static files as `matricula migrate` lays them out."""
    settings.DEVELOPMENT = False
    settings.STATIC_ROOT = tmp_path / "static"
    storages = settings.STORAGES
    settings.STORAGES = {**storages, "staticfiles": {"BACKEND": "matricula.web.static_files.SiteFiles"}}
    staticfiles_storage._wrapped = empty
    call_command("collectstatic", interactive=False, verbosity=0)
    yield settings.STATIC_ROOT
    staticfiles_storage._wrapped = empty


def weigh(client: Client, static: Path, path: str) -> tuple[int, int, set[str]]:
    """(bytes of a first view, bytes of the page alone, what it loads beside itself)."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    page = answer.content.decode()
    loaded = {one for one in LOADED.findall(page) if one.startswith("/") and not is_a_link(page, one)}
    own = len(gzip.compress(answer.content))
    return own + sum(size_of(client, static, one) for one in loaded), own, loaded


def is_a_link(page: str, address: str) -> bool:
    return f'<link rel="canonical" href="{address}"' in page


def size_of(client: Client, static: Path, address: str) -> int:
    if not address.startswith("/static/"):
        answer = client.get(address)
        assert "max-age" in answer["Cache-Control"], address
        return len(gzip.compress(b"".join(answer) if answer.streaming else answer.content))
    file = static / address.removeprefix("/static/")
    assert re.search(r"\.[0-9a-f]{12}\.", file.name), f"{address} is not kept for ever"
    packed = file.with_name(f"{file.name}.gz")
    return (packed if packed.exists() else file).stat().st_size


@pytest.fixture
def reader(program, course):
    ada = person("Ada Okafor", "ada@home.example")
    start_course(course=course, membership=enter_program(program=program, account=ada))
    client = Client()
    client.force_login(ada)
    return client


def hold(client, path):
    first, following, loaded = weigh(client, *path)
    assert (first < FIRST, following < NEXT, 1 + len(loaded) <= REQUESTS) == (True, True, True), (
        first,
        following,
        sorted(loaded),
    )
    return loaded


def test_welcome_and_catalogue_of_a_visitor_are_light(production, client, link):
    client.get(link)
    hold(client, (production, "/join/welcome/"))
    hold(client, (production, client.post("/join/now/")["Location"]))


def test_the_log_in_page_is_light(production, client):
    hold(client, (production, "/account/log-in/"))


@pytest.mark.parametrize("lesson", ["", "lessons/read/", "lessons/quiz/"])
def test_a_course_and_its_lessons_are_light(production, reader, course, lesson):
    loaded = hold(reader, (production, f"{course.address}{lesson}"))
    assert [one for one in loaded if "htmx" in one] == []


def test_my_learning_and_the_program_of_a_member_are_light(production, reader, program):
    hold(reader, (production, "/learn/"))
    hold(reader, (production, f"/learn/programs/{program.public_id}/"))


def test_all_styles_are_in_the_one_file_in_their_order(production):
    whole = (production / staticfiles_storage.stored_name("web/css/site.css")).read_text()
    places = [
        whole.index(words)
        for words in ("@layer reset", ".skip", "@keyframes arrive", "input.code.code", ".prose hr")
    ]
    assert places == sorted(places)
    fonts = re.findall(r'url\("?([^")]+woff2)', whole)
    assert fonts
    for font in fonts:
        assert (production / "web/css" / font).resolve().exists(), font
