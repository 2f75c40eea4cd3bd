"""Quizzes: what was answered and still fits after a change, what is right, and what to say about it."""

from decimal import Decimal
from typing import Any

from django.http import QueryDict

from matricula.catalog.courseformat import digest_words, is_asked_alike, read_number, with_keys
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


def are_whole(questions: Questions, given: Given) -> bool:
    """Whether each of these questions, as it is today, was answered."""
    return all(given.get(one["key"]) for one in questions)


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


def mark_quiz(questions: Questions, given: Given) -> tuple[int, list[dict[str, Any]]]:
    """(score in percent, one result a question with its feedback) for the answers to a quiz."""
    results = [mark_question(question, given.get(question["key"], [])) for question in questions]
    return round(100 * sum(result["right"] for result in results) / len(results)), results


def mark_question(question: dict[str, Any], given: list[str]) -> dict[str, Any]:
    kind = question.get("kind", "choice")
    judge = {"text": judge_text, "number": judge_number}.get(kind, judge_choice)
    right, feedback = judge(question, given)
    said = " ".join(words for words in (feedback, question.get("explanation", "")) if words)
    return {"question": question, "right": right, "feedback": said}


def judge_choice(question: dict[str, Any], given: list[str]) -> tuple[bool, str]:
    wanted = {option["key"] for option in question["options"] if option.get("right")}
    chosen = [option for option in question["options"] if option["key"] in given]
    return set(given) == wanted, " ".join(option.get("feedback", "") for option in chosen).strip()


def judge_text(question: dict[str, Any], given: list[str]) -> tuple[bool, str]:
    """Case, and how much space stands between words, do not matter."""
    return bool(given) and fold_answer(given[0]) in {fold_answer(one) for one in question["accepted"]}, ""


def fold_answer(text: str) -> str:
    return " ".join(text.casefold().split())


def judge_number(question: dict[str, Any], given: list[str]) -> tuple[bool, str]:
    number = read_number(given[0]) if given else None
    if number is None:
        return False, ""
    return abs(number - Decimal(question["answer"])) <= Decimal(question["tolerance"] or "0"), ""


def draw_questions(
    questions: Questions, given: Given, results: list[dict[str, Any]], *, passed: bool = False
) -> list[dict[str, Any]]:
    """The questions as the page draws them: what was answered, and how it was judged, if it was. Once the
    quiz is passed, what would have been right as well.
    """
    judged = {result["question"]["key"]: result for result in results}
    drawn = []
    for question in questions:
        answer = given.get(question["key"], [])
        carried = [] if answer else carried_over(question, questions, given)
        shown = draw_question(question, answer or carried, judged.get(question["key"]), passed=passed)
        drawn.append({**shown, "answered": bool(answer), "changed": bool(carried)})
    return drawn


def draw_question(
    question: dict[str, Any], given: list[str], result: dict[str, Any] | None, *, passed: bool
) -> dict[str, Any]:
    options = [
        {
            "text": option["text"],
            "value": option["key"],
            "checked": option["key"] in given,
            "verdict": question_verdict(option, option["key"] in given, passed) if result else "",
        }
        for option in question["options"]
    ]
    wrong = passed and result is not None and not result["right"]
    solution = solution_of(question) if wrong else ""
    return {
        **question,
        "options": options,
        "given": given[0] if given else "",
        "result": result,
        "solution": solution,
    }


def solution_of(question: dict[str, Any]) -> str:
    """What could have been typed; of options the page marks the right ones."""
    return str(question.get("answer") or next(iter(question.get("accepted", ())), ""))


def question_verdict(option: dict[str, Any], chosen: bool, passed: bool) -> str:
    """Only what was chosen is judged: the right answer is not given away before the quiz is passed."""
    if not chosen:
        return "missed" if passed and option.get("right") else ""
    return "right" if option.get("right") else "wrong"
