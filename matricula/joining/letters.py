"""The letters of an invitation: how they read, and what becomes of them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.dispatch import receiver
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from matricula.joining.inviting import KIND, REMINDER, REPLACES, mint_links
from matricula.joining.models import Invitation, InvitationToken, invitation_expiry
from matricula.joining.reminding import next_reminder
from matricula.mail.models import Letter
from matricula.mail.rendering import Message, Reading, compose_reading, writes_many
from matricula.mail.signals import letters_settled
from matricula.mail.wording import plain, plain_lines
from matricula.organizations.letterhead import letterhead
from matricula.programs.models import Program

KINDS = (KIND, REMINDER)
SAMPLE_LINK = f"{settings.BASE_URL}/join/sample/"


@dataclass(frozen=True)
class Invited:
    """What differs from letter to letter."""

    program: int
    name: str
    invited_by: str
    expires_at: Any


@writes_many(KIND)
def invitation_letters(letters: list[Letter]) -> dict[int, Reading]:
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


writes_many(REMINDER)(invitation_letters)


def invitation_reading(program: Program, invited: Invited, link: str, kind: str) -> Reading:
    decline = f"{link}not-for-me/"
    return Reading(
        "joining/email/invitation",
        values={
            "program": plain(program.name),
            "reminder": kind == REMINDER,
            "greeting": greeting_of(program.organization.greeting),
            **letterhead(program.organization),
        },
        fills={
            "name": plain(invited.name),
            "who": plain(invited.invited_by or ""),
            "day": day_of(invited.expires_at.date(), get_language()),
            "link": link,
            "decline": decline,
        },
        same=(kind, program.pk),
        sender_name=plain(program.organization.name),
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


def preview(*, program: Program, name: str, invited_by: str, language: str) -> Message:
    """The letter as the next person invited would get it, with a link that opens nothing."""
    sample = Invited(program.pk, name, invited_by, invitation_expiry(program))
    return compose_reading(invitation_reading(program, sample, SAMPLE_LINK, KIND), language)


@receiver(letters_settled)
def note_delivery(sender: object, letters: list[Letter], state: Letter.State, **_: object) -> None:
    """The invitations' states follow their latest letters."""
    about = [one.pk for one in letters if one.kind in KINDS]
    if not about:
        return
    live, now = Invitation.objects.live().filter(letter__pk__any_of=about), timezone.now()
    if state == Letter.State.SENT:
        live.update(state=Invitation.State.SENT, sent_at=now, remind_at=next_reminder(now))
        end_links_before([one.pk for one in letters if one.context.get(REPLACES)], now)
    else:
        live.update(state=Invitation.State.FAILED, remind_at=None)


def end_links_before(letters: list[int], now: datetime) -> None:
    """The links that came before these letters, now that they have left: nobody waits with a dead link for a
    letter that the outbox holds back. A second copy of the same letter ends nothing."""
    of_another = Q(letter__isnull=False) & ~Q(letter=F("invitation__letter"))
    shown_before = Q(letter__isnull=True, created_at__lt=F("invitation__letter__queued_at"))
    live = InvitationToken.objects.filter(ended_at__isnull=True, invitation__letter__pk__any_of=letters)
    if letters:
        live.filter(of_another | shown_before).update(ended_at=now)
