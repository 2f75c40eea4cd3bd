"""Delivering what is due. A batch is leased, composed, committed, sent and settled as the answers come, so a
kill at any moment loses none: a lease that ran out is taken up again."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from queue import Empty, SimpleQueue
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from matricula.mail.composition import compose_message, one_line
from matricula.mail.envelopes import Unwritable
from matricula.mail.leases import lease_letters, renew_lease
from matricula.mail.models import Letter
from matricula.mail.signals import letters_settled
from matricula.mail.transports import transport_of_settings

BATCH = 1000
ATTEMPTS = 6
NOT_NEEDED = "No longer needed."


@dataclass(frozen=True)
class Outcome:
    """What became of a letter, in the mail server's words when it was refused."""

    letter: Letter
    refusal: OSError | None
    provider_id: str


def deliver_due(limit: int = BATCH) -> int:
    """Deliver up to `limit` letters that are due; how many were taken up."""
    leased = lease_letters(limit)
    if leased:
        deliver_batch(leased)
    return len(leased)


def deliver_batch(letters: list[Letter]) -> None:
    """Compose and commit first, so that the secrets in a letter that leaves are already known."""
    with transaction.atomic():
        messages = compose_message(letters)
    end_letters([one for one in letters if one.pk not in messages], Letter.State.FAILED, NOT_NEEDED)
    posts = [(one, messages[one.pk]) for one in letters if one.pk in messages]
    outcomes: SimpleQueue[Outcome] = SimpleQueue()

    def told(letter: Letter, refusal: OSError | None, provider_id: str = "") -> None:
        outcomes.put(Outcome(letter, refusal, provider_id))

    transport_of_settings(settings.EMAIL_URL).carry(posts, told)
    await_answers({letter.pk for letter, _ in posts}, outcomes)


def await_answers(awaited: set[int], outcomes: SimpleQueue[Outcome]) -> None:
    """Settle as the answers come; meanwhile nobody else may take up the letters that are still under way."""
    half_lease = settings.MAIL_LEASE_SECONDS / 2
    renewed = monotonic()
    while awaited:
        some = note_taken(outcomes, half_lease)
        end_batch(some)
        awaited -= {one.letter.pk for one in some}
        if monotonic() - renewed >= half_lease:
            renew_lease(awaited)
            renewed = monotonic()


def note_taken(outcomes: SimpleQueue[Outcome], patience: float) -> list[Outcome]:
    """All that came, waiting `patience` seconds for the first. A kill can send twice what waits here."""
    some: list[Outcome] = []
    with suppress(Empty):
        some.append(outcomes.get(timeout=patience))
        while True:
            some.append(outcomes.get_nowait())
    return some


def end_batch(outcomes: list[Outcome]) -> None:
    """Settle what arrived in one statement, and each refusal by its words."""
    arrived = [one for one in outcomes if one.refusal is None]
    for one in arrived:
        if one.provider_id:
            Letter.objects.filter(pk=one.letter.pk).update(provider_id=one.provider_id)
    end_letters([one.letter for one in arrived], Letter.State.SENT)
    for one in outcomes:
        if one.refusal is not None:
            postpone_letters(one.letter, answer_words(one.refusal), final=is_final(one.refusal))


def answers_of(refusal: OSError) -> list[tuple[int, bytes | str]]:
    """The mail server's answers: code (RFC 5321, section 4.2) and words."""
    if isinstance(refusal, SMTPRecipientsRefused):
        return list(refusal.recipients.values())
    return [(refusal.smtp_code, refusal.smtp_error)] if isinstance(refusal, SMTPResponseException) else []


def is_final(refusal: OSError) -> bool:
    """5xx: asking again will not help, unless it is us whom the mail server does not know or want."""
    if isinstance(refusal, SMTPAuthenticationError | SMTPConnectError | SMTPHeloError):
        return False
    return isinstance(refusal, Unwritable) or any(500 <= code <= 599 for code, _ in answers_of(refusal))


def answer_words(refusal: OSError) -> str:
    """The mail server's words, or the fault's own."""
    said = [f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
            for code, words in answers_of(refusal)]  # fmt: skip
    return one_line("; ".join(said) or str(refusal))


def postpone_letters(letter: Letter, words: str, *, final: bool) -> None:
    """Try again later, each time after a longer pause; the last refusal is final."""
    if final or letter.attempts >= ATTEMPTS:
        end_letters([letter], Letter.State.FAILED, words)
        return
    due = timezone.now() + timedelta(seconds=30 * 4 ** (letter.attempts - 1))
    held = Letter.objects.filter(pk=letter.pk, state=Letter.State.SENDING)
    held.update(state=Letter.State.QUEUED, due_at=due, leased_until=None, error=words)


@transaction.atomic
def end_letters(letters: list[Letter], state: Letter.State, error: str = "") -> None:
    """The end of the letters' way, and the news of it. What another worker settled meanwhile stays."""
    if not letters:
        return
    told = Letter.objects.filter(pk__any_of=[one.pk for one in letters])
    settled = told.filter(state=Letter.State.SENDING).update(
        state=state, error=error, ended_at=timezone.now(), leased_until=None
    )
    if settled < len(letters):
        ours = set(told.filter(state=state).values_list("pk", flat=True))
        letters = [one for one in letters if one.pk in ours]
    if settled:
        letters_settled.send(Letter, letters=letters, state=state)


@transaction.atomic
def note_bounced(letter: Letter, words: str) -> bool:
    """A letter that was taken came back, perhaps before its settling. False when that was known."""
    taken_before = Letter.objects.filter(pk=letter.pk, state__in=[Letter.State.SENT, Letter.State.SENDING])
    if not taken_before.update(
        state=Letter.State.BOUNCED, error=words, ended_at=timezone.now(), leased_until=None
    ):
        return False
    letters_settled.send(Letter, letters=[letter], state=Letter.State.BOUNCED)
    return True
