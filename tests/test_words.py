"""Every letter is translated: into each language, with every placeholder, and compiled."""

import re

import pytest
from babel.messages.mofile import read_mo

from tools.words import LANGUAGES, catalog_of, read, rooms, words_of

CATALOGS = [(room, language) for room in rooms() for language in LANGUAGES]
PLACEHOLDER = re.compile(r"%\([a-z_]+\)s")


@pytest.fixture(params=CATALOGS, ids=[f"{room.name}-{language}" for room, language in CATALOGS])
def catalog(request):
    room, language = request.param
    return room, catalog_of(room, language), read(catalog_of(room, language), language)


def test_the_words_of_a_letter_are_found_in_templates_and_modules():
    words = {room.name: words_of(room) for room in rooms()}
    assert {"accounts", "invitations", "joining", "programs", "roles"} <= set(words)
    assert "JOIN NOW" in words["invitations"]
    assert "Authenticator app" in words["accounts"]


def test_every_word_of_the_letters_is_translated_and_no_other(catalog):
    """`make words` gathers what is new; the translations are written by hand."""
    room, path, found = catalog
    translated = sorted(one.id for one in found if one.id and one.string)
    assert translated == words_of(room), f"{path} is not up to date: run `make words` and translate."


def test_no_translation_loses_or_invents_a_placeholder(catalog):
    _, _, found = catalog
    wrong = {
        one.id: one.string
        for one in found
        if one.id and sorted(PLACEHOLDER.findall(one.id)) != sorted(PLACEHOLDER.findall(one.string))
    }
    assert wrong == {}


def test_the_catalogs_that_are_read_are_compiled_from_those_that_are_written(catalog):
    _, path, found = catalog
    with path.with_suffix(".mo").open("rb") as file:
        read_there = {one.id: one.string for one in read_mo(file) if one.id}
    assert read_there == {one.id: one.string for one in found if one.id}, "Run `make words`."
