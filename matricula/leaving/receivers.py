"""What leaving does when other rooms tell of something."""

from typing import Any

from matricula.catalog.models import Lesson
from matricula.learning.holding_back import holds_back
from matricula.learning.models import Enrolment
from matricula.learning.signals import lesson_done_again
from matricula.leaving.combining.borrowed import resting_on_others, take_lesson_over
from matricula.leaving.combining.known_before import combined_entries
from matricula.leaving.offboarding.holding import end_holds
from matricula.leaving.offboarding.notes import held_departures
from matricula.leaving.offboarding.program_ends import count_stranded
from matricula.programs.ends import looks_at_ends
from matricula.programs.models import Membership
from matricula.programs.signals import membership_ended
from matricula.reporting.person_notes import notes_people

holds_back(resting_on_others)
notes_people(combined_entries)
notes_people(held_departures)
looks_at_ends(count_stranded)


def own_it(sender: object, *, enrolment: Enrolment, lesson: Lesson, **_: Any) -> None:
    take_lesson_over(enrolment=enrolment, lesson=lesson)


lesson_done_again.connect(own_it)


def forget_departure(sender: object, *, membership: Membership, **_: Any) -> None:
    end_holds(membership)


membership_ended.connect(forget_departure)
