"""Documentation that cannot rot."""

import re
from pathlib import Path

from matricula.catalog.course_folder import COURSE_KEYS, LESSON_KEYS, OPTION_KEYS, QUESTION_KEYS
from matricula.commands import parser

ROOT = Path(__file__).parents[1]
SETTINGS = (ROOT / "docs/operate/settings.md").read_text()


def test_every_setting_is_documented():
    source = (ROOT / "matricula/settings.py").read_text() + (ROOT / "matricula/commands.py").read_text()
    read = set(re.findall(r'"(MATRICULA_[A-Z_]+|BASE_URL|SECRET_KEY|DATABASE_URL|EMAIL_URL)"', source))
    assert read == set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, re.M))


def test_every_command_is_documented():
    commands = parser()._subparsers._group_actions[0].choices
    assert set(commands) == set(re.findall(r"^\| `matricula ([a-z-]+)`", SETTINGS, re.M))


def test_every_key_of_a_course_is_documented():
    text = (ROOT / "docs/course-format.md").read_text()
    missing = {
        key for key in COURSE_KEYS | LESSON_KEYS | QUESTION_KEYS | OPTION_KEYS if f"`{key}`" not in text
    }
    assert missing == set()


def test_links_between_documents_lead_somewhere():
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
