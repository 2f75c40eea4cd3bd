"""What a file is made of before anybody looks for people in it."""

from typing import NamedTuple


class Record(NamedTuple):
    """The cells of one line; `fault` when they could not be told apart."""

    line: int
    cells: list[str]
    fault: str = ""
