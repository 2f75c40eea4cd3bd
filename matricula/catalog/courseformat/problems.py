"""Collecting everything that is wrong with one course."""

from dataclasses import dataclass, field

from matricula.catalog.errors import Problem

MOST = 200
LONGEST_NAME = 200


class ReadingStopped(Exception):
    """Reading on would make no sense; the log says why."""


@dataclass
class Log:
    """The problems of one reading, until there are too many to be of use."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, message: str) -> None:
        self.problems.append(Problem(printable(file), max(line, 1), message))
        if len(self.problems) >= MOST:
            raise ReadingStopped

    def stop(self, file: str, message: str) -> ReadingStopped:
        self.add(file, 1, message)
        return ReadingStopped()


@dataclass(frozen=True)
class FileLog:
    """One file's part of the log."""

    log: Log
    file: str

    def add(self, line: int, message: str) -> None:
        self.log.add(self.file, line, message)


def printable(name: str) -> str:
    letters = (letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    return "".join(letters)[:LONGEST_NAME]
