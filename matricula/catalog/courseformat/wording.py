"""What a question and an option are known by: what they say.

A quiz is edited in place, so that a place in it means nothing from one import to the next. What a form posts
and a row keeps are digests of the texts; spaces and Unicode forms, which nobody sees, do not count.
"""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

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
