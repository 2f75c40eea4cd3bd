"""Gathers the words of pages and letters into each room's catalogs, and compiles them: `make words`.

A room's words are those its templates and its modules mark; `# Translators:` before a mark goes along.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import django
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[1] / "matricula"
SETTINGS = PACKAGE / "settings.py"
"""Has the words of menus; `web` keeps them."""
LANGUAGES = ("de", "es", "ar")
NOBODY_READS = {"tests", "migrations"}
TEXT = r"(u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")"
MARKED = re.compile(
    rf"# Translators: (?P<note>.*)|"
    rf"\b(?P<call>n?p?gettext)\({TEXT}(?:\s*,\s*{TEXT})?(?:\s*,\s*{TEXT})?"
)
"""What `templatize` makes of marks in a template."""
CALLS = {
    "_": "gettext",
    "gettext": "gettext",
    "gettext_lazy": "gettext",
    "ngettext": "ngettext",
    "ngettext_lazy": "ngettext",
    "pgettext": "pgettext",
    "pgettext_lazy": "pgettext",
    "npgettext": "npgettext",
}
NOTE = re.compile(r"#\s*Translators: (.*)")


@dataclass(frozen=True, order=True)
class Word:
    """A word or a sentence as a mark has it; `plural` and `context` are empty where it has none."""

    text: str
    plural: str = ""
    context: str = ""

    @classmethod
    def of(cls, call: str, given: list[str]) -> "Word":
        context = given.pop(0) if "p" in call.removesuffix("gettext") else ""
        return cls(given[0], given[1] if call.startswith("n") else "", context)

    @property
    def key(self) -> str | tuple[str, str]:
        return (self.text, self.plural) if self.plural else self.text


def rooms() -> list[Path]:
    return sorted(one.parent for one in PACKAGE.glob("*/__init__.py") if words_of(one.parent))


@cache
def words_of(room: Path) -> dict[Word, set[str]]:
    """Everything in the room that has to be translated, sorted, each once, with what translators are told."""
    found: dict[Word, set[str]] = {}
    for path in read_by_people(room):
        marked = marked_in_module if path.suffix == ".py" else marked_in_template
        for word, note in marked(path):
            found.setdefault(word, set()).update([note] if note else [])
    return dict(sorted(found.items()))


def read_by_people(room: Path) -> Iterator[Path]:
    if room.name == "web":
        yield SETTINGS
    for path in sorted(room.rglob("*")):
        is_template = path.suffix in (".html", ".txt") and "templates" in path.parts
        if (is_template or path.suffix == ".py") and not NOBODY_READS & set(path.relative_to(room).parts):
            yield path


def marked_in_template(path: Path) -> Iterator[tuple[Word, str]]:
    note = ""
    for found in MARKED.finditer(templatize(path.read_text())):
        if found["note"]:
            note = found["note"].strip()
        else:
            texts = [ast.literal_eval(one) for one in found.groups()[2:] if one]
            yield Word.of(found["call"], texts), note
            note = ""


def marked_in_module(path: Path) -> Iterator[tuple[Word, str]]:
    lines = path.read_text().splitlines()
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            given = [one.value for one in node.args if isinstance(one, ast.Constant)]
            texts = [one for one in given if isinstance(one, str)]
            if texts:
                note = NOTE.search(lines[node.lineno - 2])
                yield Word.of(CALLS[node.func.id], texts), note[1] if note else ""


def catalog_of(room: Path, language: str) -> Path:
    """The .po file; the compiled .mo lies beside it."""
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def said_anywhere(language: str) -> dict[Word, str | tuple[str, ...]]:
    """Every translation there is. Once they run, all rooms share one catalog: a word has one translation."""
    return {
        word: known.string
        for room in rooms()
        for catalog in [read(catalog_of(room, language), language)]
        for word in words_of(room)
        if (known := catalog.get(word.key, word.context or None)) and is_said(known)
    }


def renewed(room: Path, language: str, elsewhere: dict[Word, str | tuple[str, ...]]) -> Catalog:
    """The catalog with today's words: translations stay, words no longer used go, new words are said as they
    are `elsewhere`, or are empty.
    """
    before = read(catalog_of(room, language), language)
    catalog = Catalog(locale=language, fuzzy=False)
    for word, notes in words_of(room).items():
        known = before.get(word.key, word.context or None)
        flags = {"python-format"} if "%(" in word.text + word.plural else set()
        said = known.string if known and is_said(known) else elsewhere.get(word)
        catalog.add(word.key, said, flags=flags, context=word.context or None, auto_comments=sorted(notes))
    return catalog


def is_said(one: Message) -> bool:
    """Whether it is translated, in every form of its plural."""
    return all(one.string) if isinstance(one.string, tuple) else bool(one.string)


def written(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalog, width=110, omit_header=False, no_location=True)
    lines = file.getvalue().decode().splitlines(keepends=True)
    unsaid = (
        '"POT-',
        '"PO-',
        '"Generated-By',
        '"Project-Id',
        '"Report-Msgid',
        '"Last-Tr',
        '"Language-Team',
        "# ",
        "#\n",
    )
    return "".join(line for line in lines if not line.startswith(unsaid)).encode()


def compiled(catalog: Catalog) -> bytes:
    """The same bytes on any day."""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    django.setup()
    for language in LANGUAGES:
        elsewhere = said_anywhere(language)
        for room in rooms():
            path, catalog = catalog_of(room, language), renewed(room, language, elsewhere)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written(catalog))
            path.with_suffix(".mo").write_bytes(compiled(read(path, language)))
            if missing := sum(not is_said(one) for one in catalog if one.id):
                print(f"{path.relative_to(PACKAGE.parent)} waits for {missing} translations.")


if __name__ == "__main__":
    main()
