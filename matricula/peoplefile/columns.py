"""What the heading of a column says is in it, in whatever language and however decorated."""

import re
import unicodedata
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from matricula.peoplefile import vocabulary


class Role(StrEnum):
    """What a column is read as."""

    EMAIL = "email"
    NAME = "name"
    FIRST = "first"
    LAST = "last"
    GROUPS = "groups"
    COURSES = "courses"
    NOTE = "note"
    NOTHING = "nothing"
    """Not read."""
    SECRET = "secret"  # noqa: S105 - the name of a role
    """Neither shown nor kept, and never chosen."""


class Meaning(NamedTuple):
    """`rank` tells better headings of the same role from worse: 4 says it is the one for work, 3 that it is
    one, 2 has further words, 1 says it is another one of the person's. `another` says somebody else is meant.
    """

    role: Role = Role.NOTE
    rank: int = 0
    another: bool = False
    part: bool = False
    """Only `Name`: the whole of it, or what no other column holds."""


UNKNOWN = Meaning()
SOMEBODY_ELSE = Meaning(another=True)
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
E_MAIL = re.compile(r"\be[-_.\u2010-\u2015]?\s?(?=mail|post|pošt|past)")
COMPOUND = re.compile(r"(?<=[a-zäöüß]{3})(?=(?:mail|mejl)\b)")
SEGMENTS = re.compile(r"[()\[\]{}<>:|/]|\s[-\u2010-\u2015]\s")
"""HUMP divides `FirstName`, COMPOUND `Dienstmail`. E_MAIL is the e of "e-mail", "e mail" and its kin in other
languages. SEGMENTS are parts of a heading that say something for themselves: "Name (work)"; a hyphen within a
word divides nothing."""
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff]")
"""Letters of scripts that put no spaces between words: Thai, Chinese, Japanese; Korean compounds too."""
LONGEST_LOOKED_AT = 200


def fold_heading(text: str) -> str:
    """Letters and digits only, without case and accents: `E-Mail Adresse ` is `emailadresse`."""
    letters = unicodedata.normalize("NFKD", text.replace("ı", "i")).casefold()
    return "".join(filter(str.isalnum, letters))


def words_of(text: str) -> list[str]:
    """`workEmail_address` is work, email, address."""
    spaced = unicodedata.normalize("NFKC", HUMP.sub(" ", text[:LONGEST_LOOKED_AT])).casefold()
    pieces = re.split(r"[\W_]+", COMPOUND.sub(" ", without_marks(E_MAIL.sub("e", spaced))))
    return [piece for piece in map(fold_heading, pieces) if piece]


def without_marks(text: str) -> str:
    """Accents and vowel signs would part words where no space is."""
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.category(letter).startswith("M"))


class Words:
    """A list of the vocabulary. Words of at least `within` letters count inside of longer ones too."""

    def __init__(self, listed: str, within: int = 7) -> None:
        phrases = {tuple(words_of(phrase)) for phrase in listed.split(",")}
        self.phrases = {f" {' '.join(phrase)} " for phrase in phrases}
        joined = {"".join(phrase) for phrase in phrases}
        self.parts = {word for word in joined if len(word) >= within or UNSPACED.search(word)}
        self.known = joined

    def found(self, words: list[str]) -> bool:
        text, joined = f" {' '.join(words)} ", "".join(words)
        return any(one in text for one in self.phrases) or any(one in joined for one in self.parts)

    def taken_out(self, words: list[str]) -> list[str]:
        """What is left of a heading: `adresse` of `mailadresse`."""
        text = f" {' '.join(words)} "
        for phrase in self.longest_first:
            text = text.replace(phrase, " ")
        for part in self.longest_first:
            text = text.replace(part.strip(), " ") if part.strip() in self.parts else text
        return text.split()

    @cached_property
    def longest_first(self) -> list[str]:
        return sorted(self.phrases, key=len, reverse=True)


EMAIL = Words(vocabulary.EMAIL, within=5)
WORK, PRIVATE, OWN = Words(vocabulary.WORK), Words(vocabulary.PRIVATE), Words(vocabulary.OWN)
OTHERS, ABOUT = Words(vocabulary.OTHERS), Words(vocabulary.ABOUT)
LOGIN = Words(vocabulary.LOGIN, within=99)
SECRET = Words(vocabulary.SECRETS, within=8)
OF_MANY = Words(f"{vocabulary.GROUPS}, {vocabulary.COURSES}", within=99)
NAMED = {
    fold_heading(phrase): role
    for role, listed in (
        (Role.NAME, vocabulary.NAME),
        (Role.GROUPS, vocabulary.GROUPS),
        (Role.COURSES, vocabulary.COURSES),
        (Role.FIRST, vocabulary.FIRST),
        (Role.LAST, vocabulary.LAST),
        (Role.NAME, vocabulary.FULL),
    )
    for phrase in listed.split(",")
}
PARTS = {fold_heading(phrase) for phrase in vocabulary.NAME.split(",")}


@lru_cache(maxsize=4096)
def meaning_of(heading: str) -> Meaning:
    words = words_of(heading)
    if SECRET.found(words):
        return Meaning(Role.SECRET, 3)
    if EMAIL.found(words):
        return meaning_of_email(words)
    if OTHERS.found(words):
        return SOMEBODY_ELSE
    return meaning_of_name(words) or meaning_of_segments(heading)


def meaning_of_email(words: list[str]) -> Meaning:
    if OTHERS.found(words):
        return SOMEBODY_ELSE
    if ABOUT.found(words):
        return UNKNOWN
    if PRIVATE.found(words) or OF_MANY.found(words) or any(map(is_further, words)):
        return Meaning(Role.EMAIL, 1)
    if WORK.found(words):
        return Meaning(Role.EMAIL, 4)
    known = all(word in OWN.known or word.isdecimal() for word in EMAIL.taken_out(words))
    return Meaning(Role.EMAIL, 3 if known else 2)


def is_further(word: str) -> bool:
    """The 2 of `E-mail 2`."""
    number = re.sub(r"^\D*", "", word)
    return number.isdecimal() and int(number[:4]) > 1


def meaning_of_name(words: list[str]) -> Meaning | None:
    """Of a heading that is one of the words for it, or such a word with others that say nothing."""
    whole = "".join(words)
    if LOGIN.known & {whole}:
        return UNKNOWN
    stripped = "".join(word for word in words if word not in OWN.known).rstrip("0123456789")
    if UNSPACED.search(stripped) and stripped not in NAMED:
        stripped = "".join(OWN.taken_out([stripped]))
    for spelled, rank in ((whole, 3), (stripped, 2 if "id" not in words else 0)):
        if rank and spelled in NAMED:
            return Meaning(NAMED[spelled], rank, part=spelled in PARTS)
    return None


def meaning_of_segments(heading: str) -> Meaning:
    """`Legal Name - First Name` and `Name (first)`: the part of a name says more than the whole."""
    segments = [words_of(segment) for segment in SEGMENTS.split(heading)]
    found = [meaning_of_name(words) for words in segments if words] if len(segments) > 1 else []
    said = [meaning for meaning in found if meaning and meaning.rank]
    return (
        max(said, key=lambda one: (not one.part, one.rank), default=UNKNOWN)._replace(rank=2)
        if said
        else UNKNOWN
    )
