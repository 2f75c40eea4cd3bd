"""Proving a mailbox: a letter with a code and a link, of which either is enough, once."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone

from matricula.accounts.errors import CodeEnded, CodeWrong, MailboxTaken, TooOften, TooSoon
from matricula.accounts.mailboxes import hold_accounts_listing, keep_promises, take_off_others
from matricula.accounts.models import Account, Confirmation, EmailAddress, RecoveryCode, SecondFactor
from matricula.accounts.signals import account_reclaimed, address_confirmed
from matricula.audit.models import lines_together, record
from matricula.mail.addresses import canonical
from matricula.mail.models import Letter
from matricula.security.secrets import digest, digests, is_digest_of, new_code, new_link_secret
from matricula.security.throttling import LETTERS, MailboxLimit, Tally, guess

CONFIRMATION = "accounts.confirmation"
NOTHING: Mapping[str, str] = {}
NOTHING_KNOWN: Mapping[str, Mapping[str, str]] = {}
GUESSES = MailboxLimit("code")
"""Of a mailbox, whoever makes them. Who holds something that came by letter counts apart from strangers."""


@transaction.atomic
def ask_to_confirm(
    *, email: EmailAddress, holding: str = "", about: Mapping[str, str] = NOTHING
) -> Confirmation:
    """Write a new letter; the codes before it end. Raises TooSoon within the cool-down, TooOften.

    `holding` names what the person has from whoever wrote to this mailbox, such as an invitation: strangers
    who type the same address use up no letters and no tries of theirs. `about` says whom (`name`) and what
    for (`what`) the letter is, where somebody but the writer of the address vouches for these words.
    """
    cool = timezone.now() - timedelta(seconds=Confirmation.COOL_DOWN_SECONDS)
    live = email.confirmations.filter(ended_at__isnull=True)
    if any(one.requested_at > cool and one.tries < Confirmation.TRIES for one in live):
        raise TooSoon
    if live:
        live.update(ended_at=timezone.now())
    key = email.canonical
    written = send_confirmations([email], holding={key: holding}, about={key: about})
    if not written:
        raise TooOften(LETTERS.free_again(letter_counter(email, holding)))
    return written[0]


def letter_counter(email: EmailAddress, holding: str) -> str:
    """Whom letters and tries count for."""
    return f"{email.canonical}:{holding}" if holding else email.canonical


def send_confirmations(
    emails: list[EmailAddress],
    *,
    holding: Mapping[str, str] = NOTHING,
    about: Mapping[str, Mapping[str, str]] = NOTHING_KNOWN,
) -> list[Confirmation]:
    """A letter to each, without asking whether one went out a moment ago. `holding` and `about`: by canonical
    address.

    A mailbox gets so many a day and no more, whoever types its address into whatever form. They are counted
    in one order, so that two who ask for the same two at once do not wait for each other.
    """
    in_order = sorted(emails, key=lambda one: one.canonical)
    asked = [Confirmation(email=one, purpose=holding.get(one.canonical, "")) for one in in_order]
    bearable = [one for one in asked if LETTERS.allows(letter_counter(one.email, one.purpose))]
    confirmations = Confirmation.objects.bulk_create(bearable)
    Letter.objects.bulk_create(
        Letter(
            kind=CONFIRMATION,
            to=one.email.address,
            language=one.email.account.language,
            reference=one.pk,
            good_until=one.opens_until,
            context=dict(about.get(one.email.canonical, NOTHING)),
        )
        for one in confirmations
    )
    return confirmations


def mint_proofs(confirmation_id: int) -> dict[str, str]:
    """The `code` and `link` of a letter that confirms `address`; nothing when none is asked for any more."""
    rows = Confirmation.objects.select_related("email").filter(pk=confirmation_id, ended_at__isnull=True)
    confirmation = rows.first()
    if confirmation is None:
        return {}
    code, secret = new_code(), new_link_secret()
    confirmation.code_digest = digest("code", f"{confirmation.pk}:{code}")
    confirmation.link_digest = digest("confirmation", secret)
    confirmation.save(update_fields=["code_digest", "link_digest"])
    link = f"{settings.BASE_URL}/account/confirm/{secret}/"
    return {"code": code, "link": link, "address": confirmation.email.address}


def letter_came_back(*, account: Account, address: str) -> bool | None:
    """Whether the letter that holds the present code for `address` could not be delivered; None: none was
    ever written for this account."""
    asked = Confirmation.objects.filter(email__account=account, email__canonical=canonical(address))
    failed = Letter.objects.filter(kind=CONFIRMATION, reference=OuterRef("pk"), state__in=Letter.UNDELIVERED)
    back = ExpressionWrapper(Exists(failed) & Q(ended_at__isnull=True), BooleanField())
    return asked.order_by("-pk").values_list(back, flat=True).first()


def spend_try(confirmation: Confirmation) -> None:
    """Count one try of the letter before looking at the code: it has five. The link goes on working. Raises
    CodeEnded.
    """
    since = timezone.now() - timedelta(minutes=Confirmation.CODE_MINUTES)
    rows = Confirmation.objects.filter(
        pk=confirmation.pk, ended_at__isnull=True, requested_at__gt=since, tries__lt=Confirmation.TRIES
    )
    if not rows.update(tries=F("tries") + 1):
        raise CodeEnded


def confirm_by_code(*, email: EmailAddress, code: str) -> None:
    """Tries count for the letter, and for the mailbox, however many letters and accounts ask.

    Raises CodeWrong, CodeEnded, MailboxTaken, TooManyTries.
    """
    confirmation = email.confirmations.filter(ended_at__isnull=True).order_by("-id").first()
    if confirmation is None:
        raise CodeEnded
    typed = f"{confirmation.pk}:{''.join(code.split())}"

    def look() -> bool | None:
        spend_try(confirmation)
        return is_digest_of(confirmation.code_digest, "code", typed) or None

    if not guess(
        [Tally(GUESSES, letter_counter(email, confirmation.purpose))], look, given=digest("code", typed)
    ):
        confirmation.refresh_from_db(fields=["tries"])
        raise CodeWrong(Confirmation.TRIES - confirmation.tries)
    confirm_address(confirmation=confirmation)


def confirmation_of_link(secret: str) -> Confirmation:
    """The confirmation a link belongs to. Raises CodeEnded."""
    return open_confirmation(link_digest__in=digests("confirmation", secret))


def open_confirmation(**known: object) -> Confirmation:
    """The one whose link still opens something. Raises CodeEnded.

    One that was written because another address loses its power opens until that day.
    """
    now = timezone.now()
    losing = EmailAddress.objects.filter(account=OuterRef("email__account"), power_ends_at__gt=now)
    young = Q(requested_at__gt=now - timedelta(hours=Confirmation.LINK_HOURS))
    rows = Confirmation.objects.filter(young | Q(purpose=Confirmation.PARTING) & Exists(losing))
    found = rows.filter(**known, ended_at__isnull=True).select_related("email__account").first()
    if found is None:
        raise CodeEnded
    return found


@transaction.atomic
@lines_together()
def confirm_address(*, confirmation: Confirmation) -> None:
    """The mailbox is theirs. Raises CodeEnded when it was used already, MailboxTaken.

    The account is held first: of two addresses confirmed at one moment both would become primary.
    """
    hold_accounts_listing(confirmation.email.canonical)
    rows = Confirmation.objects.filter(pk=confirmation.pk, ended_at__isnull=True)
    if not rows.update(ended_at=timezone.now()):
        raise CodeEnded
    put_proof(confirmation.email)


def put_proof(email: EmailAddress) -> None:
    """Whoever reads the mailbox was here. The accounts that list it are held. Raises MailboxTaken."""
    take_off_others(email)
    kept = keep_promises(email)
    email.confirmed_at, email.power_ends_at = timezone.now(), None
    email.is_primary = email.signs_in and not any(one.is_primary for one in kept)
    try:
        email.save(update_fields=["canonical", "confirmed_at", "power_ends_at", "is_primary"])
    except IntegrityError as taken:
        raise MailboxTaken from taken
    record("address.confirmed", actor=email.account, subject=email)
    address_confirmed.send(EmailAddress, email=email)


@transaction.atomic
def reclaim_mailbox(*, confirmation: Confirmation, full_name: str, password: str) -> Account:
    """The holder of the mailbox takes an account over that nothing speaks for: what was there before goes.

    Raises CodeEnded when the account was confirmed or vouched for, MailboxTaken.
    """
    email = confirmation.email
    hold_accounts_listing(email.canonical)
    account = Account.objects.get(pk=email.account_id)
    if not account.is_claimable:
        raise CodeEnded
    account.addresses.exclude(pk=email.pk).delete()
    SecondFactor.objects.filter(account=account).delete()
    RecoveryCode.objects.filter(account=account).delete()
    account.full_name, account.certificate_name = full_name, ""
    account.set_password(password)
    account.save(update_fields=["full_name", "certificate_name", "password"])
    account.end_sessions()
    record("account.reclaimed", actor=account, subject=account)
    account_reclaimed.send(Account, account=account)
    confirm_address(confirmation=confirmation)
    return account
