"""The letters of an invitation: how they read, and what becomes of them."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language

from matricula.invitations.models import (
    INVITATION,
    REMINDER,
    Invitation,
    InvitationToken,
    invitation_expiry,
    mint_links,
)
from matricula.mail.composition import (
    LetterContent,
    Message,
    compose_content,
    composes_many,
    plain_lines,
    plain_words,
)
from matricula.mail.models import Letter
from matricula.organizations.branding import letterhead
from matricula.programs.models import Program

KINDS = (INVITATION, REMINDER)
SAMPLE_LINK = f"{settings.BASE_URL}/join/sample/"


@dataclass(frozen=True)
class Invited:
    """What differs from letter to letter."""

    program: int
    name: str
    invited_by: str
    expires_at: Any


@composes_many(INVITATION)
def invitation_letters(letters: list[Letter]) -> dict[int, LetterContent]:
    """Links are minted for the letters that are still wanted: the latest of an open invitation."""
    open_ones = Invitation.objects.open().filter(letter__pk__any_of=[one.pk for one in letters])
    rows = open_ones.values_list("letter", "pk", "program", "name", "invited_by__full_name", "expires_at")
    wanted = {letter: (pk, Invited(*rest)) for letter, pk, *rest in rows}  # type: ignore[arg-type]
    links = mint_links({pk: letter for letter, (pk, _) in wanted.items()}, InvitationToken.Channel.MAIL)
    offered = {one.program for _, one in wanted.values()}
    programs = Program.objects.select_related("organization").in_bulk(offered)
    kinds = {one.pk: one.kind for one in letters}
    return {
        letter: invitation_reading(programs[one.program], one, links[pk], kinds[letter])
        for letter, (pk, one) in wanted.items()
    }


composes_many(REMINDER)(invitation_letters)


def invitation_reading(program: Program, invited: Invited, link: str, kind: str) -> LetterContent:
    decline = f"{link}not-for-me/"
    return LetterContent(
        "invitations/email/invitation",
        values={
            "program": plain_words(program.name),
            "reminder": kind == REMINDER,
            "greeting": greeting_of(program.organization.greeting),
            **letterhead(program.organization),
        },
        fills={
            "name": plain_words(invited.name),
            "who": plain_words(invited.invited_by or ""),
            "day": day_of(invited.expires_at.date(), get_language()),
            "link": link,
            "decline": decline,
        },
        same=(kind, program.pk),
        sender_name=plain_words(program.organization.name),
        unsubscribe=decline,
    )


@lru_cache(maxsize=512)
def greeting_of(text: str) -> list[str]:
    """The organization's own words, line by line, without addresses of the web."""
    return [line for line in plain_lines(text).splitlines() if line]


@lru_cache(maxsize=512)
def day_of(date: date, language: str | None) -> str:
    """`date` as the language that is active writes it."""
    return date_format(date, "DATE_FORMAT")


def preview_letter(*, program: Program, name: str, invited_by: str, language: str) -> Message:
    """The letter as the next person invited would get it, with a link that opens nothing."""
    sample = Invited(program.pk, name, invited_by, invitation_expiry(program))
    return compose_content(invitation_reading(program, sample, SAMPLE_LINK, INVITATION), language)
