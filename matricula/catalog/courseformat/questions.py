"""The questions of a quiz, from its front matter."""

from collections.abc import Iterator
from decimal import Decimal
from typing import cast

from matricula.catalog.courseformat.answers import normal_answer
from matricula.catalog.courseformat.fields import Fields, closest
from matricula.catalog.courseformat.keys import QUESTION_KINDS
from matricula.catalog.courseformat.parts import Option, Question, QuestionKind
from matricula.catalog.courseformat.proofing import Proofreader
from matricula.catalog.courseformat.yamltext import Mapping, Scalar

LETTERS = "abcdefghijklmnopqrst"
LONGEST_ANSWER = 200


def read_questions(quiz: Fields, proof: Proofreader) -> tuple[Question, ...]:
    """The questions under `questions`; problems go to the quiz's page."""
    if not quiz.items("questions"):
        quiz.problem("questions", "empty-lesson", "Add at least one question, in a list under ‘questions’.")
    questions: list[Question] = []
    keys: dict[str, int] = {}
    for number, mapping in enumerate(quiz.mappings("questions", "question"), start=1):
        question = QuestionReader(mapping, proof, number).read()
        first = keys.setdefault(question.key, mapping.line)
        if first != mapping.line:
            message = f"The question in line {first} has the key ‘{question.key}’ too; give this one another."
            proof.page.problem(mapping.line, "duplicate-option", message)
        questions.append(question)
    return tuple(questions)


class QuestionReader:
    """Reads one question; its kind decides which keys it has."""

    def __init__(self, mapping: Mapping, proof: Proofreader, number: int) -> None:
        self.proof, self.number = proof, number
        self.kind = self._kind(mapping)
        self.fields = Fields(mapping, proof.page, self.kind, named="question")

    def _kind(self, mapping: Mapping) -> QuestionKind:
        entry = mapping.entries.get("kind")
        value = entry[1] if entry else None
        if isinstance(value, Scalar) and value.text in QUESTION_KINDS:
            return cast(QuestionKind, value.text)
        line = entry[0].line if entry else mapping.line
        if value is None or (isinstance(value, Scalar) and value.empty):
            message = f"Give this question a ‘kind’: one of {', '.join(QUESTION_KINDS)}."
            self.proof.page.problem(line, "missing-key", message)
        else:
            said = value.text[:80] if isinstance(value, Scalar) else "this"
            message = f"‘{said}’ is not a kind of question: {closest(said, QUESTION_KINDS)}"
            self.proof.page.problem(line, "bad-value", message)
        return self._likely_kind(mapping)

    @staticmethod
    def _likely_kind(mapping: Mapping) -> QuestionKind:
        """The kind whose keys fit, so that one mistake does not show up as several."""
        for kind, key in (("text", "accepted"), ("number", "answer")):
            if key in mapping.entries:
                return cast(QuestionKind, kind)
        return "choices"

    def read(self) -> Question:
        fields = self.fields
        key = fields.slug("key") if fields.has("key") else f"q{self.number}"
        prompt = self._markdown(fields, "prompt", example="What would you do first?")
        explanation = self._markdown(fields, "explanation")
        options = self._options() if self.kind in {"choice", "choices"} else ()
        accepted = self._accepted() if self.kind == "text" else ()
        answer = fields.number("answer", example="12") if self.kind == "number" else None
        tolerance = self._tolerance() if self.kind == "number" else Decimal(0)
        return Question(key, self.kind, prompt, explanation, options, accepted, answer, tolerance)

    def _markdown(self, fields: Fields, key: str, *, example: str = "") -> str:
        text = fields.text(key, example=example)
        if text:
            self.proof.check(text, fields.text_line(key))
        return text

    def _options(self) -> tuple[Option, ...]:
        found = list(self._read_options())
        options = tuple(option for option, _ in found)
        if len(options) < 2:
            self.fields.problem("options", "too-few-options", "Offer at least two ‘options’.")
        if len(options) > len(LETTERS):
            self.fields.problem("options", "bad-value", f"Offer at most {len(LETTERS)} options.")
        self._check_right([(option, line) for option, line in found if option.right], len(options))
        return options

    def _check_right(self, right: list[tuple[Option, int]], offered: int) -> None:
        if offered and not right:
            message = "Mark the right option of this question with ‘right: true’."
            self.fields.problem("options", "no-right-answer", message)
        if self.kind == "choice" and len(right) > 1:
            message = "A choice has one right option; remove this ‘right’, or make the kind ‘choices’."
            self.proof.page.problem(right[1][1], "too-many-right-answers", message)

    def _read_options(self) -> Iterator[tuple[Option, int]]:
        seen: set[str] = set()
        for number, mapping in enumerate(self.fields.mappings("options", "option")):
            option = Fields(mapping, self.proof.page, "option")
            text = self._markdown(option, "text", example="Ask a colleague")
            if text and normal_answer(text) in seen:
                option.problem(
                    "text", "duplicate-option", "Another option says the same; change or remove one."
                )
            seen.add(normal_answer(text))
            right = option.yes_or_no("right", default=False)
            letter = LETTERS[min(number, len(LETTERS) - 1)]
            feedback = self._markdown(option, "feedback")
            yield Option(letter, text, right, feedback), option.line("right")

    def _accepted(self) -> tuple[str, ...]:
        seen: dict[str, str] = {}
        for text, line in self.fields.texts("accepted", single=True):
            if len(text) > LONGEST_ANSWER:
                message = f"Accept answers of up to {LONGEST_ANSWER} characters; make this one shorter."
                self.proof.page.problem(line, "too-long", message)
            if normal_answer(text) in seen:
                message = "This answer is accepted already: letter case and spaces do not count. Remove it."
                self.proof.page.problem(line, "duplicate-option", message)
            seen.setdefault(normal_answer(text), text)
        if not seen:
            message = "List the accepted answers of this question under ‘accepted’."
            self.fields.problem("accepted", "no-right-answer", message)
        return tuple(seen.values())

    def _tolerance(self) -> Decimal:
        tolerance = self.fields.number("tolerance") or Decimal(0)
        if tolerance < 0:
            self.fields.problem("tolerance", "bad-value", "‘tolerance’ must be 0 or more.")
        return abs(tolerance)
