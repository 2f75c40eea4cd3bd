"""A quiz is changed while people are in it: answers are to what the questions say, never to their places."""

import pytest
from django.test import Client

from conftest import person
from matricula.catalog.errors import CourseProblems
from matricula.credentials.models import Certificate
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment, Progress
from matricula.learning.outline import with_progress
from matricula.learning.tests.quizzes import chosen_on, filled, import_lesson, import_quiz, quiz_of
from matricula.programs.memberships import enter_program

pytestmark = pytest.mark.django_db

FIRST = "prompt: 'What first?', options: [{text: Stop, right: true}, {text: Go}, {text: Run}]"
TURNED = "prompt: 'What first?', options: [{text: Run}, {text: Go}, {text: Stop, right: true}]"
LONGER = "prompt: 'What first?', options: [{text: Wait}, {text: Stop, right: true}, {text: Go}, {text: Run}]"
SHORTER = "prompt: 'What first?', options: [{text: Go}, {text: Stop, right: true}]"
WITHOUT_STOP = "prompt: 'What first?', options: [{text: Halt, right: true}, {text: Go}, {text: Run}]"
TRUE = "prompt: 'Hurry is a sign.', options: [{text: 'True', right: true}, {text: 'False'}]"
FALSE = "prompt: 'A logo is proof.', options: [{text: 'True'}, {text: 'False', right: true}]"
SIGNS = (
    "kind: choices, prompt: 'Which are signs?',"
    " options: [{text: Hurry, right: true}, {text: Logo}, {text: Secrecy, right: true}]"
)
SIGNS_TURNED = (
    "kind: choices, prompt: 'Which are signs?',"
    " options: [{text: Logo}, {text: Secrecy, right: true}, {text: Hurry, right: true}]"
)
COUNT = "prompt: 'How many?', answer: 3"
WHO = "prompt: 'Who?', accepted: [Ada]"
CHANGED = "This quiz has changed. Please look at it again"


@pytest.fixture
def versions(tmp_path, organization, program):
    """Takes the quiz in with these questions, as often as it is changed."""

    def take_in(*questions):
        course = import_quiz(tmp_path, organization, *questions)
        program.courses.add(course)
        return course

    return take_in


@pytest.fixture
def ada(program):
    return enter_program(program=program, account=person("Ada Okafor", "ada@home.example"))


@pytest.fixture
def reader(client, ada) -> Client:
    client.force_login(ada.account)
    return client


def begin(course, ada):
    start_course(course=course, membership=ada)
    return quiz_of(course)


def hand_in(reader, course, form) -> str:
    return reader.post(f"{course.address}lessons/check/done/", form, follow=True).content.decode()


def seen(reader, course) -> list[list[str]]:
    return chosen_on(reader.get(f"{course.address}lessons/check/").content.decode(), quiz_of(course))


ORDERS = {
    "options turned round": ([FIRST], [TURNED]),
    "questions turned round": ([FIRST, TRUE, FALSE], [FALSE, TRUE, FIRST]),
    "several right options turned round": ([SIGNS, FIRST], [TURNED, SIGNS_TURNED]),
    "spaces that nobody sees": ([FIRST], [FIRST.replace("What first?", "What  first? ")]),
}
ANSWERS = {
    "What first?": ("Stop", "Run"),
    "Hurry is a sign.": ("True", "False"),
    "A logo is proof.": ("False", "True"),
    "Which are signs?": (["Hurry", "Secrecy"], ["Logo", "Secrecy"]),
    "How many?": ("3", "2"),
    "How often?": ("3", "2"),
    "Who?": ("Ada", "Bob"),
}
RIGHT, WRONG = 0, 1


def answers(quiz, which):
    return [ANSWERS[" ".join(one["prompt"].split())][which] for one in quiz.content["questions"]]


@pytest.mark.parametrize("case", ORDERS)
@pytest.mark.parametrize(("which", "score"), [(RIGHT, 100), (WRONG, 0)])
def test_another_order_changes_no_mark(versions, reader, ada, case, which, score):
    before, after = ORDERS[case]
    form = filled(quiz := begin(versions(*before), ada), *answers(quiz, which))
    course = versions(*after)
    assert f"{score} percent." in hand_in(reader, course, form)
    assert Progress.objects.get().score == score
    assert Certificate.objects.count() == (score == 100)
    words = [[one] if isinstance(one, str) else one for one in answers(quiz_of(course), which)]
    assert [sorted(one) for one in seen(reader, course)] == [sorted(one) for one in words]


CHANGES = {
    "a question inserted": ([FIRST, TRUE], [FIRST, FALSE, TRUE], [["Stop"], [], ["True"]]),
    "a question removed": ([FIRST, FALSE, TRUE], [FIRST, TRUE], [["Stop"], ["True"]]),
    "a question reworded": ([FIRST, COUNT], [FIRST, COUNT.replace("many", "often")], [["Stop"], []]),
    "an option inserted": ([FIRST, TRUE], [LONGER, TRUE], [["Stop"], ["True"]]),
    "an option removed": ([FIRST, TRUE], [SHORTER, TRUE], [["Stop"], ["True"]]),
    "the chosen option reworded": ([FIRST, TRUE], [WITHOUT_STOP, TRUE], [[], ["True"]]),
    "one option becomes several": ([FIRST, WHO], ["kind: choices, " + FIRST, WHO], [[], ["Ada"]]),
    "typed answers beside": ([WHO, FIRST, COUNT], [COUNT, LONGER, WHO], [["3"], ["Stop"], ["Ada"]]),
}


@pytest.mark.parametrize("case", CHANGES)
def test_another_quiz_is_asked_again_and_keeps_what_still_fits(versions, reader, ada, case):
    before, after, kept = CHANGES[case]
    form = filled(quiz := begin(versions(*before), ada), *answers(quiz, RIGHT))
    course = versions(*after)
    page = hand_in(reader, course, form)
    assert CHANGED in page
    assert (Progress.objects.get().score, Progress.objects.get().done_at) == (None, None)
    assert chosen_on(page, quiz_of(course)) == kept
    assert seen(reader, course) == kept
    assert not Certificate.objects.exists()
    right = answers(quiz_of(course), RIGHT)
    if "Halt" in after[0]:
        right[0] = "Halt"
    assert "100 percent." in hand_in(reader, course, filled(quiz_of(course), *right))


@pytest.mark.parametrize("case", CHANGES)
def test_answers_kept_so_far_come_back_where_they_fit_after_a_change(versions, reader, ada, case):
    before, after, kept = CHANGES[case]
    form = filled(quiz := begin(course := versions(*before), ada), *answers(quiz, RIGHT))
    hand_in(reader, course, {**form, "version": "older"})
    assert seen(reader, versions(*after)) == kept


def test_a_choice_carried_over_to_other_options_says_so_until_it_is_handed_in(versions, reader, ada):
    form = filled(begin(versions(FIRST, TRUE), ada), "Stop", "True")
    course = versions(LONGER, TRUE)
    assert hand_in(reader, course, form).count("Changed since you answered it") == 1
    page = reader.get(f"{course.address}lessons/check/").content.decode()
    assert page.count("Changed since you answered it") == 1
    hand_in(reader, course, filled(quiz_of(course), "Stop", "True"))
    assert "Changed since" not in reader.get(f"{course.address}lessons/check/").content.decode()


def test_nothing_is_carried_over_where_it_may_be_the_answer_to_either_of_two(versions, reader, ada):
    one = "prompt: 'Which is right?', options: [{text: A, right: true}, {text: B}, {text: C}]"
    two = "prompt: 'Which is right?', options: [{text: A, right: true}, {text: B}, {text: D}]"
    form = filled(begin(versions(one, two), ada), "A", "B")
    both = versions(one.replace("C", "E"), two.replace("D", "F"))
    assert chosen_on(hand_in(reader, both, form), quiz_of(both)) == [[], []]
    single = versions(one, two.replace("D", "F"))
    assert chosen_on(hand_in(reader, single, form), quiz_of(single)) == [["A"], ["B"]]


def test_the_same_question_twice_has_two_answers_in_any_order(versions, reader, ada):
    form = filled(begin(versions(TRUE, FIRST, TRUE), ada), "True", "Stop", "False")
    course = versions(TRUE, TRUE, FIRST)
    assert "67 percent." in hand_in(reader, course, form)
    assert seen(reader, course) == [["True"], ["False"], ["Stop"]]


def test_the_same_question_twice_with_another_answer_is_refused(versions):
    swapped = TRUE.replace("'True', right: true", "'True'").replace("'False'", "'False', right: true")
    with pytest.raises(CourseProblems) as told:
        versions(TRUE, FIRST, swapped)
    (problem,) = told.value.problems
    assert (problem.file, problem.line) == ("check.md", 6)
    assert "in the same words, with another answer" in problem.message


def test_options_that_look_the_same_are_refused(versions):
    with pytest.raises(CourseProblems) as told:
        versions("prompt: P, options: [{text: Yes sir, right: true}, {text: 'Yes  sir'}]")
    assert "say the same" in told.value.problems[0].message


def test_a_corrected_answer_holds_for_pages_that_were_open(versions, reader, ada):
    """The question says what it said: nobody has to look at it again."""
    wrong = FIRST.replace("Stop, right: true", "Stop").replace("Run", "Run, right: true")
    form = filled(begin(versions(wrong), ada), "Stop")
    assert "100 percent." in hand_in(reader, versions(FIRST), form)


def test_what_ada_passed_stays_passed_when_the_quiz_is_changed(versions, reader, ada):
    form = filled(begin(course := versions(FIRST), ada), "Stop")
    hand_in(reader, course, form)
    done = Progress.objects.get().done_at
    course = versions(FALSE, COUNT)
    assert CHANGED in hand_in(reader, course, form)
    hand_in(reader, course, filled(quiz_of(course), "True", "2"))
    assert (Progress.objects.get().score, Progress.objects.get().done_at) == (100, done)


def test_an_older_page_takes_no_answer_back_that_a_newer_one_kept(versions, reader, ada):
    older = filled(begin(versions(FIRST, TRUE), ada), "Stop", "")
    course = versions(FIRST, TRUE, COUNT)
    hand_in(reader, course, filled(quiz_of(course), "", "True", "3"))
    hand_in(reader, course, older)
    assert seen(reader, course) == [["Stop"], ["True"], ["3"]]


def test_bad_input_names_and_values_that_no_page_has_are_not_kept(versions, reader, ada):
    quiz = begin(course := versions(FIRST, WHO), ada)
    form = filled(quiz, "Stop", "A\x00da")
    first = next(key for key in form if key != "version")
    form |= {f"{first[:16]}-\x00": ["x"], f"{first[:-1]}7": ["y"], "q1": ["0"], first: ["0", "\x00"]}
    assert "Not answered yet" in hand_in(reader, course, form)
    assert sorted(Progress.objects.get().answers.values()) == [[], ["Ada"]]


READING = "---\ntitle: Look\n---\nRead this.\n"
QUIZ = f"---\ntitle: Check\nquestions:\n  - {{{FIRST}}}\n---\n"


@pytest.fixture
def kinds(tmp_path, organization, program):
    def take_in(text):
        course = import_lesson(tmp_path, organization, text)
        program.courses.add(course)
        return course

    return take_in


def test_a_lesson_of_another_kind_is_not_done_by_who_did_the_one_before(kinds, reader, ada, organization):
    course = kinds(READING)
    course.lessons.create(module=course.modules.get(), key="more", kind="reading", position=1, title="More")
    start_course(course=course, membership=ada)
    reader.post(f"{course.address}lessons/check/done/")
    kinds(QUIZ)
    reader.post(f"{course.address}lessons/more/done/")
    page = reader.get(course.address).content.decode()
    assert "0 of 1 lessons" in page
    assert not Certificate.objects.exists()
    hand_in(reader, course, filled(quiz_of(course), "Stop"))
    assert Certificate.objects.count() == 1


def test_the_button_of_another_kind_does_not_finish_the_lesson_that_stands_there_now(kinds, reader, ada):
    quiz = begin(course := kinds(QUIZ), ada)
    form = filled(quiz, "Stop")
    kinds(READING)
    answer = reader.post(f"{course.address}lessons/check/done/", form, follow=True)
    assert "This lesson has changed. Please look at it again." in answer.content.decode()
    assert not Progress.objects.exists()
    kinds(QUIZ)
    assert CHANGED in hand_in(reader, course, {"version": "of the reading"})


def test_a_lesson_that_gets_its_kind_back_is_done_as_it_was(kinds, reader, ada):
    course = kinds(READING)
    start_course(course=course, membership=ada)
    reader.post(f"{course.address}lessons/check/done/")
    kinds(QUIZ)
    kinds(READING)
    (enrolment,) = with_progress(Enrolment.objects.all())
    assert enrolment.outline.done_count == 1
    assert course.lessons.filter(withdrawn_at__isnull=True).count() == 1
