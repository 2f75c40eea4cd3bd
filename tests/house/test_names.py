"""A function's name reads alone, so that going to a symbol and searching for a word lead to one place."""

from tools.repeated_names import repeated_names

EXPLAINED: dict[str, str] = {}
"""Why a name may occur in more than two rooms. Keep it short: a verb and a noun say more."""


def test_no_name_occurs_in_more_than_two_rooms_unless_it_is_explained():
    assert sorted(repeated_names()) == sorted(EXPLAINED)


def test_a_name_that_many_rooms_have_is_found(tmp_path):
    for room in ("mail", "files", "web"):
        for file in ("rules.py", "tests/test_rules.py"):
            (tmp_path / room / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / room / "rules.py").write_text("def draw(): ...\nasync def go(): ...\ndef _own(): ...\n")
        (tmp_path / room / "tests/test_rules.py").write_text("def sample(): ...\n")
    (tmp_path / "web" / "rules.py").write_text("def draw(): ...\nclass A:\n    def go(self): ...\n")
    (tmp_path / "mail" / "more.py").write_text("def go(): ...\n")
    assert repeated_names(tmp_path) == {"draw": ["files/rules.py", "mail/rules.py", "web/rules.py"]}
