"""Whoever deletes an account, or erases one, is killed in the middle: it is whole, or the next goes on."""

from pathlib import Path

import pytest

from matricula.leaving.models import Deletion
from matricula.leaving.tests.one_life import COMPARED, OneLife, deleted, erase_all, let_a_week_pass
from matricula.leaving.tests.two_lives import contents
from matricula.programs.recount import wrong_numbers
from tests.crash.conftest import kill, until

pytestmark = pytest.mark.django_db(transaction=True)
SLOW = str(Path(__file__).parent / "slow_deleting.py")


def killed_after(start, tmp_path, *said_to: object) -> None:
    said = tmp_path / "said"
    with said.open("w") as out:
        process = start(SLOW, *map(str, said_to), log=out)
        until(lambda: "slow" in said.read_text())
        kill(process)


@pytest.mark.parametrize("statements", [12, 25])
def test_loss_on_crash_in_the_middle_of_deleting_nothing_went(start, tmp_path, statements):
    life = OneLife()
    before = contents(*COMPARED)
    killed_after(start, tmp_path, life.ada.pk, statements, "delete")
    assert contents(*COMPARED) == before
    assert not Deletion.objects.exists()
    assert deleted(life.ada).is_open


@pytest.mark.parametrize("statements", [15, 60, 120])
def test_loss_on_crash_in_the_middle_of_erasing_the_next_one_goes_on(start, tmp_path, statements):
    life = OneLife()
    deletion = deleted(life.ada)
    let_a_week_pass(deletion)
    killed_after(start, tmp_path, life.ada.pk, statements, "erase")
    deletion.refresh_from_db()
    assert deletion.erased_at is None
    erase_all()
    deletion.refresh_from_db()
    life.ada.refresh_from_db()
    assert deletion.erased_at is not None
    assert life.ada.full_name == "Deleted account"
    assert not life.ada.enrolments.exists()
    assert wrong_numbers() == []
