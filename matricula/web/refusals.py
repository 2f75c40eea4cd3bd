"""What every room's errors have in common: a code for programs, and one sentence for people."""

from typing import ClassVar

from django.utils.functional import Promise


class Refusal(Exception):
    """Something could not be done, and whoever asked is told why.

    `code` never changes: programs rely on it. `sentence` says what is wrong and, where it helps, what to do.
    It is written once, in the error, and read by pages, console and API alike. `str()` is the sentence of
    this very refusal: a class whose refusals have particulars (how many, until when) tells them there.
    """

    code: str = "refused"
    sentence: ClassVar[str | Promise] = ""
    status: int = 409
    page: ClassVar[str] = "409.html"
    """Of the answer, where no view has a page for it."""

    def __str__(self) -> str:
        return str(self.sentence)
