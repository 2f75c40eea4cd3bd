"""What a company's sign-in says of somebody, in whichever protocol, and what was looked at on the way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

Values = Mapping[str, tuple[str, ...]]
"""Claims or attributes by the names they came with. One name may have many values."""


@dataclass(frozen=True)
class Answer:
    """Believed: it was signed for us, now, in answer to what we asked.

    `subject` alone says who it is. `email` and `full_name` are hints: a company may
    write there what it likes.
    """

    subject: str
    email: str = ""
    full_name: str = ""
    email_doubted: bool = False
    """The provider itself says that the person may have typed it (Core 1.0, 5.1, email_verified)."""
    groups: tuple[str, ...] = ()
    ends_at: datetime | None = None
    """When the company wants the session to end (SAML 2.0 Core, 2.7.2, SessionNotOnOrAfter)."""
    values: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: a line of the test run, and of the history of answers that failed."""

    code: str
    passed: bool
    expected: str = ""
    seen: str = ""


class Checks(list[Check]):
    """All that was looked at in one answer, in order. The last is the one that failed, if any did."""

    raw: str = ""
    """The answer as far as it may be kept: see `readable_answers.py`."""
    signed_by: str = ""
    """The fingerprint or thumbprint of the key by which a signature was found right."""

    @classmethod
    def of(cls, raw: str) -> "Checks":
        """None yet, of an answer that reads so."""
        checks = cls()
        checks.raw = raw
        return checks

    def require(self, code: str, passed: bool, *, expected: object = "", seen: object = "") -> None:
        """Note the check. Raises AnswerRefused when it failed."""
        self.append(Check(code, passed, shortened(expected), shortened(seen)))
        if not passed:
            raise AnswerRefused(self)


class AnswerRefused(Exception):
    """The answer opens nothing. `checks` end with the reason, whose code is `code`."""

    def __init__(self, checks: Checks) -> None:
        self.checks = checks
        self.code = checks[-1].code
        super().__init__(self.code)


LONGEST = 300


def text_of(value: object) -> str:
    """As somebody reads it who knows the protocol and not our language: times in UTC, the rest as JSON has
    it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return utc(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list | bool) else str(value)


def utc(moment: object) -> str:
    """A time, or seconds since 1970, to the second (RFC 3339); what is neither stays as it is."""
    if isinstance(moment, int | float) and not isinstance(moment, bool):
        try:
            moment = datetime.fromtimestamp(moment, UTC)
        except (ValueError, OverflowError, OSError):
            return str(moment)
    if not isinstance(moment, datetime):
        return text_of(moment)
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def shortened(value: object) -> str:
    """What an outsider wrote, short enough for a page, without what a database could not keep."""
    text = text_of(value)
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return text if text.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in text)
