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

from matricula.jobs.worker import stop_of_this_turn
from matricula.mail.composition import compose_message, one_line
from matricula.mail.envelopes import Unwritable
from matricula.mail.leases import give_back_letters, lease_letters, renew_lease
from matricula.mail.models import Letter
from matricula.mail.signals import letters_settled
from matricula.mail.transports import NotHandedOver, transport_of_settings

BATCH, FEWEST = 1000, 20
SECONDS = 2.0
"""How long letters are handed over; those that have not left by then are given back, for nobody's letter and
no stop waits longer for a slow mail server."""
ATTEMPTS = 6
NOT_NEEDED = "No longer needed."


@dataclass(frozen=True)
class Outcome:
    """What became of a letter, in the mail server's words when it was refused."""

    letter: Letter
    refusal: OSError | None
    provider_id: str


@dataclass
class Lane:
    """Letters that somebody waits for, or those of many: each has a thread of the worker, and connections of
    its own. It takes up as many as left within a second the last time, so that the rest is there for other
    workers and little is given back.
    """

    bulk: bool
    size: int = FEWEST

    def deliver(self) -> int:
        began = monotonic()
        leased = lease_letters(self.size, self.bulk)
        if leased:
            within_a_second = round(deliver_batch(leased, self.bulk) / (monotonic() - began))
            self.size = max(FEWEST, min(BATCH, 4 * self.size, within_a_second))
        return len(leased)


def deliver_due(limit: int = BATCH, bulk: bool | None = None) -> int:
    """Deliver up to `limit` letters that are due; how many were taken up."""
    leased = lease_letters(limit, bulk)
    if leased:
        deliver_batch(leased, bulk)
    return len(leased)


def deliver_batch(letters: list[Letter], bulk: bool | None) -> int:
    """Compose and commit first, so that the secrets in a letter that leaves are already known.

    How many were not given back.
    """
    stop = stop_of_this_turn()
    with transaction.atomic():
        messages = compose_message(letters)
    end_letters([one for one in letters if one.pk not in messages], Letter.State.FAILED, NOT_NEEDED)
    posts = [(one, messages[one.pk]) for one in letters if one.pk in messages]
    outcomes: SimpleQueue[Outcome] = SimpleQueue()

    def told(letter: Letter, refusal: OSError | None, provider_id: str = "") -> None:
        outcomes.put(Outcome(letter, refusal, provider_id))

    ends = monotonic() + SECONDS
    transport = transport_of_settings(settings.EMAIL_URL, bulk)
    transport.carry(posts, told, lambda: monotonic() > ends or stop())
    return len(letters) - await_answers({letter.pk for letter, _ in posts}, outcomes)


def await_answers(awaited: set[int], outcomes: SimpleQueue[Outcome]) -> int:
    """Settle as the answers come; meanwhile nobody else may take up the letters that are still under way.

    How many were given back.
    """
    given_back = 0
    half_lease = settings.MAIL_LEASE_SECONDS / 2
    renewed = monotonic()
    while awaited:
        some = note_taken(outcomes, half_lease)
        late = [one.letter for one in some if isinstance(one.refusal, NotHandedOver)]
        if late:
            give_back_letters(late)
        end_batch([one for one in some if not isinstance(one.refusal, NotHandedOver)])
        given_back += len(late)
        awaited -= {one.letter.pk for one in some}
        if monotonic() - renewed >= half_lease:
            renew_lease(awaited)
            renewed = monotonic()
    return given_back


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
