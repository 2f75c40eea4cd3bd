"""Random lives of two accounts: whatever was learned, joined and left, combining keeps, and undo restores."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import person
from matricula.credentials.models import Certificate
from matricula.learning.completion import finish_lesson, move_video
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.models import Enrolment, Progress
from matricula.leaving.combining.combining import combine, undo_combining
from matricula.leaving.doubled.agreements import answer_which_entry, ask_which_entry, doubled_entries
from matricula.leaving.models import Combining, EntryRequest
from matricula.leaving.tests.two_lives import asked_for, combined, contents, joined, program_of
from matricula.organizations.models import Organization
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers
from tests.learners import short_course, specialization_of

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
WHO, COURSE, KEY = st.integers(0, 1), st.integers(0, 1), st.sampled_from("ab")
DEED = st.one_of(
    st.tuples(st.just("start"), WHO, COURSE),
    st.tuples(st.just("lesson"), WHO, COURSE, KEY, st.integers(0, 100)),
    st.tuples(st.just("watch"), WHO, COURSE, KEY, st.integers(1, 900)),
    st.tuples(st.just("leave"), WHO, st.integers(0, 1)),
    st.tuples(st.just("return"), WHO, st.integers(0, 1)),
    st.tuples(st.just("series"), WHO),
    st.tuples(st.just("group"), WHO, st.integers(0, 1)),
)


class Lives:
    """One company, two programs that share a course, two accounts of one person."""

    def __init__(self):
        self.people = [person("Ada Lovelace", "ada@home.example"), person("Ada King", "king@home.example")]
        company = Organization.objects.create(slug="acme", name="ACME")
        self.courses = [short_course(company, f"course-{n}", "a", "b", "c") for n in range(3)]
        self.series = specialization_of(*self.courses[:2])
        self.programs = [
            program_of(company, "One", *self.courses[:2]),
            program_of(company, "Two", *self.courses[1:]),
        ]
        self.programs[0].specializations.add(self.series)
        self.groups = [one.groups.create(name="G") for one in self.programs]
        for n, one in enumerate(self.people):
            for program in self.programs:
                joined(program, one, f"work{n}@acme.example")

    def membership(self, who, program):
        return Membership.objects.get(program=self.programs[program], account=self.people[who])

    def do(self, deed, who, *more):
        getattr(self, deed)(who, *more)

    def start(self, who, course):
        active = Membership.objects.active().filter(
            account=self.people[who], program__courses=self.courses[course]
        )
        if active.exists():
            start_course(course=self.courses[course], membership=active.order_by("pk").first())

    def enrolment(self, who, course):
        return Enrolment.objects.filter(account=self.people[who], course=self.courses[course]).first()

    def lesson(self, who, course, key, score):
        own = self.enrolment(who, course)
        if own:
            finish_lesson(enrolment=own, lesson=own.course.lessons.get(key=key), score=max(score, 80))

    def watch(self, who, course, key, seconds):
        own = self.enrolment(who, course)
        if own:
            move_video(enrolment=own, lesson=own.course.lessons.get(key=key), seconds=seconds)

    def leave(self, who, program):
        end_membership(membership=self.membership(who, program), actor=None, state=Membership.State.LEFT)

    def series_of(self, who):
        return Membership.objects.active().filter(account=self.people[who], program=self.programs[0]).first()

    def group(self, who, program):
        membership = self.membership(who, program)
        if membership.is_active:
            membership.groups.add(self.groups[program])

    def agree(self, staying):
        """Who learns with two in one company at once is refused unless it says which entry stays. Here it
        did, of the one or the other; or the second entry has ended."""
        ties = [one.affiliations.live().first() for one in self.people]
        if staying is None or None in ties:
            self.people[1].affiliations.live().update(ended_at=timezone.now())
            return
        for n, tie in enumerate(ties):
            self.people[n].addresses.create(
                address=tie.work_email, confirmed_at=timezone.now(), signs_in=True
            )
        found = doubled_entries(kept=self.people[0].pk, given_up=self.people[1].pk)[0]
        asked = ask_which_entry(doubled=found, asked_by=self.people[0])
        answer_which_entry(request=asked, stays=ties[staying], actor=self.people[0])


def do_return(lives, who, program):
    joined(lives.programs[program], lives.people[who], f"work{who}@acme.example")


def do_series(lives, who):
    membership = lives.series_of(who)
    if membership:
        start_specialization(specialization=lives.series, membership=membership)


def lived(deeds, staying=None):
    lives = Lives()
    for name, *more in deeds:
        {"return": do_return, "series": do_series}.get(name, lambda h, *m, n=name: h.do(n, *m))(lives, *more)
    lives.agree(staying)
    return lives


def best():
    """By course and lesson: the best done, score and seconds of either account."""
    found = {}
    for one in Progress.objects.select_related("enrolment"):
        key = one.enrolment.course_id, one.lesson_id
        told = (one.done_at is not None, one.score or 0, one.seconds)
        found[key] = tuple(map(max, found.get(key, told), told))
    return found


def bytes_of_certificates():
    return set(
        Certificate.objects.values_list("public_id", "recipient_name", "title", "minutes", "issued_at")
    )


@settings(max_examples=25)
@given(
    deeds=st.lists(DEED, min_size=4, max_size=25),
    turned=st.booleans(),
    staying=st.sampled_from([None, 0, 1]),
)
def test_whatever_was_lived_is_kept_and_comes_back(deeds, turned, staying):
    with transaction.atomic():
        lives = lived(deeds, staying)
        kept, given_up = lives.people[::-1] if turned else lives.people
        agreed = EntryRequest.objects.select_related("stays").first()
        before, had, certificates = contents(), best(), bytes_of_certificates()
        completed = set(Enrolment.objects.filter(completed_at__isnull=False).values_list("course", flat=True))
        combining = combined(kept, given_up)
        assert wrong_numbers() == []
        mine = Progress.objects.filter(enrolment__account=kept)
        have = {(one.enrolment.course_id, one.lesson_id): one for one in mine.select_related("enrolment")}
        for key, (done, score, seconds) in had.items():
            assert (have[key].done_at is not None) >= done
            assert have[key].seconds >= seconds
            assert (have[key].score or 0) >= score or have[key].done_at
        assert bytes_of_certificates() == certificates
        own = Enrolment.objects.filter(account=kept, completed_at__isnull=False)
        assert set(own.values_list("course", flat=True)) >= completed
        for one in own.exclude(course__in=completed):
            done = one.progress.filter(done_at__isnull=False).values_list("lesson", flat=True)
            assert set(done) == set(one.course.lessons.values_list("pk", flat=True))
        assert not Membership.objects.active().filter(account=given_up).exists()
        assert not given_up.affiliations.live().exists()
        assert not kept.addresses.filter(signs_in=True, canonical__startswith="work").exists()
        live = [tie.work_email for tie in kept.affiliations.live()]
        assert live == [agreed.stays.work_email] if agreed else len(live) <= 1
        for one in Enrolment.objects.filter(account=kept).select_related("membership", "resumed_in"):
            assert {each.account_id for each in (one.membership, one.resumed_in) if each} <= {kept.pk}
        undo_combining(combining=combining, side=Combining.Side.KEPT)
        assert contents() == before
        assert wrong_numbers() == []
        transaction.set_rollback(True)


@pytest.mark.parametrize("undoing", [False, True])
def test_ten_courses_and_sixty_take_the_same_statements(undoing):
    assert statements(3, undoing) == statements(30, undoing) <= 60


def statements(courses, undoing):
    with transaction.atomic():
        people = [person("Ada Lovelace", "ada@home.example"), person("Ada King", "king@home.example")]
        company = Organization.objects.create(slug="acme", name="ACME")
        made = [short_course(company, f"course-{n}", "a", "b") for n in range(courses)]
        program = program_of(company, "One", *made)
        memberships = [joined(program, one, f"w{n}@acme.example") for n, one in enumerate(people)]
        people[1].affiliations.update(ended_at=timezone.now())
        for one in memberships:
            for course in made:
                own = start_course(course=course, membership=one)
                finish_lesson(enrolment=own, lesson=course.lessons.get(key="a"))
        asked = asked_for(*people)
        read = asked.ledger(now=timezone.now()).look()[1]
        with CaptureQueriesContext(
            connection,
        ) as asked_for_combining:
            combining = combine(asked=asked, digest=read)
        with CaptureQueriesContext(connection) as asked_for_undo:
            undo_combining(combining=combining, side=Combining.Side.KEPT)
        transaction.set_rollback(True)
    return len(asked_for_undo if undoing else asked_for_combining)
