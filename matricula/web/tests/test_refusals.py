"""What a room refuses carries its code and its sentence; each sentence is written once."""

import re
from importlib import import_module
from pathlib import Path

import pytest

import matricula
from matricula.web.refusals import Refusal

PACKAGE = Path(matricula.__file__).parent
ROOMS = sorted(file.parent.name for file in PACKAGE.glob("*/errors.py") if file.parent.name != "web")
SAYS_ITSELF = {"CourseProblems", "FileRefused", "UnreadableXML"}
"""Their words come with each of them."""


def refusals():
    for room in ROOMS:
        for one in vars(import_module(f"matricula.{room}.errors")).values():
            if isinstance(one, type) and issubclass(one, Exception) and one is not Refusal:
                yield one


def is_base_of_a_room(refusal):
    """Or of a branch of its tree: nobody raises it, and whoever catches it catches all below."""
    return bool(refusal.__subclasses__()) and not refusal.sentence


RAISED = [one for one in dict.fromkeys(refusals()) if not is_base_of_a_room(one)]


@pytest.mark.parametrize("refusal", RAISED, ids=lambda one: one.__name__)
def test_every_error_of_a_room_says_what_is_wrong(refusal):
    assert issubclass(refusal, Refusal)
    if refusal.__name__ not in SAYS_ITSELF:
        assert re.fullmatch(r"[A-Z`].*[.?…]", str(refusal.sentence), re.DOTALL), refusal


def test_a_refusal_says_its_sentence():
    class Closed(Refusal):
        """Nobody comes in."""

        code = "closed"
        sentence = "The door is closed. Come back tomorrow."

    assert str(Closed()) == "The door is closed. Come back tomorrow."


def test_no_sentence_of_an_error_is_written_anywhere_else():
    sources = {
        file: re.sub(r'"\s*\n\s*"', "", file.read_text())
        for file in [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html")]
        if file.name != "errors.py" and "tests" not in file.parts
    }
    twice = [
        (str(refusal.sentence), file.name)
        for refusal in RAISED
        for file, source in sources.items()
        if refusal.sentence and f'"{refusal.sentence}"' in source
    ]
    assert twice == []
