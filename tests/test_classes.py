"""Every class that a page or a lesson's text wears is known to a stylesheet: else it is worn for nothing."""

import re
from pathlib import Path

from matricula.catalog.courseformat.markdown import CLASSES

ROOT = Path(__file__).parents[1] / "matricula"
STYLES = [*ROOT.glob("*/static/**/*.css")]
PAGES = [
    one for one in ROOT.glob("*/templates/**/*.html") if "email" not in one.parts and "mail" not in one.parts
]
WORN = re.compile(r'\bclass="([^"]*)"')
TAG = re.compile(r"{%.*?%}|{{.*?}}|{[^{}]*}", re.DOTALL)
NAME = re.compile(r"[A-Za-z][\w-]*")
FOR_SCRIPTS: set[str] = set()


def known_classes() -> set[str]:
    text = " ".join(re.sub(r"/\*.*?\*/", "", one.read_text(), flags=re.DOTALL) for one in STYLES)
    return set(re.findall(r"\.(-?[A-Za-z_][\w-]*)", text))


def worn_classes(page: Path) -> set[str]:
    """Without what a variable puts in, and without halves of names that one ends."""
    text = re.sub(r"(?<=[\w-]){{.*?}}|{{.*?}}(?=[\w-])", "{{}}", page.read_text())
    found = set()
    for worn in WORN.findall(text):
        pieces = TAG.sub(" ", worn).split()
        found |= {one for one in pieces if NAME.fullmatch(one) and not one.endswith("-")}
    return found


def test_every_class_that_a_tag_draws_is_in_a_stylesheet():
    drawn = [one for one in ROOT.glob("web/**/*.py") if "tests" not in one.parts]
    worn = {name for one in drawn for name in worn_classes(one)}
    assert {"icon", "avatar"} <= worn
    assert worn - known_classes() == set()


def test_every_class_of_a_page_is_in_a_stylesheet():
    known = known_classes()
    strange = {page.name: worn_classes(page) - known - FOR_SCRIPTS for page in PAGES}
    assert {name: classes for name, classes in strange.items() if classes} == {}


def test_every_class_of_a_lesson_s_text_is_in_a_stylesheet():
    worn = {name for classes in CLASSES for name in classes.split()}
    assert worn - known_classes() == set()


def test_a_class_that_no_stylesheet_knows_is_found():
    assert "callout" in known_classes()
    assert "nothing-of-ours" not in known_classes()
