"""What leaving does when other rooms tell of something."""

from typing import Any

from matricula.catalog.models import Lesson
from matricula.learning.holding_back import holds_back
from matricula.learning.models import Enrolment
from matricula.learning.signals import lesson_done_again
from matricula.leaving.combining.borrowed import resting_on_others, take_lesson_over
from matricula.leaving.combining.known_before import combined_entries
from matricula.leaving.doubled.questions import ask_about_namesakes
from matricula.reporting.person_notes import asks_about_people, notes_people

holds_back(resting_on_others)
notes_people(combined_entries)
asks_about_people(ask_about_namesakes)


def own_it(sender: object, *, enrolment: Enrolment, lesson: Lesson, **_: Any) -> None:
    take_lesson_over(enrolment=enrolment, lesson=lesson)


lesson_done_again.connect(own_it)
