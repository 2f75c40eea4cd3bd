"""How letters are written: one rendering for many; other people's words plain, short, without links."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from secrets import token_hex

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from matricula.mail.models import Letter
from matricula.web.languages import in_language

COLON, SLASH, DOT = "[:：﹕︓]", r"[/／⁄∕\\＼]", "[.．。｡․﹒]"
"""As typed, or in the widths and forms that browsers and mail programs read as the same (UTS 46)."""
LINK = re.compile(rf"\w[\w+.-]*{COLON}{SLASH}\S*|mailto{COLON}\S*", re.IGNORECASE)
"""Whatever a mail program would make a link of by its scheme."""
WITHIN_A_WORD = re.compile(rf"({DOT})(?=[^\s.,;:!?)\]}}\"'»”’…])")
LONGEST_NAME = 80


def plain_words(text: str, longest: int = LONGEST_NAME) -> str:
    """One line of `text` without addresses of the web; a dot within a word is followed by a space.

    E-mail addresses as well: whoever chose one may have written a name of the web into it.
    """
    bare = WITHIN_A_WORD.sub(r"\1 ", LINK.sub("", text))
    if not bare.isprintable():
        bare = "".join(c if c.isprintable() else " " for c in bare)
    return " ".join(bare.split())[:longest]


def plain_lines(text: str, longest: int = 2000) -> str:
    """Several such lines."""
    return "\n".join(plain_words(line, longest) for line in text.splitlines())[:longest].strip()


def one_line(words: str, longest: int = 500) -> str:
    """Another machine's words on one line, without what a database or a page could not keep."""
    return " ".join("".join(c if c.isprintable() else " " for c in words[: 4 * longest]).split())[:longest]


NONCE = token_hex(8)
MARK = re.compile(f"\ue000{NONCE}:([a-z_]+)\ue001")
"""Where a fill goes. Nobody can write the mark into a name, for nobody knows this process's nonce."""


@dataclass(frozen=True)
class Message:
    """A letter ready to send: plain text and HTML of the same words."""

    subject: str
    text: str
    html: str
    sender_name: str = ""
    unsubscribe: str = ""


@dataclass(frozen=True)
class LetterContent:
    """What a template needs: its name below `<room>/email/`, its values, and the fills of one letter.

    Letters whose readings have an equal `same` share one rendering: their `values` must be equal too.
    `unsubscribe` is the address that ends such letters by a POST (RFC 8058).
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)
    same: Hashable = None
    sender_name: str = ""
    unsubscribe: str = ""


Writer = Callable[[Letter], LetterContent | None]
BulkWriter = Callable[[list[Letter]], dict[int, LetterContent]]
_writers: dict[str, BulkWriter] = {}


def composes(kind: str) -> Callable[[Writer], Writer]:
    """Register the writer of a kind of letter. It mints the secrets; None means the letter is moot."""

    def register(writer: Writer) -> Writer:
        _writers[kind] = lambda letters: {
            letter.pk: reading for letter in letters if (reading := writer(letter)) is not None
        }
        return writer

    return register


def composes_many(kind: str) -> Callable[[BulkWriter], BulkWriter]:
    """Register a writer that takes all letters of its kind at once; those it leaves out are moot."""

    def register(writer: BulkWriter) -> BulkWriter:
        _writers[kind] = writer
        return writer

    return register


def compose_message(letters: list[Letter]) -> dict[int, Message]:
    """The messages of `letters` by their keys, each in its language; the moot ones are not there."""
    messages: dict[int, Message] = {}
    drafts: dict[Hashable, Draft] = {}
    for (kind, language), some in groupby(sorted(letters, key=address_of_draft), key=address_of_draft):
        alike = list(some)
        with translation.override(written_in(language)):
            readings = _writers[kind](alike)
            for pk, reading in readings.items():
                messages[pk] = draft_of(reading, language, drafts).filled(reading)
    return messages


def compose_content(reading: LetterContent, language: str) -> Message:
    """One message of a reading, for a preview."""
    with translation.override(written_in(language)):
        return Draft.of(reading).filled(reading)


def written_in(language: str) -> str:
    """`language`, or the nearest that letters are written in: a letter never claims to be in another."""
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return settings.LANGUAGE_CODE


def address_of_draft(letter: Letter) -> tuple[str, str]:
    return letter.kind, letter.language


def draft_of(reading: LetterContent, language: str, drafts: dict[Hashable, "Draft"]) -> "Draft":
    """The rendering `reading` shares with others that have the same fills empty."""
    if reading.same is None:
        return Draft.of(reading)
    present = tuple(name for name, fill in reading.fills.items() if fill)
    key = (reading.template, language, reading.same, present)
    if key not in drafts:
        drafts[key] = Draft.of(reading)
    return drafts[key]


@dataclass(frozen=True)
class Draft:
    """A rendered template with marks: pieces of text, and between them the names of fills."""

    subject: list[str]
    text: list[str]
    html: list[str]

    @classmethod
    def of(cls, reading: LetterContent) -> "Draft":
        marks = {name: f"\ue000{NONCE}:{name}\ue001" if fill else "" for name, fill in reading.fills.items()}
        values = {**reading.values, **marks}
        if values.get("link"):
            values["link"] = in_language(str(values["link"]), written_in(translation.get_language() or ""))
        ends = ("subject.txt", "txt", "html")
        subject, text, html = (
            MARK.split(render_to_string(f"{reading.template}.{end}", values)) for end in ends
        )
        return cls(subject, text, html)

    def filled(self, reading: LetterContent) -> Message:
        plain = reading.fills
        safe = {name: escape(fill) for name, fill in plain.items()}
        return Message(
            subject=" ".join(put(self.subject, plain).split()),
            text=put(self.text, plain),
            html=put(self.html, safe),
            sender_name=reading.sender_name,
            unsubscribe=reading.unsubscribe,
        )


def put(pieces: list[str], fills: Mapping[str, str]) -> str:
    """Every second piece is the name of a fill."""
    if len(pieces) == 1:
        return pieces[0]
    return "".join([fills[piece] if place % 2 else piece for place, piece in enumerate(pieces)])
