"""Whoever combines two accounts is killed in the middle: both are as they were, and it can be done again."""

from pathlib import Path

import pytest

from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined, contents
from tests.crash.conftest import kill, until

pytestmark = pytest.mark.django_db(transaction=True)
SLOW = str(Path(__file__).parent / "slow_combining.py")


@pytest.mark.parametrize("statements", [12, 25, 38])
def test_loss_on_crash_in_the_middle_of_combining_nothing_moved(start, tmp_path, statements):
    ada = TwoLives()
    before = contents()
    said = tmp_path / "said"
    with said.open("w") as out:
        numbers = (ada.here.pk, ada.there.pk, statements)
        process = start(SLOW, *map(str, numbers), log=out)
        until(lambda: "slow" in said.read_text())
        kill(process)
    assert contents() == before
    assert not Combining.objects.exists()
    assert combined(ada.here, ada.there).is_open
