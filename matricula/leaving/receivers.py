"""What leaving does when other rooms tell of something."""

from typing import Any

from matricula.accounts.models import Account
from matricula.accounts.signals import account_reclaimed
from matricula.catalog.models import Lesson
from matricula.learning.holding_back import holds_back
from matricula.learning.models import Enrolment
from matricula.learning.signals import lesson_done_again
from matricula.leaving.combining.borrowed import resting_on_others, take_lesson_over
from matricula.leaving.combining.known_before import combined_entries
from matricula.leaving.data.exports import end_exports
from matricula.leaving.deletion.notes import deleted_accounts
from matricula.leaving.doubled.questions import ask_about_namesakes
from matricula.leaving.offboarding.holding import end_holds
from matricula.leaving.offboarding.notes import held_departures
from matricula.leaving.offboarding.program_ends import count_stranded
from matricula.programs.ends import looks_at_ends
from matricula.programs.models import Membership
from matricula.programs.signals import membership_ended
from matricula.reporting.person_notes import asks_about_people, notes_people

holds_back(resting_on_others)
notes_people(combined_entries)
notes_people(deleted_accounts)
notes_people(held_departures)
asks_about_people(ask_about_namesakes)
looks_at_ends(count_stranded)


def own_it(sender: object, *, enrolment: Enrolment, lesson: Lesson, **_: Any) -> None:
    take_lesson_over(enrolment=enrolment, lesson=lesson)


lesson_done_again.connect(own_it)


def end_files(sender: object, *, account: Account, **_: Any) -> None:
    """Whoever began with the account asked for them."""
    end_exports([account.pk])


account_reclaimed.connect(end_files)


def forget_departure(sender: object, *, membership: Membership, **_: Any) -> None:
    end_holds(membership)


membership_ended.connect(forget_departure)
