"""`matricula import-invitations`: what it prints, how it ends, and whom it invites."""

import pytest

from matricula.commands import parser
from matricula.joining.models import ImportedFile, Invitation

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(program, tmp_path, capsys):
    """Run the command on a file of this text; its exit code, output and complaints."""

    def command(text, *options, program="main"):
        place = tmp_path / "people.csv"
        place.write_text(text)
        asked = ["import-invitations", "nordlicht", program, str(place), *options]
        arguments = parser().parse_args(asked)
        code = arguments.run(arguments)
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    return command


def test_people_are_invited_and_every_bad_line_is_told_with_its_reason(run):
    code, out, err = run("email,groups\nada@n.example,Mars\nwrong,\nADA@n.example,\n")
    assert (code, out) == (0, ["Invited: 1", "Not understood: 1", "Twice in the file: 1"])
    assert err == [
        "people.csv:3: wrong: This is no e-mail address mail can reach. Write it like ada@example.com.",
        "people.csv: The program has no group “Mars”. Lines: 1.",
    ]
    assert Invitation.objects.get().canonical == "ada@n.example"


def test_run_twice_it_invites_nobody_twice(run):
    run("email\nada@n.example\n")
    assert run("email\nada@n.example\n") == (0, ["Already invited: 1"], [])
    assert Invitation.objects.count() == 1


def test_check_only_tells(run):
    assert run("email\nada@n.example\n", "--check") == (0, ["To be invited: 1"], [])
    assert (Invitation.objects.count(), ImportedFile.objects.get().state) == (0, "cancelled")


@pytest.mark.parametrize(("text", "words"), [("", "The file is empty."), ("%PDF-1.7", "This is a PDF.")])
def test_a_file_that_is_refused_ends_with_an_error(run, text, words):
    code, out, err = run(text)
    assert (code, out, len(err)) == (1, [], 1)
    assert words in err[0]


def test_an_unknown_program_ends_with_an_error(run):
    code, _, err = run("email\n", program="nothing")
    assert (code, err) == (1, ["There is no program 'nothing' of 'nordlicht'."])
