"""Documentation that cannot rot."""

import re
from pathlib import Path

from matricula.catalog.courseformat import KEYS
from matricula.commands import parser

ROOT = Path(__file__).parents[1]
SETTINGS = (ROOT / "docs/operate/settings.md").read_text()


def test_every_setting_is_documented():
    files = [ROOT / "matricula" / name for name in ("settings.py", "startup.py")]
    commands = [*ROOT.glob("matricula/commands/*.py"), *ROOT.glob("matricula/*/commands.py")]
    source = "".join(file.read_text() for file in [*files, *commands])
    read = set(re.findall(r'"(MATRICULA_[A-Z_]+|BASE_URL|SECRET_KEY|DATABASE_URL|EMAIL_URL)"', source))
    assert read == set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, re.M))


def test_every_limit_is_documented_as_it_is():
    from django.conf import settings

    text = (ROOT / "docs/operate/limits.md").read_text()
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| (\d+) in (\d+) minutes \|", text, re.M)
    assert {name: (int(tries), int(minutes)) for name, tries, minutes in rows} == settings.LIMITS


def test_every_command_is_documented():
    commands = parser()._subparsers._group_actions[0].choices
    assert set(commands) == set(re.findall(r"^\| `matricula ([a-z-]+)`", SETTINGS, re.M))


def test_every_key_of_a_course_is_documented():
    """Each key in the table of its place, no row too many; lessons and questions share some."""
    text = (ROOT / "docs/course-format.md").read_text()
    sections = re.findall(r"^### ([a-z]+)\n(.*?)(?=^##|\Z)", text, re.M | re.S)
    rows = {place: re.findall(r"^\| `([a-z_]+)` \|", body, re.M) for place, body in sections}
    lesson, question = rows.pop("lesson"), rows.pop("question")
    shared = dict.fromkeys(["reading", "video", "quiz", "file"], lesson)
    shared |= dict.fromkeys(["choice", "choices", "text", "number"], question)
    documented = {place: sorted([*shared.get(place, []), *own]) for place, own in rows.items()}
    assert documented == {place: sorted(keys) for place, keys in KEYS.items()}


def test_links_between_documents_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_readme_of_every_room_has_one_shape():
    """What it is; then words, files, rules, never."""
    shape = ["Words", "Files", "Rules", "Never"]
    headed = {
        one: re.findall(r"^\*\*(\w+)\.\*\*", one.read_text(), re.M)
        for one in ROOT.glob("matricula/*/README.md")
    }
    assert {one.parent.name: heads for one, heads in headed.items() if heads != shape} == {}


def test_every_module_that_a_document_names_is_there():
    """`queue.py` of a room's README is in that room; elsewhere a name may leave out where it begins.

    The table of old names and new (decision 24) writes none of them with its `.py`.
    """
    modules = [one.relative_to(ROOT).as_posix() for one in ROOT.glob("[!.]*/**/*.py")] + ["conftest.py"]
    missing = []
    for page in [*ROOT.glob("*.md"), *ROOT.glob("[!.]*/**/*.md")]:
        room = page.parent.relative_to(ROOT).as_posix() if page.name == "README.md" else ""
        for named in re.findall(r"`([\w./-]+\.py)[ `]", page.read_text()):
            here = [one for one in modules if f"/{one}".endswith(f"/{named}")]
            if not any("/" in named or one.startswith(f"{room}/") or not room for one in here):
                missing.append(f"{page.relative_to(ROOT)}: {named}")
    assert missing == []


def test_every_code_and_scope_of_the_api_is_documented():
    from matricula.api.problems import KINDS
    from matricula.api.tokens import SCOPES

    text = (ROOT / "docs/api.md").read_text()
    codes = re.findall(r"^\| `([a-z_]+)` \| (\d+) \| (.+) \|$", text, re.M)
    assert codes == [(code, str(kind.status), kind.detail) for code, kind in KINDS.items()]
    scopes = re.findall(r"^\| `([a-z]+:[a-z]+)` \| (.+) \|$", text, re.M)
    assert scopes == [(scope, str(words)) for scope, words in SCOPES.items()]
