"""Certificates of what lessons of two accounts made complete: later, or sooner by doing the lessons again."""

import pytest

from matricula.credentials.models import Certificate
from matricula.jobs.models import Job
from matricula.learning.completion import move_video
from matricula.learning.enrolments import start_specialization
from matricula.learning.models import SpecializationEnrolment
from matricula.leaving.combining.combining import undo_combining
from matricula.leaving.jobs import finish_combinings
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined, let_days_pass
from matricula.programs.recount import wrong_numbers
from tests.learners import do_everything, do_lessons, short_course, specialization_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
KEPT = Combining.Side.KEPT


@pytest.fixture
def ada(db) -> TwoLives:
    return TwoLives()


def test_the_lessons_done_again_bring_the_certificate_at_once_and_it_stays(ada):
    combining = combined(ada.here, ada.there)
    own = ada.enrolment(ada.here, ada.pooled)
    do_lessons(own, "a")
    assert "pooled" not in ada.certificates(ada.here), "that one was hers already"
    do_lessons(own, "b")
    assert "pooled" in ada.certificates(ada.here)
    do_lessons(own, "b")
    let_days_pass(combining, 13)
    undo_combining(combining=combining, side=KEPT)
    own.refresh_from_db()
    assert own.completed_at is not None
    assert Certificate.objects.filter(title="pooled").count() == 1
    assert ada.enrolment(ada.there, ada.pooled).completed_at is None
    assert wrong_numbers() == []


def test_what_was_issued_by_lessons_done_again_is_not_issued_once_more(ada):
    combining = combined(ada.here, ada.there)
    do_lessons(ada.enrolment(ada.here, ada.pooled), "b")
    let_days_pass(combining)
    finish_combinings(Job())
    assert Certificate.objects.filter(title="pooled").count() == 1


def test_who_does_the_last_lesson_afterwards_waits_for_what_the_other_account_did(ada):
    """Two people could pool all but one lesson, and undo once the certificate is out."""
    combining = combined(ada.here, ada.there)
    own = ada.enrolment(ada.here, ada.both)
    do_lessons(own, "c")
    own.refresh_from_db()
    assert own.completed_at is not None
    assert "both" not in ada.certificates(ada.here)
    undo_combining(combining=combining, side=KEPT)
    own.refresh_from_db()
    assert own.completed_at is None
    do_lessons(own, "b")
    assert "both" in ada.certificates(ada.here)
    assert wrong_numbers() == []


def test_the_last_lesson_done_afterwards_brings_the_certificate_when_nothing_can_be_undone(ada):
    combining = combined(ada.here, ada.there)
    do_lessons(ada.enrolment(ada.here, ada.both), "c")
    let_days_pass(combining)
    finish_combinings(Job())
    assert {"both", "pooled"} <= ada.certificates(ada.here)


def test_a_lesson_that_was_only_touched_is_not_done_by_that(ada):
    """Its place was moved by a second: the row changed since, and stays; that it is done does not."""
    combining = combined(ada.here, ada.there)
    own = ada.enrolment(ada.here, ada.pooled)
    move_video(enrolment=own, lesson=ada.pooled.lessons.get(key="b"), seconds=1)
    undo_combining(combining=combining, side=KEPT)
    own.refresh_from_db()
    assert own.completed_at is None
    assert own.progress.get(lesson__key="b").done_at is None
    assert "pooled" not in ada.certificates(ada.here)


def test_a_specialization_of_lessons_of_both_follows_its_courses(ada):
    """Here she did one course of it; the other one the two accounts did together."""
    series = specialization_of(ada.done, ada.pooled, title="Pool")
    ada.welcome.specializations.add(series)
    start_specialization(specialization=series, membership=ada.member_here)
    combining = combined(ada.here, ada.there)
    assert SpecializationEnrolment.objects.get(specialization=series).completed_at is not None
    assert "Pool" not in ada.certificates(ada.here)
    do_lessons(ada.enrolment(ada.here, ada.pooled), "b")
    assert {"pooled", "Pool"} <= ada.certificates(ada.here)
    let_days_pass(combining)
    finish_combinings(Job())
    assert Certificate.objects.filter(title="Pool").count() == 1


def test_a_specialization_that_needs_a_course_of_each_side_waits_to_the_end(ada):
    """The other course goes back with its account, however often its lessons are done here."""
    late = short_course(ada.acme, "late", "a")
    ada.welcome.courses.add(late)
    series = specialization_of(ada.only_there, late, title="Mixed")
    ada.welcome.specializations.add(series)
    start_specialization(specialization=series, membership=ada.member_here)
    combining = combined(ada.here, ada.there)
    do_everything(late, ada.member_here)
    assert "late" in ada.certificates(ada.here)
    own = SpecializationEnrolment.objects.get(specialization=series)
    assert own.completed_at is not None
    assert "Mixed" not in ada.certificates(ada.here)
    undo_combining(combining=combining, side=KEPT)
    own.refresh_from_db()
    assert own.completed_at is None
    combining = combined(ada.here, ada.there)
    let_days_pass(combining)
    finish_combinings(Job())
    assert "Mixed" in ada.certificates(ada.here)
