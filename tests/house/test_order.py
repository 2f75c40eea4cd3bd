"""Imports, foreign keys and many-to-many point down the house, in one order that is kept in one place."""

import os
import subprocess
import sys

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from matricula.catalog.models import Course
from matricula.programs.models import Program
from tests.house.rooms import ROOT, room_heights

LINT = [
    sys.executable,
    "-c",
    "from importlinter.cli import lint_imports_command as lint; lint()",
    "--no-cache",
]
UPWARD = [("audit.Entry", "actor", "accounts")]
"""The audit log names who did it; all else it knows of a room is words."""
DOWNWARD, VIEWS = "Rooms import only downward", "Only views and addresses import views"
LIBRARY = "The library that reads files of people knows no tables"


def upward_links(rooms: dict[str, int], found: list[type[models.Model]]) -> list[tuple[str, str, str]]:
    """(model, field, room it points to) of each foreign key and many-to-many that does not point down."""
    return [
        (model._meta.label, field.name, target)
        for model in found
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many)
        if field.is_relation
        for room, target in [(model._meta.app_label, field.related_model._meta.app_label)]
        if room in rooms and target in rooms and room != target and rooms[target] >= rooms[room]
    ]


def test_foreign_keys_and_many_to_many_point_down_the_house():
    assert upward_links(room_heights(), apps.get_models(include_auto_created=True)) == UPWARD


def test_every_room_has_its_place():
    rooms = {name.removeprefix("matricula.") for name in settings.INSTALLED_APPS if name[:10] == "matricula."}
    assert rooms - set(room_heights()) == set()


def test_links_that_point_up_or_sideways_are_found():
    with isolate_apps("matricula.mail", "matricula.catalog"):

        class Stamp(models.Model):
            course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
            programs = models.ManyToManyField(Program, related_name="+")

            class Meta:
                app_label = "mail"

        class Shelf(models.Model):
            stamp = models.ForeignKey(Stamp, on_delete=models.CASCADE, related_name="+")
            program = models.OneToOneField(Program, on_delete=models.CASCADE, related_name="+")

            class Meta:
                app_label = "catalog"

    rooms = room_heights()
    assert upward_links(rooms, [Stamp, Shelf]) == [
        ("mail.Stamp", "course", "catalog"),
        ("mail.Stamp", "programs", "programs"),
        ("catalog.Shelf", "program", "programs"),
    ]
    assert upward_links({**rooms, "catalog": rooms["mail"]}, [Shelf])[0] == ("catalog.Shelf", "stamp", "mail")


@pytest.fixture
def small_house(tmp_path):
    """A house of the same rooms with hardly anything in them, under the contracts of ours."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for room in room_heights():
        for file in ("__init__", "models", "rules", "views/__init__", "views/pages", "tests/__init__"):
            put(tmp_path, f"{room}/{file}.py", "")
    for file in ("__init__", "settings", "urls"):
        put(tmp_path, f"{file}.py", "")
    return tmp_path


def put(house, file, line):
    place = house / "matricula" / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(line + "\n")


def broken_contracts(house):
    environment = {**os.environ, "PYTHONPATH": str(house), "COLUMNS": "200"}
    lint = subprocess.run(LINT, cwd=house, env=environment, capture_output=True, text=True, timeout=60)
    found = {name for name in (DOWNWARD, VIEWS, LIBRARY) if f"{name} BROKEN" in lint.stdout}
    assert found or (lint.returncode == 0 and "3 kept, 0 broken" in lint.stdout), lint.stdout + lint.stderr
    return found


def test_what_is_allowed_breaks_no_contract(small_house):
    put(small_house, "programs/rules.py", "from matricula.accounts import models")
    put(small_house, "joining/views/pages.py", "from matricula.accounts.views import pages")
    put(small_house, "joining/urls.py", "from matricula.joining.views import pages")
    put(small_house, "db/tests/test_all.py", "from matricula.api.views import pages")
    assert broken_contracts(small_house) == set()


BREAKS = {
    "a room imports a higher one": ("files/rules.py", "from matricula.web import rules", {DOWNWARD}),
    "also where it is called": ("jobs/rules.py", "def f(): import matricula.mail.rules", {DOWNWARD}),
    "rooms side by side": ("audit/rules.py", "from matricula.mail import rules", {DOWNWARD}),
    "a detour": ("db/rules.py", "from matricula import settings\nimport matricula.urls", {DOWNWARD}),
    "a room without a place": ("kitchen/__init__.py", "", {DOWNWARD}),
    "a rule imports a view of its room": ("mail/rules.py", "from matricula.mail.views import pages", {VIEWS}),
    "a rule imports the views": ("roles/rules.py", "from matricula.programs import views", {VIEWS}),
    "a table for the library": ("peoplefile/rules.py", "from matricula.mail import models", {LIBRARY}),
}


@pytest.mark.parametrize("name", BREAKS)
def test_an_import_against_the_order_breaks_a_contract(small_house, name):
    put(small_house, "urls.py", "import matricula.api.rules")
    file, line, contracts = BREAKS[name]
    put(small_house, file, line)
    assert broken_contracts(small_house) == contracts
