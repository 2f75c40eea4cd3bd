"""Finding the layout of a file: where its headings are, and what each column is by heading or values."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from matricula.peoplefile.columns import UNKNOWN, Meaning, Role, meaning_of
from matricula.peoplefile.layout import LONGEST_HEADER, MISSING, NAMES, TIE, Column, Layout, Records
from matricula.peoplefile.limits import MOST_COLUMNS

LONGEST_SAMPLE = 40
SLIPPED = "…"
RESULT = {"Line", "Outcome", "Reason"}
SAMPLES = 3
WITHOUT_HEADER = (Role.NAME, Role.GROUPS, Role.COURSES)
"""What follows the address in a file without a header."""
BETWEEN = re.compile(r"[\s,;|]")
NUMBER = re.compile(r"[\d.,\s]+|[xX✓✔]|TRUE|FALSE|true|false")
HASHED = re.compile(
    r"[*\u2022]{3,}|\$\w{1,16}\$\S{8,}|\{\w{3,10}\}\S{16,}|[0-9a-fA-F]{32,128}|[\w+]+\$\d+\$\S{16,}"
)
GENERATED = re.compile(r"(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)\S{6,64}")
"""HASHED: what is masked, and digests of passwords as systems export them (crypt, LDAP, hexadecimal, PBKDF2).
GENERATED: one word with small and capital letters and a digit, as a generated password has."""


def arrange_columns(head: Records, choices: dict[int, Role] | None = None) -> Layout | None:
    """The layout of a file that begins with the records `head`; None if no column of it holds addresses."""
    table = Table([list(record[:MOST_COLUMNS]) for record in head])
    chosen = {at: role for at, role in (choices or {}).items() if at < table.width}
    possible, why = table.addresses()
    if why == MISSING and not chosen and not any(table.counts.values()):
        return None
    roles = Roles(table, possible[0] if not why else -1).found()
    choose(roles, chosen)
    undecided = "" if Role.EMAIL in roles else why or MISSING
    return Layout(
        columns_of(table, roles),
        begin=table.begin,
        undecided=undecided,
        possible=tuple(possible) if undecided else (),
        known=sum(meaning.rank > 0 or meaning.another for meaning in table.meanings),
    )


def columns_of(table: "Table", roles: list[Role]) -> tuple[Column, ...]:
    """Beside a column of secrets, what is out of place among the addresses might be one."""
    shown = [() if role is Role.SECRET else table.samples(at) for at, role in enumerate(roles)]
    if Role.SECRET in roles:
        shown = [
            tuple(filter(looks_like_address, one)) if table.counts[at] else one
            for at, one in enumerate(shown)
        ]
    return tuple(map(Column, table.headings(), roles, shown))


def choose(roles: list[Role], chosen: dict[int, Role]) -> None:
    """What somebody chose counts, and what was found besides of what there is only one of does not."""
    only_one = {role for role in chosen.values() if role in (Role.EMAIL, *NAMES)}
    for at, role in enumerate(roles):
        if at in chosen and role is not Role.SECRET:
            roles[at] = chosen[at]
        elif role in only_one:
            roles[at] = Role.NOTE


class Table:
    """The first records of a file: which of them is the header, and where the people begin."""

    def __init__(self, head: list[list[str]]) -> None:
        self.head = head
        self.width = max(map(len, head), default=0)
        self.with_address = [
            frozenset(at for at, cell in enumerate(one) if looks_like_address(cell)) for one in head
        ]
        self.header = self.found_header()
        if self.header >= 0:
            self.width = len(head[self.header])
        self.begin = self.header + 1 if self.header >= 0 else self.first_person()
        self.body = head[self.begin :]
        meanings = [meaning_of_cell(cell) for cell in head[self.header]] if self.header >= 0 else []
        self.meanings = meanings + [UNKNOWN] * (self.width - len(meanings))
        people = self.with_address[self.begin :]
        self.counts = Counter(at for found in people for at in found if at < self.width)

    def found_header(self) -> int:
        """The record that names a column of addresses, or else stands right above the people; -1 for none."""
        rated = {
            at: self.rate(at)
            for at, found in enumerate(self.with_address)
            if not found and any(self.head[at])
        }
        named = [at for at, (emails, *_) in rated.items() if emails and self.stands_above(at)]
        if named:
            return max(named, key=lambda at: (*rated[at], -at))
        first = self.first_person()
        above = [at for at in rated if at < first and (rated[at][1] or self.fills(at))]
        return max(above, key=lambda at: (rated[at][1], at), default=-1)

    def rate(self, at: int) -> tuple[bool, int, int]:
        meanings = [meaning_of_cell(cell) for cell in self.head[at]]
        emails = any(one.role is Role.EMAIL for one in meanings)
        known = sum(one.rank > 0 or one.another for one in meanings)
        return emails, known, sum(map(bool, self.head[at]))

    def stands_above(self, at: int) -> bool:
        """Not among the people: more of the addresses are below."""
        above = sum(map(bool, self.with_address[:at]))
        return above == 0 or above < sum(map(bool, self.with_address[at + 1 :]))

    def fills(self, at: int) -> bool:
        return 2 * sum(bool(cell.strip()) for cell in self.head[at]) >= self.width

    def first_person(self) -> int:
        people = (at for at, record in enumerate(self.head) if any("@" in cell for cell in record))
        found = (at for at, addresses in enumerate(self.with_address) if addresses)
        return next(found, next(people, 0))

    def addresses(self) -> tuple[list[int], str]:
        """The columns that may hold the addresses: the one that does, or several and TIE, or MISSING."""
        ranks = {at: one.rank for at, one in enumerate(self.meanings) if one.role is Role.EMAIL}
        open_ones = [
            at for at, one in enumerate(self.meanings) if not one.another and one.role is not Role.SECRET
        ]
        filled = {at: self.counts[at] for at in open_ones if self.counts[at] and at not in ranks}
        alive = {at: rank for at, rank in ranks.items() if self.counts[at]}
        if not alive and (filled or not ranks):
            return self.only_one(by_count(filled))
        best = max((alive or ranks).values())
        top = [at for at, rank in (alive or ranks).items() if rank == best]
        most = max(self.counts[at] for at in top)
        if best == 1 and (rivals := {at: count for at, count in filled.items() if count >= most}):
            ahead = [at for at in by_count(rivals) if self.counts[at] > most]
            return self.only_one(ahead or top + by_count(rivals))
        return self.only_one(top)

    def only_one(self, columns: list[int]) -> tuple[list[int], str]:
        """Of columns that say the same about everybody the first is as good as any."""
        if len(columns) > 1 and not all(self.same(columns[0], other) for other in columns[1:]):
            return columns, TIE
        return columns[:1], "" if columns else MISSING

    def same(self, one: int, other: int) -> bool:
        pairs = ((cell_of(record, one), cell_of(record, other)) for record in self.body)
        return all(a.casefold() == b.casefold() for a, b in pairs if a and b)

    def values(self, at: int) -> list[str]:
        return [cell for cell in (cell_of(record, at) for record in self.body) if cell]

    def samples(self, at: int) -> tuple[str, ...]:
        """The first values that differ, those with special letters before others: they show the encoding."""
        different = sorted(dict.fromkeys(self.values(at)), key=str.isascii)[:SAMPLES]
        return tuple("".join(filter(str.isprintable, cell))[:LONGEST_SAMPLE] for cell in different)

    def of_our_result(self) -> list[int]:
        """The columns that a downloaded result has beyond what was handed in."""
        headings = self.headings()
        if not RESULT.issubset(headings):
            return []
        return [at for at, heading in enumerate(headings) if heading in RESULT]

    def headings(self) -> list[str]:
        record = self.head[self.header] if self.header >= 0 else []
        return [cell_of(record, at)[:LONGEST_HEADER] for at in range(self.width)]


def by_count(counts: dict[int, int]) -> list[int]:
    """The fullest columns, and those at least half as full: which of them is it?"""
    most = max(counts.values(), default=0)
    return sorted((at for at, count in counts.items() if 2 * count >= most), key=lambda at: (-counts[at], at))


class Roles:
    """What each column of a table is, once it is known which holds the addresses."""

    def __init__(self, table: Table, address: int) -> None:
        self.table, self.address = table, address
        self.roles = [Role.NOTE] * table.width

    def found(self) -> list[Role]:
        if self.table.header >= 0:
            self.by_header()
        else:
            self.by_place()
        if self.address >= 0:
            self.roles[self.address] = Role.EMAIL
        for at in self.table.of_our_result():
            self.roles[at] = Role.NOTHING
        for at in range(self.table.width):
            if self.hides(at):
                self.roles[at] = Role.SECRET
        return self.roles

    def by_header(self) -> None:
        meanings = {
            at: self.in_context(one) for at, one in enumerate(self.table.meanings) if at != self.address
        }
        for at, (role, rank) in meanings.items():
            if role in NAMES and (not self.holds_words(at) or at != self.best(role, meanings)):
                role = Role.NOTE
            if role is not Role.EMAIL and rank:
                self.roles[at] = role

    def in_context(self, meaning: Meaning) -> tuple[Role, int]:
        """`Name` beside `Vorname` is the last one, beside `Sobrenome` the first."""
        there = {one.role for one in self.table.meanings}
        first, last = Role.FIRST in there, Role.LAST in there
        if meaning.part and first != last:
            return (Role.LAST if first else Role.FIRST), meaning.rank
        return meaning.role, meaning.rank

    def best(self, role: Role, meanings: dict[int, tuple[Role, int]]) -> int:
        same = [at for at, (found, _) in meanings.items() if found is role and self.holds_words(at)]
        return max(same, key=lambda at: (meanings[at][1], -at), default=-1)

    def by_place(self) -> None:
        others = (at for at in range(self.table.width) if at != self.address and not self.hides(at))
        wordy = (at for at in others if self.holds_words(at) and not self.table.counts[at])
        for at, role in zip(wordy, WITHOUT_HEADER, strict=False):
            self.roles[at] = role

    def holds_words(self, at: int) -> bool:
        """Numbers and checkmarks are nobody's name; of an empty column nobody knows."""
        values = self.table.values(at)
        return not values or not all(map(NUMBER.fullmatch, values))

    def hides(self, at: int) -> bool:
        """By its heading, by values that are digests, and without headings by values that are generated."""
        if at == self.address:
            return False
        if self.table.meanings[at].role is Role.SECRET:
            return True
        values = [one for one in self.table.values(at) if not looks_like_address(one)]
        shapes = (HASHED,) if self.table.header >= 0 else (HASHED, GENERATED)
        return bool(values) and any(all(map(shape.fullmatch, values)) for shape in shapes)


def meaning_of_cell(cell: str) -> Meaning:
    text = cell.strip().strip("'\"\u201c\u201d\ufeff\u200b").strip()
    return meaning_of(text) if text and len(text) <= LONGEST_HEADER else UNKNOWN


def looks_generated(cell: str) -> bool:
    """Or is what stands for something that did, in a copy without secrets."""
    return "@" not in cell and bool(cell == SLIPPED or GENERATED.fullmatch(cell) or HASHED.fullmatch(cell))


def cell_of(record: Sequence[str], at: int) -> str:
    return record[at].strip() if at < len(record) else ""


def looks_like_address(cell: str) -> bool:
    """Also `Ada <ada@example.com>`, but no sentence that has an address in it."""
    if "@" not in cell:
        return False
    text = cell.strip()
    if text.endswith(">"):
        text = text[text.rfind("<") + 1 : -1]
    local, at, domain = text.rpartition("@")
    return bool(at and local and "." in domain) and not BETWEEN.search(text)


def all_addresses(cells: Iterable[str]) -> bool:
    return all(looks_like_address(cell) for cell in cells if cell.strip())
