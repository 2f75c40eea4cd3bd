"""Marking a quiz: which answers are right, and what to say about each."""

from decimal import Decimal
from typing import Any

from matricula.catalog.courseformat import read_number
from matricula.learning.answers import Given, Questions, carried_over


def mark(questions: Questions, given: Given) -> tuple[int, list[dict[str, Any]]]:
    """(score in percent, one result a question with its feedback) for the answers to a quiz."""
    results = [mark_question(question, given.get(question["key"], [])) for question in questions]
    return round(100 * sum(result["right"] for result in results) / len(results)), results


def mark_question(question: dict[str, Any], given: list[str]) -> dict[str, Any]:
    kind = question.get("kind", "choice")
    judge = {"text": judge_text, "number": judge_number}.get(kind, judge_choice)
    right, feedback = judge(question, given)
    return {"question": question, "right": right, "feedback": feedback or question.get("explanation", "")}


def judge_choice(question: dict[str, Any], given: list[str]) -> tuple[bool, str]:
    wanted = {option["key"] for option in question["options"] if option.get("right")}
    chosen = [option for option in question["options"] if option["key"] in given]
    return set(given) == wanted, " ".join(option.get("feedback", "") for option in chosen).strip()


def judge_text(question: dict[str, Any], given: list[str]) -> tuple[bool, str]:
    """Case, and how much space stands between words, do not matter."""
    return bool(given) and plain(given[0]) in {plain(one) for one in question["accepted"]}, ""


def plain(text: str) -> str:
    return " ".join(text.casefold().split())


def judge_number(question: dict[str, Any], given: list[str]) -> tuple[bool, str]:
    number = read_number(given[0]) if given else None
    if number is None:
        return False, ""
    return abs(number - Decimal(question["answer"])) <= Decimal(question["tolerance"] or "0"), ""


def draw_questions(questions: Questions, given: Given, results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The questions as the page draws them: what was answered, and how it was judged, if it was."""
    judged = {result["question"]["key"]: result for result in results}
    drawn = []
    for question in questions:
        answer = given.get(question["key"], [])
        carried = [] if answer else carried_over(question, questions, given)
        shown = draw_question(question, answer or carried, judged.get(question["key"]))
        drawn.append({**shown, "answered": bool(answer), "changed": bool(carried)})
    return drawn


def draw_question(
    question: dict[str, Any], given: list[str], result: dict[str, Any] | None
) -> dict[str, Any]:
    options = [
        {
            "text": option["text"],
            "value": option["key"],
            "checked": option["key"] in given,
            "verdict": verdict(option, option["key"] in given) if result else "",
        }
        for option in question["options"]
    ]
    return {**question, "options": options, "given": given[0] if given else "", "result": result}


def verdict(option: dict[str, Any], chosen: bool) -> str:
    """Only what was chosen is judged: the right answer is not given away before it was found."""
    if not chosen:
        return ""
    return "right" if option.get("right") else "wrong"
