"""Answers to a quiz: what was sent and kept, and what of it still fits after the quiz was changed."""

from typing import Any

from django.http import QueryDict

from matricula.catalog.courseformat import digest_words, is_asked_alike, with_keys
from matricula.catalog.models import Lesson

Given = dict[str, list[str]]
"""By a question's key: the keys of the options that were chosen, or the one text that was typed."""
Questions = list[dict[str, Any]]
LONGEST = 500


def questions_of(quiz: Lesson) -> Questions:
    return with_keys(quiz.content["questions"])


def version_of(lesson: Lesson) -> str:
    """What a page of the lesson asks, in any order. What is sent from a page of another version was meant for
    something else.
    """
    return digest_words(
        lesson.kind, *sorted(one["key"] for one in with_keys(lesson.content.get("questions", ())))
    )


def read_answers(sent: QueryDict, questions: Questions) -> Given:
    """Answers to these questions, each of which is there, and to earlier wordings of their options."""
    answers = {one["key"]: fitting(one, sent.getlist(one["key"])) for one in questions}
    offered = {option["key"] for one in questions for option in one["options"]}
    for name in sent:
        if name not in answers and any(is_asked_alike(name, one["key"]) for one in questions):
            answers[name] = [value for value in dict.fromkeys(sent.getlist(name)) if value in offered]
    return answers


def fitting(question: dict[str, Any], values: list[str]) -> list[str]:
    """Of what was chosen the options that there are; of what was typed its text. PostgreSQL keeps no NUL."""
    if question["options"]:
        offered = {option["key"] for option in question["options"]}
        return [value for value in dict.fromkeys(values) if value in offered]
    typed = values[0].replace("\x00", "")[:LONGEST] if values else ""
    return [typed] if typed.strip() else []


def carried_over(question: dict[str, Any], questions: Questions, answers: Given) -> list[str]:
    """What was chosen when the question had other options, as far as it is still to be chosen.

    Only for showing it again, and only where there is one question it can have been the answer to.
    """
    keys = {one["key"] for one in questions}
    alike = {key for key in [*keys, *answers] if is_asked_alike(key, question["key"])}
    earlier = [key for key in alike - keys if answers[key]]
    open_ones = [key for key in alike & keys if not answers.get(key)]
    if len(earlier) == len(open_ones) == 1 and question["key"] in open_ones:
        return fitting(question, answers[earlier[0]])
    return []
