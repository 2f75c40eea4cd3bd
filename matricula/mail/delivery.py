"""Delivering what is due. A batch is leased, composed, committed, sent and ended as the answers come, so a
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
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from matricula.jobs.worker import stop_of_this_turn
from matricula.mail.composition import compose_message, one_line
from matricula.mail.envelopes import Unwritable
from matricula.mail.leases import lease_letters, renew_lease, return_allowance
from matricula.mail.models import Letter, Sending
from matricula.mail.sending import give_probe_back, letters_that_may_leave, note_closed, note_open
from matricula.mail.signals import letters_ended
from matricula.mail.smtp import CLOSED, NotHandedOver, WayClosed
from matricula.mail.transports import transport_of_settings

BATCH, FEWEST = 1000, 20
SECONDS = 2.0
"""How long letters are handed over; those that have not left by then are given back, for nobody's letter and
no stop waits longer for a slow mail server."""
ATTEMPTS = 6
NOT_NEEDED = "No longer needed."
DISCARDED = "Discarded by whoever runs the site."
TOO_LATE = "It would have come too late."
PAUSES_OF_MANY = (timedelta(seconds=30), 4, timedelta(hours=4))
PAUSES_OF_AWAITED = (timedelta(seconds=5), 2, timedelta(minutes=30))
"""After the first refusal, how many times as long after each further one, and at most."""


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
        taken, left = deliver_some(self.size, self.bulk)
        if taken:
            within_a_second = round(left / (monotonic() - began))
            self.size = max(FEWEST, min(BATCH, 4 * self.size, within_a_second))
        return taken


def deliver_due(limit: int = BATCH) -> int:
    """Deliver up to `limit` letters that are due; how many were taken up."""
    return deliver_some(limit, bulk=None)[0]


def deliver_some(limit: int, bulk: bool | None) -> tuple[int, int]:
    """How many letters were taken up, and how many of them were not given back.

    While the way out is closed, one letter at a time, of one worker.
    """
    count, is_probe = letters_that_may_leave(limit)
    leased = lease_letters(count, bulk) if count else []
    way_is_open, given_back = deliver_batch(leased, bulk) if leased else (None, 0)
    if is_probe and count:
        end_probe(way_is_open)
    return len(leased), len(leased) - given_back


def end_probe(way_is_open: bool | None) -> None:
    """None: it was never found out."""
    if way_is_open is None:
        give_probe_back()
    elif way_is_open:
        note_open()
    else:
        give_up_old_letters()


def deliver_batch(letters: list[Letter], bulk: bool | None) -> tuple[bool | None, int]:
    """Compose and commit first, so that the secrets in a letter that leaves are already known.

    Whether the way out is open, None when no letter took it; and how many were given back.
    """
    now, stop = timezone.now(), stop_of_this_turn()
    late = [one for one in letters if one.good_until is not None and one.good_until < now]
    end_letters(late, Letter.State.FAILED, TOO_LATE)
    letters = [one for one in letters if one not in late]
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
    return await_answers({letter.pk for letter, _ in posts}, outcomes)


def await_answers(awaited: set[int], outcomes: SimpleQueue[Outcome]) -> tuple[bool | None, int]:
    """Settle as the answers come; meanwhile nobody else may take up the letters that are still under way.

    Whether the way out was open for all that took it, and how many did not and were given back.
    """
    way_is_open, given_back = None, 0
    half_lease = settings.MAIL_LEASE_SECONDS / 2
    renewed = monotonic()
    while awaited:
        some = note_taken(outcomes, half_lease)
        late = [one.letter for one in some if isinstance(one.refusal, NotHandedOver)]
        if late:
            give_back(late)
            given_back += len(late)
        if took_it := [one for one in some if not isinstance(one.refusal, NotHandedOver)]:
            way_is_open = end_batch(took_it) and way_is_open is not False
        awaited -= {one.letter.pk for one in some}
        if monotonic() - renewed >= half_lease:
            renew_lease(awaited)
            renewed = monotonic()
    return way_is_open, given_back


def note_taken(outcomes: SimpleQueue[Outcome], patience: float) -> list[Outcome]:
    """All that came, waiting `patience` seconds for the first. A kill can send twice what waits here."""
    some: list[Outcome] = []
    with suppress(Empty):
        some.append(outcomes.get(timeout=patience))
        while True:
            some.append(outcomes.get_nowait())
    return some


def end_batch(outcomes: list[Outcome]) -> bool:
    """Settle what arrived in one statement, and each refusal by its words; whether the way out is open."""
    arrived = [one for one in outcomes if one.refusal is None]
    for one in arrived:
        if one.provider_id:
            Letter.objects.filter(pk=one.letter.pk).update(provider_id=one.provider_id)
    end_letters([one.letter for one in arrived], Letter.State.SENT)
    for one in outcomes:
        if one.refusal is not None and not isinstance(one.refusal, WayClosed):
            postpone_letters(one.letter, answer_words(one.refusal), final=is_final(one.refusal))
    closed = [one.refusal for one in outcomes if isinstance(one.refusal, CLOSED)]
    if closed:
        words = answer_words(closed[0])
        note_closed(words)
        give_back([one.letter for one in outcomes if isinstance(one.refusal, WayClosed)], words)
    return not closed


def answers_of(refusal: OSError) -> list[tuple[int, bytes | str]]:
    """The mail server's answers: code (RFC 5321, section 4.2) and words."""
    if isinstance(refusal, WayClosed) and isinstance(refusal.__cause__, OSError):
        return answers_of(refusal.__cause__)
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
    return one_line("; ".join(said) or str(refusal) or str(refusal.__cause__))


def postpone_letters(letter: Letter, words: str, *, final: bool) -> None:
    """Try again later, each time after a longer pause, until the letter is too old."""
    now = timezone.now()
    old = letter.attempts >= ATTEMPTS and letter.queued_at < now - Letter.LIFE
    if final or old:
        end_letters([letter], Letter.State.FAILED, words)
        return
    first, factor, longest = PAUSES_OF_MANY if letter.bulk else PAUSES_OF_AWAITED
    pause = min(first * factor ** min(letter.attempts - 1, ATTEMPTS), longest)
    held = Letter.objects.filter(pk=letter.pk, state=Letter.State.SENDING)
    held.update(state=Letter.State.QUEUED, due_at=now + pause, leased_until=None, error=words)


@transaction.atomic
def give_back(letters: list[Letter], words: str = "") -> None:
    """They were not tried: no try is spent, and nothing of the day's limit. `words` say why, if any do."""
    held = Letter.objects.filter(pk__any_of=[one.pk for one in letters], state=Letter.State.SENDING)
    back = {"state": Letter.State.QUEUED, "leased_until": None, "attempts": F("attempts") - 1}
    if held.update(**back, **({"error": words} if words else {})) == len(letters):
        return_allowance(letters)


def give_up_old_letters() -> None:
    """While the way is closed: what would come too late, and after days what has been due for as long."""
    now = timezone.now()
    queued = Letter.objects.filter(state=Letter.State.QUEUED)
    lost = Q(good_until__lt=now)
    if Sending.objects.filter(closed_since__lt=now - Letter.LIFE).exists():
        lost |= Q(due_at__lt=now - Letter.LIFE)
    give_up(queued.filter(lost))


def discard_letters() -> int:
    """Give up all that wait, as after a restore, when the site that was copied has sent them long ago."""
    number = 0
    while some := give_up(Letter.objects.filter(state=Letter.State.QUEUED), DISCARDED):
        number += some
    return number


@transaction.atomic
def give_up(letters: QuerySet[Letter], words: str = "") -> int:
    """Some of them, each with what its last refusal said unless there are better `words`; how many."""
    some = list(letters.order_by("id").select_for_update(skip_locked=True)[:BATCH])
    Letter.objects.filter(pk__any_of=[one.pk for one in some]).update(state=Letter.State.SENDING)
    for said in {one.error for one in some}:
        alike = [one for one in some if one.error == said]
        end_letters(alike, Letter.State.FAILED, words or said or TOO_LATE)
    return len(some)


@transaction.atomic
def end_letters(letters: list[Letter], state: Letter.State, error: str = "") -> None:
    """The end of the letters' way, and the news of it. What another worker ended meanwhile stays."""
    if not letters:
        return
    told = Letter.objects.filter(pk__any_of=[one.pk for one in letters])
    ended = told.filter(state=Letter.State.SENDING).update(
        state=state, error=error, ended_at=timezone.now(), leased_until=None
    )
    if ended < len(letters):
        ours = set(told.filter(state=state).values_list("pk", flat=True))
        letters = [one for one in letters if one.pk in ours]
    if ended:
        letters_ended.send(Letter, letters=letters, state=state)


@transaction.atomic
def note_bounced(letter: Letter, words: str) -> bool:
    """A letter that was taken came back, perhaps before it was noted as sent. False when that was known."""
    taken_before = Letter.objects.filter(pk=letter.pk, state__in=[Letter.State.SENT, Letter.State.SENDING])
    if not taken_before.update(
        state=Letter.State.BOUNCED, error=words, ended_at=timezone.now(), leased_until=None
    ):
        return False
    letters_ended.send(Letter, letters=[letter], state=Letter.State.BOUNCED)
    return True
