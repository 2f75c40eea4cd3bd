"""Every word of pages and letters is translated: into each language, with every placeholder, and compiled."""

import re

import pytest
from babel.messages.mofile import read_mo
from django.utils import translation

from tools.words import LANGUAGES, Word, catalog_of, is_said, read, rooms, words_of

WORDS = {room: words_of(room) for room in rooms()}
CATALOGS = [(room, language) for room in WORDS for language in LANGUAGES]
PLACEHOLDER = re.compile(r"%\([a-z_]+\)s|%[sd]|\{[a-z_]*\}")


@pytest.fixture(params=CATALOGS, ids=[f"{room.name}-{language}" for room, language in CATALOGS])
def catalog(request):
    room, language = request.param
    return room, catalog_of(room, language), read(catalog_of(room, language), language)


def known(one):
    """A message of a catalog as the mark in a template or module has it."""
    text, plural = one.id if isinstance(one.id, tuple | list) else (one.id, "")
    context = one.context.decode() if isinstance(one.context, bytes) else one.context
    return Word(text, plural, context or "")


def forms(said):
    return tuple(said) if isinstance(said, tuple | list) else (said,)


def test_words_are_found_in_templates_and_modules():
    words = {room.name: words for room, words in WORDS.items()}
    assert {"accounts", "invitations", "joining", "programs", "roles", "web"} <= set(words)
    assert Word("JOIN NOW") in words["invitations"]
    assert Word("Authenticator app") in words["accounts"]
    assert Word("%(n)s course", "%(n)s courses") in words["catalog"]
    assert Word("%d seat is free.", "%d seats are free.") in words["programs"]
    assert Word("Other accounts") in words["web"], "a menu's word, of the settings"


def test_every_word_is_translated_and_no_other(catalog):
    """`make words` gathers what is new; the translations are written by hand."""
    room, path, found = catalog
    translated = sorted(known(one) for one in found if one.id and is_said(one) and not one.fuzzy)
    assert translated == [*WORDS[room]], f"{path} is not up to date: run `make words` and translate."


def test_no_translation_loses_or_invents_a_placeholder(catalog):
    """A form of a plural may leave its number out, as Arabic does for one and two."""
    _, _, found = catalog
    wrong = {}
    for one in found:
        asked = set(PLACEHOLDER.findall(known(one).plural or known(one).text))
        for said in forms(one.string):
            there = set(PLACEHOLDER.findall(said))
            left_out = asked - there if known(one).plural else set()
            if one.id and (there - asked or len(asked - there) > min(len(left_out), 1)):
                wrong[one.id] = said
    assert wrong == {}


def test_the_catalogs_that_are_read_are_compiled_from_those_that_are_written(catalog):
    _, path, found = catalog
    with path.with_suffix(".mo").open("rb") as file:
        read_there = {known(one): forms(one.string) for one in read_mo(file) if one.id}
    assert read_there == {known(one): forms(one.string) for one in found if one.id and is_said(one)}, (
        "Run `make words`."
    )


def test_what_is_written_for_a_room_is_what_its_readers_see(catalog):
    """All rooms share one catalog once they run, with Django's own: a word has one translation in all."""
    _, path, found = catalog
    with translation.override(path.parts[-3]):
        seen = [
            (known(one), shown(known(one)), forms(one.string)) for one in found if one.id and is_said(one)
        ]
    differ = {word.text: (words, written) for word, words, written in seen if words not in written}
    assert differ == {}, f"Another catalog says these otherwise than {path}: give one a context."


def shown(word):
    """The word, or what it is in the plural for one."""
    if word.plural and word.context:
        return translation.npgettext(word.context, word.text, word.plural, 1)
    if word.plural:
        return translation.ngettext(word.text, word.plural, 1)
    return translation.pgettext(word.context, word.text) if word.context else translation.gettext(word.text)
