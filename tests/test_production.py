"""What stops the start in production, and what `matricula check` tells: one sentence each."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).parents[1]
RIGHT = {
    "MATRICULA_DEVELOPMENT": "false",
    "SECRET_KEY": "thirty-two random characters or more",
    "BASE_URL": "https://learn.example.com",
    "EMAIL_URL": "smtp://127.0.0.1:9",
}


def matricula(*arguments, **changed):
    own = ("MATRICULA_", "SECRET_KEY", "BASE_URL", "EMAIL_URL", "DATABASE_URL")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return subprocess.run(
        [sys.executable, "-m", "matricula", *arguments],
        env={name: value for name, value in {**kept, **RIGHT, **changed}.items() if value is not None},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


WRONG = [
    ({"SECRET_KEY": "short"}, "SECRET_KEY must be set to at least 32 random characters."),
    ({"BASE_URL": "http://learn.example.com"}, "BASE_URL must begin with https:// in production."),
    ({"EMAIL_URL": ""}, "EMAIL_URL must name a mail server, such as"),
    ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must look like postgresql://user"),
    ({"MATRICULA_WORKERS": "many"}, "MATRICULA_WORKERS must be a whole number from 1 up, not 'many'."),
    (
        {"MATRICULA_BOUNCE_MAILBOX": "imap://b:c@mail.example.com/INBOX"},
        "MATRICULA_BOUNCE_MAILBOX must look like imaps://",
    ),
    ({"MATRICULA_BOUNCE_ADDRESS": "bounces"}, "MATRICULA_BOUNCE_ADDRESS must be an e-mail address, not"),
    ({"MATRICULA_WEBHOOK_SECRET": "us:short"}, "MATRICULA_WEBHOOK_SECRET must look like name:password"),
    ({"MATRICULA_METRICS_TOKEN": "a token"}, "MATRICULA_METRICS_TOKEN must be 16 characters or more"),
    ({"EMAIL_URL": "smtp://a:b@mail.example.com/?tls=true"}, "EMAIL_URL: after the ? of an smtp:// address"),
    ({"MATRICULA_LIMITS": "passwords=5/15"}, "MATRICULA_LIMITS must look like password-network=2000/15"),
    ({"MATRICULA_CA_FILE": "/nowhere.pem"}, "MATRICULA_CA_FILE must name a file of certificates in PEM"),
    ({"MATRICULA_CA_FILE": __file__}, "MATRICULA_CA_FILE must name a file of certificates in PEM"),
    ({"MATRICULA_DEVELOPMENT": "true"}, "MATRICULA_DEVELOPMENT must be false on a site that others"),
]  # fmt: skip
COMMANDS = ["worker", "check", "migrate"]


@pytest.mark.parametrize(
    ("command", "wrong", "sentence"),
    [*(("serve", *one) for one in WRONG), *((command, *WRONG[0]) for command in COMMANDS)],
)
def test_a_wrong_setting_stops_the_start_with_one_sentence(command, wrong, sentence, tmp_path):
    """Settings are read before any command is."""
    stopped = matricula(command, MATRICULA_DATA=str(tmp_path), **wrong)
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert stopped.stderr.startswith(f"matricula: {sentence}")
    assert stopped.stderr.count("\n") == 1


def test_check_tells_everything_that_is_wrong_at_once(tmp_path):
    away = {
        "DATABASE_URL": "postgresql://x@127.0.0.1:1/y",
        "MATRICULA_BOUNCE_MAILBOX": "imap://b:c@127.0.0.1:9/INBOX",
    }
    found = matricula("check", MATRICULA_DATA=str(tmp_path), **away)
    assert found.returncode == 1
    assert [line.split(":")[0] for line in found.stdout.splitlines()] == [
        "The database of DATABASE_URL does not answer",
        "The static files are not collected; run `matricula migrate`.",
        "The mail server of EMAIL_URL does not take us",
        "The mailbox of MATRICULA_BOUNCE_MAILBOX cannot be read",
    ]


def test_check_waits_five_seconds_for_a_mail_server_that_says_nothing(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        began = time.monotonic()
        found = matricula(
            "check", MATRICULA_DATA=str(tmp_path), EMAIL_URL=f"smtp://127.0.0.1:{mute.getsockname()[1]}"
        )
    assert (
        "The mail server of EMAIL_URL does not take us: Connection unexpectedly closed: timed out."
        in found.stdout
    )
    assert time.monotonic() - began < 20


def test_check_says_that_letters_are_held_until_they_are_released(tmp_path):
    here = {"MATRICULA_DATA": str(tmp_path)}
    matricula("migrate", **here)
    assert matricula("hold-letters", **here).returncode == 0
    assert "Letters are held since" in matricula("check", **here).stdout
    assert matricula("release-letters", "--discard", **here).returncode == 0
    assert "Letters are held since" not in matricula("check", **here).stdout


def test_a_database_whose_certificate_is_to_be_verified_is_verified(tmp_path):
    """What DATABASE_URL asks of TLS reaches PostgreSQL's library; this file holds no certificate."""
    asked = f"postgresql://x@127.0.0.1:1/y?sslmode=verify-full&sslrootcert={tmp_path}/none.pem"
    program = "from matricula.settings import DATABASES; print(DATABASES['default']['OPTIONS'])"
    shown = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **RIGHT, "DATABASE_URL": asked, "MATRICULA_DATA": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    assert "'sslmode': 'verify-full'" in shown
    assert f"'sslrootcert': '{tmp_path}/none.pem'" in shown


def test_check_tells_of_a_folder_that_is_not_there_and_a_provider_nobody_knows(tmp_path):
    found = matricula("check", MATRICULA_DATA=str(tmp_path / "gone"), EMAIL_URL="anymail://pigeons")
    assert "does not exist; `matricula migrate` makes it." in found.stdout
    assert "EMAIL_URL names a provider that is not known: pigeons." in found.stdout


def test_after_migrate_check_has_nothing_more_to_say_but_the_mail_server(tmp_path):
    right = {
        "MATRICULA_DATA": str(tmp_path),
        "EMAIL_URL": "anymail://postmark?POSTMARK_SERVER_TOKEN=x",
        "MATRICULA_WEBHOOK_SECRET": "postmark:sixteen characters",
    }
    before = matricula("check", **right)
    assert "migrations behind; run `matricula migrate`." in before.stdout
    assert matricula("migrate", **right).returncode == 0
    after = matricula("check", **right)
    assert (after.returncode, after.stdout) == (0, "Nothing is wrong.\n")


def test_check_tells_of_a_site_that_is_for_development_without_having_been_told(tmp_path):
    here = {"BASE_URL": "http://127.0.0.1:8000", "EMAIL_URL": "inbox:", "MATRICULA_DATA": str(tmp_path)}
    chosen = matricula("check", **here, MATRICULA_DEVELOPMENT="true", MATRICULA_OPEN_INBOX="true").stdout
    by_default = matricula("check", **here, MATRICULA_DEVELOPMENT=None).stdout
    assert "development" not in chosen
    assert "MATRICULA_OPEN_INBOX shows all letters at /_mail/" in chosen
    assert "MATRICULA_DEVELOPMENT is not set, so this is a development site" in by_default


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no clock of its own")
def test_check_compares_the_clocks(monkeypatch):
    from datetime import timedelta

    from django.utils import timezone

    from matricula import checking

    assert list(checking.clock()) == []
    ahead = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr(checking.timezone, "now", lambda: ahead)
    (fault,) = checking.clock()
    assert fault.startswith("The clocks of this machine and of the database are ")
