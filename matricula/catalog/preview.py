"""A course for an administrator's eyes: its links and files under the console's address, and the answers."""

import json
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from matricula.catalog.courseformat import with_keys
from matricula.catalog.models import Course

T = TypeVar("T", str, dict[str, Any])


def addressed(course: Course, shown: T, base: str) -> T:
    """Text or content with what lies below the learners' address put below `base`.

    The learners' address holds the course's public id, so nothing else looks like it.
    """
    if isinstance(shown, str):
        return shown.replace(course.address, base)
    replaced: T = json.loads(json.dumps(shown).replace(course.address, base))
    return replaced


def shown_questions(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Questions with what is right in each."""
    return [
        {
            **question,
            "several": question.get("kind") == "choices",
            "answers": answers_of(question),
        }
        for question in with_keys(content.get("questions", []))
    ]


def answers_of(question: dict[str, Any]) -> list[str]:
    """The accepted words, or the number with what is tolerated."""
    if question.get("kind") == "number":
        tolerance = question.get("tolerance", "0")
        return [f"{question['answer']} ± {tolerance}" if tolerance != "0" else str(question["answer"])]
    return list(question.get("accepted", []))


FOLDER = Path(__file__).parent / "sample"


@cache
def sample_zip() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(FOLDER.iterdir()):
            archive.write(file, f"sample-course/{file.name}")
    return packed.getvalue()
