"""Turning letters into messages. A room registers how its kinds of letters read."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils import translation

from matricula.mail.models import Letter


@dataclass(frozen=True)
class Message:
    """A letter ready to send: plain text and HTML of the same words."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Reading:
    """What a template needs: its name below `<room>/email/` and its values."""

    template: str
    values: dict[str, object] = field(default_factory=dict)


Writer = Callable[[Letter], Reading | None]
_writers: dict[str, Writer] = {}


def writes(kind: str) -> Callable[[Writer], Writer]:
    """Register the writer of a kind of letter. It mints the secrets; None means the letter is moot."""

    def register(writer: Writer) -> Writer:
        _writers[kind] = writer
        return writer

    return register


def compose(letter: Letter) -> Message | None:
    """The message of `letter` in its language."""
    with translation.override(letter.language):
        reading = _writers[letter.kind](letter)
        if reading is None:
            return None
        subject = render_to_string(f"{reading.template}.subject.txt", reading.values)
        return Message(
            subject=" ".join(subject.split()),
            text=render_to_string(f"{reading.template}.txt", reading.values),
            html=render_to_string(f"{reading.template}.html", reading.values),
        )
