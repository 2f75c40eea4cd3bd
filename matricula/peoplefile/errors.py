from collections.abc import Sequence

from matricula.web.refusals import Refusal


class FileRefused(Refusal):
    """A file of people is not what it says, or too large; nothing of it may be kept.

    `line` is where reading stopped, 0 when it is the whole file. `str()` says what is wrong and what to do.
    """

    def __init__(self, code: str, words: Sequence[object] = (), line: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
        self.line = line

    def __str__(self) -> str:
        return " ".join(map(str, self.words)) or self.code
