"""The questions of a quiz, and what each is known by: what it says."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import yaml

from matricula.catalog.courseformat.fields import Fields, line_of
from matricula.catalog.courseformat.parts import Option, Question

LENGTH = 16
"""Hexadecimal digits: 64 bits tell a hundred questions apart."""
KEY = re.compile(rf"[0-9a-f]{{{LENGTH}}}-[0-9a-f]{{{LENGTH}}}-[0-9]{{1,3}}")


def digest_words(*texts: str) -> str:
    said = [" ".join(unicodedata.normalize("NFC", text).split()) for text in texts]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:LENGTH]


def key_of_question(question: dict[str, Any]) -> str:
    """First of what is asked, then of the options in any order.

    Which of them is right does not count: whoever read the question read the same when that is corrected.
    """
    options = sorted(digest_words(option["text"]) for option in question.get("options", ()))
    return f"{digest_words(question.get('kind', 'choice'), question['prompt'])}-{digest_words(*options)}"


def is_asked_alike(name: str, key: str) -> bool:
    """Whether a name that somebody sent is the key of a question of the same kind and prompt, whatever the
    options."""
    return bool(KEY.fullmatch(name)) and name.partition("-")[0] == key.partition("-")[0]


def with_keys(questions: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each question and option with its `key`.

    A question that is asked again in the same words gets the next number. It has the same answers (an import
    refuses others), so that it does not matter which of the two is which.
    """
    times: Counter[str] = Counter()
    keyed = []
    for question in questions:
        key = key_of_question(question)
        times[key] += 1
        options = [{**one, "key": digest_words(one["text"])} for one in question.get("options", ())]
        keyed.append({**question, "key": f"{key}-{times[key]}", "options": options})
    return keyed


KINDS = ("choice", "choices", "text", "number")
TELLING = {"accepted": "text", "answer": "number"}
MOST_QUESTIONS, MOST_OPTIONS = 100, 20


def read_questions(quiz: Fields) -> tuple[Question, ...]:
    nodes = list(quiz.mappings("questions", "Add at least one question, in a list under `questions`."))
    if len(nodes) > MOST_QUESTIONS:
        quiz.problem("questions", f"Ask at most {MOST_QUESTIONS} questions in one quiz.")
    questions = tuple(read_question(quiz, node) for node in nodes)
    check_twins(quiz, questions, nodes)
    return questions


def check_twins(quiz: Fields, questions: tuple[Question, ...], nodes: list[yaml.MappingNode]) -> None:
    """Two questions in the same words have the same answers: nobody can tell which of the two is meant."""
    first: dict[str, Question] = {}
    for question, node in zip(questions, nodes, strict=True):
        twin = first.setdefault(key_of_question(asdict(question)), question)
        if question.prompt and answers_of(twin) != answers_of(question):
            message = "This is asked above in the same words, with another answer. Say which one is meant."
            quiz.log.add(line_of(node), message)


def answers_of(question: Question) -> tuple[Any, ...]:
    right = {digest_words(option.text) for option in question.options if option.right}
    return right, set(question.accepted), question.answer, question.tolerance


def read_question(quiz: Fields, node: yaml.MappingNode) -> Question:
    fields = Fields(node, quiz.log, question_kind(quiz, node))
    kind = fields.place
    return Question(
        kind=kind,
        prompt=fields.text("prompt", longest=2000, required=True),
        explanation=fields.text("explanation", longest=4000),
        options=read_options(fields) if kind in {"choice", "choices"} else (),
        accepted=read_accepted(fields) if kind == "text" else (),
        answer=fields.number("answer", required=True) if kind == "number" else "",
        tolerance=fields.number("tolerance").lstrip("-") if kind == "number" else "0",
    )


def question_kind(quiz: Fields, node: yaml.MappingNode) -> str:
    """What `kind` says; without it a question tells by its keys."""
    keys = {str(key.value): value for key, value in node.value}
    said = keys.get("kind")
    likely = next((kind for key, kind in TELLING.items() if key in keys), "choice")
    if said is None or str(said.value) in KINDS:
        return str(said.value) if said else likely
    quiz.log.add(line_of(said), f"`kind` of a question is one of {', '.join(KINDS)}.")
    return likely


def read_options(question: Fields) -> tuple[Option, ...]:
    options = tuple(each_option(question))
    right = sum(option.right for option in options)
    if not 2 <= len(options) <= MOST_OPTIONS:
        question.problem("options", f"Offer from 2 to {MOST_OPTIONS} `options`.")
    elif not right:
        question.problem("options", "Mark the right option with `right: true`.")
    elif right > 1 and question.place == "choice":
        question.problem("options", "A choice has one right option. Make the kind `choices` for several.")
    if len({digest_words(option.text) for option in options}) < len(options):
        question.problem("options", "Two options say the same. Change or remove one.")
    return options


def each_option(question: Fields) -> Iterator[Option]:
    for node in question.mappings("options", "List the `options` to choose from."):
        fields = Fields(node, question.log, "option")
        text = fields.text("text", longest=1000, required=True)
        yield Option(text, fields.yes("right", usual=False), fields.text("feedback", longest=2000))


def read_accepted(question: Fields) -> tuple[str, ...]:
    return tuple(text for text, _ in question.texts("accepted", "List the answers that count as right."))
