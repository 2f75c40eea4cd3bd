"""How a file was read, in words, and what somebody says instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from matricula.invitations.errors import ColumnsRefused
from matricula.invitations.models import ImportedFile, Verdict
from matricula.peoplefile import Choices, Encoding, Layout, Role

GREETED = 3
"""People whose greeting is shown before anybody is invited."""
ROLES: dict[Role, str | Promise] = {
    Role.EMAIL: gettext_lazy("E-mail address"),
    Role.NAME: gettext_lazy("Full name"),
    Role.FIRST: gettext_lazy("First name"),
    Role.LAST: gettext_lazy("Last name"),
    Role.GROUPS: gettext_lazy("Groups"),
    Role.COURSES: gettext_lazy("Course"),
    Role.NOTE: gettext_lazy("Note"),
    Role.NOTHING: gettext_lazy("Not read"),
}
"""What may be chosen, in the order in which it is offered."""
DELIMITERS: dict[str, str | Promise] = {
    ",": gettext_lazy("Comma"),
    ";": gettext_lazy("Semicolon"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Vertical bar"),
}
NAMES_OF_DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
"""For those who cannot type them."""
ENCODINGS: dict[Encoding, str | Promise] = {
    Encoding.UTF_8: gettext_lazy("Unicode (UTF-8)"),
    Encoding.UTF_16_LE: gettext_lazy("Unicode (UTF-16)"),
    Encoding.UTF_16_BE: gettext_lazy("Unicode (UTF-16, big-endian)"),
    Encoding.WINDOWS_1252: gettext_lazy("Western European (Windows)"),
    Encoding.WINDOWS_1250: gettext_lazy("Central European (Windows)"),
    Encoding.WINDOWS_1251: gettext_lazy("Cyrillic (Windows)"),
    Encoding.WINDOWS_1253: gettext_lazy("Greek (Windows)"),
    Encoding.WINDOWS_1254: gettext_lazy("Turkish (Windows)"),
    Encoding.WINDOWS_1255: gettext_lazy("Hebrew (Windows)"),
    Encoding.WINDOWS_1256: gettext_lazy("Arabic (Windows)"),
    Encoding.WINDOWS_1257: gettext_lazy("Baltic (Windows)"),
    Encoding.WINDOWS_1258: gettext_lazy("Vietnamese (Windows)"),
    Encoding.WINDOWS_874: gettext_lazy("Thai (Windows)"),
    Encoding.SHIFT_JIS: gettext_lazy("Japanese (Shift JIS)"),
    Encoding.EUC_JP: gettext_lazy("Japanese (EUC)"),
    Encoding.GB18030: gettext_lazy("Chinese, simplified (GB 18030)"),
    Encoding.BIG5: gettext_lazy("Chinese, traditional (Big5)"),
    Encoding.EUC_KR: gettext_lazy("Korean (EUC)"),
    Encoding.MAC_ROMAN: gettext_lazy("Western European (Mac)"),
    Encoding.IBM850: gettext_lazy("Western European (DOS)"),
    Encoding.ISO_8859_2: gettext_lazy("Central European (ISO)"),
    Encoding.IBM852: gettext_lazy("Central European (DOS)"),
    Encoding.KOI8_R: gettext_lazy("Cyrillic (KOI8-R)"),
    Encoding.IBM866: gettext_lazy("Cyrillic (DOS)"),
}


@dataclass(frozen=True)
class ReadColumn:
    """A column in words; `number` counts from 1."""

    number: int
    heading: str
    role: Role
    samples: tuple[str, ...]
    asked: bool
    """Whether it may be the one with the addresses, which nobody knows."""

    @property
    def label(self) -> str:
        return self.heading or _("Column %d") % self.number

    @property
    def read_as(self) -> str | Promise:
        return ROLES.get(self.role, gettext_lazy("Not read: it looks like passwords or other secrets"))

    @property
    def is_secret(self) -> bool:
        return self.role is Role.SECRET

    @property
    def options(self) -> list[tuple[str, str | Promise, bool]]:
        return [(role.value, words, role is self.role) for role, words in ROLES.items()]


@dataclass(frozen=True)
class Reading:
    """How a file was read."""

    layout: Layout
    columns: list[ReadColumn]
    greetings: list[str]

    @property
    def encodings(self) -> list[tuple[str, str | Promise, bool]]:
        return [(one.value, words, one == self.layout.encoding) for one, words in ENCODINGS.items()]

    @property
    def delimiters(self) -> list[tuple[str, str | Promise, bool]]:
        own = self.layout.delimiter
        there = DELIMITERS | {own: DELIMITERS.get(own, own)}
        return [(name_of_delimiter(sign), words, sign == own) for sign, words in there.items()]

    @property
    def sheets(self) -> list[tuple[str, str, bool]]:
        """Of a workbook that has several to choose from."""
        names = self.layout.sheets if len(self.layout.sheets) > 1 and not self.layout.fixed else ()
        return [(str(at), name, at == self.layout.sheet) for at, name in enumerate(names)]

    @property
    def encoding(self) -> str | Promise:
        return ENCODINGS[Encoding(self.layout.encoding)]

    @property
    def possible(self) -> list[str]:
        """The headings of those columns of which one must be chosen."""
        return [column.label for column in self.columns if column.asked]


def name_of_delimiter(sign: str) -> str:
    return next((name for name, one in NAMES_OF_DELIMITERS.items() if one == sign), sign)


def reading_of(file: ImportedFile) -> Reading | None:
    """None of a file of which nobody knows any more."""
    if not file.layout:
        return None
    layout = Layout.of(file.layout)
    columns = [
        ReadColumn(at + 1, one.heading, one.role, one.samples, at in layout.possible)
        for at, one in enumerate(layout.columns)
    ]
    return Reading(layout, columns, greetings(file))


def greetings(file: ImportedFile) -> list[str]:
    """How the letters to the first of those who can be invited begin."""
    first = file.kept_lines.filter(verdict=Verdict.NEW).order_by("line").values_list("name", flat=True)
    with override(file.language):
        return [_("Hello %(name)s,") % {"name": name} if name else _("Hello,") for name in first[:GREETED]]


def revised(
    file: ImportedFile, *, encoding: str, delimiter: str, columns: Mapping[int, Role], sheet: int = -1
) -> Choices:
    """What is chosen now, beside what was chosen before: `columns`, from 0, says it of each that was shown.

    Columns cut by another delimiter, or of another sheet, are other columns. Raises ColumnsRefused.
    """
    layout, before = Layout.of(file.layout), Choices.of(file.choices)
    said = encoding if encoding != layout.encoding else before.encoding
    if delimiter != layout.delimiter:
        return Choices(said, delimiter)
    if sheet >= 0 and sheet != layout.sheet:
        return Choices(said, before.delimiter, sheet=sheet)
    changed = {at: role for at, role in columns.items() if role is not layout.columns[at].role}
    refuse_two_addresses(changed)
    kept = {
        at: role for at, role in before.columns.items() if role is not Role.EMAIL or not has_address(changed)
    }
    return Choices(said, before.delimiter, kept | changed, before.sheet)


def refuse_two_addresses(columns: Mapping[int, Role]) -> None:
    """Raises ColumnsRefused."""
    if list(columns.values()).count(Role.EMAIL) > 1:
        raise ColumnsRefused


def has_address(columns: Mapping[int, Role]) -> bool:
    return Role.EMAIL in columns.values()


def chosen(*, encoding: str = "", delimiter: str = "", columns: Mapping[str, str] | None = None) -> Choices:
    """`columns` is what each is read as, by its number from 1. Raises ColumnsRefused."""
    by_place = {}
    for number, role in (columns or {}).items():
        if role not in set(ROLES) or not number.isdecimal() or number == "0":
            raise ColumnsRefused
        by_place[int(number) - 1] = Role(role)
    refuse_two_addresses(by_place)
    return Choices(encoding, NAMES_OF_DELIMITERS.get(delimiter, delimiter), by_place)
