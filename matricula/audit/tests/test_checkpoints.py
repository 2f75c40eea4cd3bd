"""What somebody with all rights on the database did to the audit log is found."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit import checkpoints
from matricula.audit.checkpoints import add_checkpoint, verify_log
from matricula.audit.models import Checkpoint, Entry, record
from matricula.audit.triggers import GUARDS, TABLES
from matricula.db.triggers import install_triggers
from matricula.jobs.queue import perform_due, schedule_recurring
from tests.at_once import all_at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
RENAME = "UPDATE audit_entry SET verb = 'nothing.happened' WHERE id = %s"
DELETE = "DELETE FROM audit_entry WHERE id = %s"
AGAIN = """INSERT INTO audit_entry (id, at, assurance, verb, subject_type, before, after)
SELECT %s, at, assurance, verb, subject_type, before, after FROM audit_entry WHERE id <> %s"""


@contextmanager
def behind_its_back() -> Iterator[None]:
    """As whoever owns the database: its guards step aside."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for one in GUARDS:
                if one.vendor == "sqlite":
                    cursor.execute(f"DROP TRIGGER {one.known}")
        else:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in TABLES if connection.vendor == "postgresql" else ():
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    install_triggers()


def tamper(statement: str, *values: object) -> None:
    with behind_its_back(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture(autouse=True)
def _guarded():
    install_triggers()


@pytest.fixture
def lines(monkeypatch) -> list[int]:
    """Six lines, of which five are chained, two to a checkpoint."""
    monkeypatch.setattr(checkpoints, "AT_ONCE", 2)
    for verb in ("one.made", "two.made", "three.made", "four.made", "five.made"):
        record(verb, organization=7, before={"name": "Ada"}, after={"name": "Ädä", "seats": 5})
    while add_checkpoint():
        pass
    record("six.made")
    return list(Entry.objects.order_by("pk").values_list("pk", flat=True))


def found() -> list[tuple[int, str]]:
    return [(one.at, one.what) for one in verify_log().broken]


def test_a_log_that_nobody_touched_holds_and_says_what_it_does_not_prove_yet(lines):
    told = verify_log()
    assert (told.broken, told.lines, told.unchained) == ([], 5, 1)
    assert Checkpoint.objects.count() == 3
    assert verify_log(told.newest).anchored


def test_a_line_that_the_owner_of_the_database_changed_is_named(lines):
    tamper(RENAME, lines[2])
    assert found() == [(lines[2], "changed")]


def test_a_line_that_was_removed_is_named(lines):
    tamper(DELETE, lines[1])
    assert found() == [(lines[1], "removed")]


def test_the_first_and_the_last_chained_line_are_missed_too(lines):
    tamper(DELETE, lines[0])
    tamper(DELETE, lines[4])
    assert found() == [(lines[0], "removed"), (lines[4], "removed")]


def test_a_line_that_was_put_in_where_another_had_been_rolled_back_is_named():
    record("one.made")
    gap = Entry.objects.get().pk + 1
    tamper(
        "INSERT INTO audit_entry (id, at, assurance, verb, subject_type, before, after)"
        " SELECT id + 2, at, assurance, verb, subject_type, before, after FROM audit_entry"
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('audit_entry_id_seq', %s)", [gap + 1])
    add_checkpoint()
    assert found() == []
    tamper(AGAIN, gap, gap + 1)
    assert found() == [(gap, "inserted")]


def test_a_chain_made_anew_over_changed_lines_has_no_key_of_this_site(lines):
    tamper(RENAME, lines[4])
    last = Checkpoint.objects.latest("last_id")
    packed = lines[4].to_bytes(8, "big") + checkpoints.digest_line(Entry.objects.get(pk=lines[4]))
    chained = checkpoints.chain(last.previous, packed)
    tamper("UPDATE audit_checkpoint SET digests = %s, chained = %s WHERE id = %s", packed, chained, last.pk)
    assert found() == [(lines[4], "key")]


def test_a_checkpoint_taken_out_of_the_middle_breaks_the_chain(lines):
    middle = Checkpoint.objects.order_by("last_id")[1]
    tamper("DELETE FROM audit_checkpoint WHERE id = %s", middle.pk)
    assert (lines[4], "chain") in found()


def test_an_end_that_was_cut_off_is_missed_by_whoever_kept_its_mark(lines):
    kept = verify_log().newest
    tamper("DELETE FROM audit_checkpoint WHERE last_id = %s", lines[4])
    tamper(DELETE, lines[4])
    assert found() == []
    assert not verify_log(kept).anchored


def test_the_chain_holds_after_the_sites_key_was_changed(lines, settings):
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key" * 4
    assert found() == []
    add_checkpoint()
    settings.SECRET_KEY_FALLBACKS = []
    assert found() == []
    assert Checkpoint.objects.latest("last_id").last_id == lines[5]


def test_adas_account_may_be_deleted_and_the_chain_holds(chika):
    record("account.created", actor=chika, subject=chika)
    add_checkpoint()
    Account.objects.filter(pk=chika.pk).delete()
    assert found() == []
    assert Entry.objects.get(verb="account.created").actor_id is not None


def test_the_worker_chains_what_was_written():
    record("one.made")
    schedule_recurring()
    while perform_due():
        pass
    assert verify_log().unchained == 0


# -- two at once ----------------------------------------------------------------------------------


def test_races_a_line_that_is_committed_late_is_never_slipped_in_before_a_checkpoint(monkeypatch):
    """Ada's line has the lower number and is committed after Bruno's: the chain waits for hers."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time.")
    monkeypatch.setattr(checkpoints, "PATIENCE_SECONDS", 0.2)
    written, let_go = threading.Event(), threading.Event()

    def ada_writes_slowly():
        with transaction.atomic():
            record("ada.began")
            written.set()
            let_go.wait(10)

    def bruno_writes_meanwhile():
        written.wait(10)
        record("bruno.was_quick")
        while_waiting = add_checkpoint(), Checkpoint.objects.count()
        let_go.set()
        return while_waiting

    told = all_at_once(ada_writes_slowly, bruno_writes_meanwhile)
    assert told[1] == (False, 0)
    add_checkpoint()
    assert (found(), verify_log().lines) == ([], 2)


def test_races_many_write_while_the_chain_is_made_by_two_workers():
    def write() -> None:
        for _ in range(25):
            with transaction.atomic():
                record("something.done", after={"name": "Ada"})

    def chain_on() -> None:
        for _ in range(10):
            add_checkpoint()

    told = all_at_once(*[write] * 6, chain_on, chain_on)
    assert refusals(told[:6]) == []
    while add_checkpoint():
        pass
    assert (found(), verify_log().lines) == ([], 150)


# -- the command ----------------------------------------------------------------------------------


def audit_verify(capsys, *more: str) -> tuple[int, str, str]:
    from matricula.commands import parser

    arguments = parser().parse_args(["audit", "verify", *more])
    code = arguments.run(arguments)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_command_says_that_all_is_well_and_what_to_keep(lines, capsys):
    code, told, wrong = audit_verify(capsys)
    mark = verify_log().newest
    assert (code, wrong) == (0, "")
    assert told.splitlines() == [
        "5 lines are chained; 1 came since, and nothing is proven of them.",
        f"Keep this elsewhere, for --anchor: {mark}",
    ]
    assert audit_verify(capsys, "--anchor", mark)[0] == 0


def test_the_command_names_the_first_broken_line_and_ends_with_one(lines, capsys):
    tamper(RENAME, lines[1])
    tamper(DELETE, lines[3])
    code, _, wrong = audit_verify(capsys)
    assert code == 1
    assert wrong.splitlines() == [
        f"Line {lines[1]} says something else than when it was chained.",
        f"Line {lines[3]} was removed.",
    ]


def test_the_command_misses_a_mark_that_is_not_in_the_chain(lines, capsys):
    code, _, wrong = audit_verify(capsys, "--anchor", "9:beef")
    assert (code, wrong) == (1, "The chain does not hold 9:beef: it ended there once.\n")


def test_the_command_ends_with_one_where_all_checkpoints_were_taken_away(lines, capsys):
    """Whoever owns the database leaves no chain behind, and the lines of a while ago tell it."""
    tamper("DELETE FROM audit_checkpoint")
    assert audit_verify(capsys)[0] == 0, "all are of this minute, and may wait for the worker"
    tamper("UPDATE audit_entry SET at = %s WHERE id <> %s", timezone.now() - timedelta(hours=2), lines[5])
    code, told, wrong = audit_verify(capsys)
    assert (code, told) == (1, "0 lines are chained; 6 came since, and nothing is proven of them.\n")
    assert wrong == (
        "5 lines older than an hour are not chained: no worker runs, or checkpoints were removed.\n"
    )
