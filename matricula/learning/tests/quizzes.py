"""Quizzes as files, in versions; and their forms, filled in as the page that was opened showed them."""

from html.parser import HTMLParser

from matricula.catalog.course_import import import_course
from matricula.catalog.models import Course, Lesson
from matricula.catalog.tests.folders import written
from matricula.learning.quizzes import questions_of, version_of

COURSE = "title: T\nslug: t\nsummary: S\ntopic: X\nmodules:\n  - title: M\n    lessons: [check.md]\n"


def import_quiz(folder, organization, *questions: str) -> Course:
    """A course that is one quiz. Each question is a line of YAML."""
    listed = "".join(f"  - {{{one}}}\n" for one in questions)
    return import_lesson(folder, organization, f"---\ntitle: Check\nquestions:\n{listed}---\n")


def import_lesson(folder, organization, text: str) -> Course:
    """The same course, in which `check` is another lesson."""
    place = folder / str(len(list(folder.iterdir())))
    return import_course(
        source=written(place, {"course.yaml": COURSE, "check.md": text}), organization=organization
    )


def quiz_of(course: Course) -> Lesson:
    return course.lessons.get(kind="quiz", withdrawn_at__isnull=True)


def filled(quiz: Lesson, *answers: str | list[str]) -> dict[str, str | list[str]]:
    """The form with an answer to each question in the order of now: the words of an option, of several, or
    what is typed; an empty one leaves it out."""
    form: dict[str, str | list[str]] = {"version": version_of(quiz)}
    for question, answer in zip(questions_of(quiz), answers, strict=True):
        chosen = [answer] if isinstance(answer, str) else answer
        known = {option["text"]: option["key"] for option in question["options"]}
        values = [known[one] if known else one for one in chosen if one]
        if values:
            form[question["key"]] = values
    return form


class Form(HTMLParser):
    """What a page's inputs would send as they stand, by the names that the page gives them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        chosen = known.get("type") not in ("radio", "checkbox") or "checked" in known
        if tag == "input" and "name" in known and chosen:
            self.sent.setdefault(known["name"], []).append(known.get("value") or "")


def chosen_on(page: str, quiz: Lesson) -> list[list[str]]:
    """The words of what is chosen or typed on a page, question by question in the order of now."""
    sent = Form(page).sent
    words = []
    for question in questions_of(quiz):
        known = {option["key"]: option["text"] for option in question["options"]}
        words.append([known.get(one, one) for one in sent.get(question["key"], []) if one])
    return words
