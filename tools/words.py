"""Gathers the words of the letters into each room's catalogs, and compiles them: `make words`.

A room's letters are its templates below `email/`, the frame around them, and the modules that write letters.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import django
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[1] / "matricula"
LANGUAGES = ("de", "es", "ar")
NAMED_IN_LETTERS = (PACKAGE / "organizations" / "models.py",)
"""Modules whose names for things letters say, such as the roles."""
MARKED = re.compile(r"""\bgettext\((u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")\)""")
WRITER = re.compile(r"^@?composes(_many)?\(", re.M)


def rooms() -> list[Path]:
    """Those that write letters."""
    return sorted(one.parent for one in PACKAGE.glob("*/__init__.py") if words_of(one.parent))


def words_of(room: Path) -> list[str]:
    """Everything in the room's letters that has to be translated, each once, sorted."""
    templates = [*room.glob("templates/*/email/*"), *room.glob("templates/*/letter_base.html")]
    modules = [one for one in room.glob("*.py") if one in NAMED_IN_LETTERS or WRITER.search(one.read_text())]
    found = {word for one in templates for word in marked_in_template(one)}
    return sorted(found | {word for one in modules for word in marked_in_module(one)})


def marked_in_template(path: Path) -> Iterator[str]:
    for literal in MARKED.findall(templatize(path.read_text())):
        yield ast.literal_eval(literal)


def marked_in_module(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
            argument = node.args[0]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def catalog_of(room: Path, language: str) -> Path:
    """The .po file; the compiled .mo lies beside it."""
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def renewed(room: Path, language: str) -> Catalog:
    """The catalog with today's words: translations stay, new words are empty, words no longer used go."""
    before = read(catalog_of(room, language), language)
    catalog = Catalog(locale=language, fuzzy=False)
    for word in words_of(room):
        known = before.get(word)
        flags = {"python-format"} if "%(" in word else set()
        catalog.add(word, known.string if known else "", flags=flags)
    return catalog


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
        "#",
    )
    return "".join(line for line in lines if not line.startswith(unsaid) or line.startswith("#,")).encode()


def compiled(catalog: Catalog) -> bytes:
    """The same bytes on any day."""
    catalog.creation_date = catalog.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    django.setup()
    for room in rooms():
        for language in LANGUAGES:
            path, catalog = catalog_of(room, language), renewed(room, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(written(catalog))
            path.with_suffix(".mo").write_bytes(compiled(read(path, language)))
            missing = [one.id for one in catalog if one.id and not one.string]
            if missing:
                print(f"{path.relative_to(PACKAGE.parent)} waits for {len(missing)} translations.")


if __name__ == "__main__":
    main()
