"""`matricula import-invitations`: what it prints, how it ends, and whom it invites."""

import os

import pytest

from matricula.commands import parser
from matricula.invitations.models import ImportedFile, Invitation

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
    assert (code, out) == (
        0,
        [
            "1. email: E-mail address",
            "2. groups: Groups",
            "Hello,",
            "Invited: 1",
            "Not understood: 1",
            "Twice in the file: 1",
        ],
    )
    assert err == [
        "people.csv:3: wrong: This is no e-mail address mail can reach. Write it like ada@example.com.",
        "people.csv: The program has no group “Mars”. Lines: 1.",
    ]
    assert Invitation.objects.get().canonical == "ada@n.example"


def test_run_twice_it_invites_nobody_twice(run):
    run("email\nada@n.example\n")
    assert run("email\nada@n.example\n") == (0, ["1. email: E-mail address", "Already invited: 1"], [])
    assert Invitation.objects.count() == 1


def test_check_only_tells(run):
    told = ["1. email: E-mail address", "Hello,", "To be invited: 1"]
    assert run("email\nada@n.example\n", "--check") == (0, told, [])
    assert (Invitation.objects.count(), ImportedFile.objects.get().state) == (0, "cancelled")


def test_a_file_of_which_no_line_is_understood_ends_with_an_error(run):
    code, out, err = run("email,name\nada,Ada\nbo,Bo\n")
    assert (code, out[-1]) == (1, "Not understood: 2")
    assert err[-1] == "No line was understood. Nobody is invited."
    assert ImportedFile.objects.get().state == "cancelled"


def test_a_name_that_is_no_utf_8_is_told_as_far_as_it_can_be(program, tmp_path, capsys):
    place = os.fsencode(tmp_path) + b"/leute-gr\xf6.csv"
    with open(place, "w") as file:
        file.write("email\nada@n.example\nwrong\n")
    asked = ["import-invitations", "nordlicht", "main", os.fsdecode(place)]
    arguments = parser().parse_args(asked)
    assert arguments.run(arguments) == 0
    assert "leute-gr?.csv:3: wrong" in capsys.readouterr().err
    assert ImportedFile.objects.get().name == "leute-gr?.csv"


@pytest.mark.parametrize(("text", "words"), [("", "The file is empty."), ("%PDF-1.7", "This is a PDF.")])
def test_a_file_that_is_refused_ends_with_an_error(run, text, words):
    code, out, err = run(text)
    assert (code, out, len(err)) == (1, [], 1)
    assert words in err[0]


def test_an_unknown_program_ends_with_an_error(run):
    code, _, err = run("email\n", program="nothing")
    assert (code, err) == (1, ["There is no program 'nothing' of 'nordlicht'."])


TWO = "Work e-mail,Company e-mail,Who,Password\nada@n.example,info@n.example,Ada,Geheim-1\n"


def test_which_column_holds_the_addresses_is_asked_when_two_could(run):
    code, out, err = run(TWO)
    assert (code, err) == (1, ["Say which column holds the e-mail addresses, such as --column email=2."])
    assert out[3] == "4. Password: Not read: it looks like passwords or other secrets"
    assert "Geheim" not in "".join(out)
    assert ImportedFile.objects.get().state == "cancelled"


def test_columns_are_read_as_the_options_say(run):
    code, out, _ = run(TWO, "--column", "email=1", "--column", "name=3")
    assert (code, out[-2:]) == (0, ["Hello Ada,", "Invited: 1"])
    assert Invitation.objects.get().address == "ada@n.example"


@pytest.mark.parametrize(
    "options",
    [["--column", "email"], ["--column", "boss=2"], ["--encoding", "klingon"], ["--delimiter", ","]],
)
def test_options_that_say_nothing_end_with_an_error(run, options):
    code, _, err = run(TWO, *options)
    assert (code, ImportedFile.objects.count()) == (1, 0)
    assert err[0].startswith("Write --column as email=2")
