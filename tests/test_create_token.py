"""A token from the shell."""

import pytest

from matricula import commands
from matricula.api.models import Token
from matricula.api.tests.conftest import Caller

pytestmark = pytest.mark.django_db


def shell(*words):
    arguments = commands.parser().parse_args(["create-token", *words])
    return arguments.run(arguments)


def test_create_token_prints_the_secret_and_nothing_else(organization, capsys):
    assert shell("nordlicht", "--name", "Sync", "--scope", "audit:read", "--expires-in", "7") == 0
    secret = capsys.readouterr().out.strip()
    assert Caller(secret).get("audit/").json()["items"][0]["verb"] == "token.made"
    assert Token.objects.get().made_by is None


@pytest.mark.parametrize(
    "words",
    [
        ("nowhere", "--name", "x", "--scope", "audit:read"),
        ("nordlicht", "--name", "x", "--scope", "everything"),
        ("nordlicht", "--name", "x", "--scope", "audit:read", "--expires-in", "0"),
    ],
)
def test_create_token_says_what_is_wrong(organization, capsys, words):
    assert shell(*words) == 1
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
