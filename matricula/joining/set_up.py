"""SIGN UP and LINK YOUR ACCOUNT: how an arrival gets its account."""

from django.conf import settings
from django.db import transaction

from matricula.accounts.confirmation import ask_to_confirm, send_confirmations
from matricula.accounts.errors import MailboxTaken, TooSoon
from matricula.accounts.mailboxes import hold_accounts_listing
from matricula.accounts.models import Account, EmailAddress
from matricula.audit.models import record
from matricula.joining.arrivals import finish_arrival, hold_people, is_trusted, may_finish
from matricula.joining.errors import CrowdedNetwork, DomainNotAllowed, NotConfirmed
from matricula.joining.models import Arrival
from matricula.mail.addresses import canonical, domain_of
from matricula.programs.memberships import refuse_removed
from matricula.security.throttling import NetworkLimit


@transaction.atomic
def sign_up(
    *,
    arrival: Arrival,
    full_name: str,
    hashed_password: str,
    alternative_email: str = "",
    language: str = "",
) -> Account:
    """A new account for this arrival, its letters in `language` or in the one the invitation came in.

    Two SIGN UPs at once make one: the second gets the first's account.
    """
    language = language or invited_in(arrival)
    if is_trusted(arrival):
        hold_accounts_listing(canonical(arrival.work_email))
    account = Account.objects.create(full_name=full_name, password=hashed_password, language=language)
    if not Arrival.objects.filter(pk=arrival.pk, account__isnull=True).update(account=account):
        Account.objects.filter(pk=account.pk).delete()
        arrival.refresh_from_db()
        if arrival.account is None:
            raise NotConfirmed
        return arrival.account
    arrival.account = account
    listed = [one for one in (arrival.work_email, alternative_email) if one]
    unproven = EmailAddress.objects.bulk_create(
        EmailAddress(account=account, address=one, canonical=canonical(one)) for one in listed
    )
    record("account.created", actor=account, organization=arrival.program.organization_id, subject=account)
    if is_trusted(arrival):
        unproven.pop(0)
        finish_arrival(arrival=arrival)
    work = canonical(arrival.work_email) if arrival.work_email else ""
    send_confirmations(
        unproven,
        holding={work: arrival.origin.holding} if work else {},
        about={work: letter_is_about(arrival)} if work else {},
    )
    return account


def letter_is_about(arrival: Arrival) -> dict[str, str]:
    """Whom the letter with the code greets, and what it is for: names that the organization gave. What a
    visitor calls themselves does not stand at the head of a letter to a mailbox that may be another's."""
    return {"name": arrival.origin.name, "what": arrival.program.name}


def invited_in(arrival: Arrival) -> str:
    """The language of what brought the visitor, or else the organization's."""
    return arrival.origin.terms.with_language_of(arrival.program.organization).language


@transaction.atomic
def join_as(*, arrival: Arrival, account: Account) -> None:
    """An account that proved who it is joins; its own login address stays what it is.

    Raises MailboxTaken, RemovedFromProgram, and what `finish_arrival` does.
    """
    refuse_removed(program=arrival.program, account=account, invited_at=arrival.origin.invited_at)
    hold_people(arrival, account)
    Arrival.objects.filter(pk=arrival.pk, finished_at__isnull=True).update(account=account)
    arrival.account = account
    record("arrival.linked", actor=account, organization=arrival.program.organization_id, subject=arrival)
    if arrival.work_email:
        finish_or_confirm(arrival=arrival)


@transaction.atomic
def give_work_email(*, arrival: Arrival, address: str, network: str) -> None:
    """Where a visitor works that says it themselves, or a correction; each brings an account or a letter.

    Raises AddressRefused, DomainNotAllowed, CrowdedNetwork.
    """
    allowed = arrival.origin.allowed_domains
    if allowed and domain_of(address) not in allowed:
        raise DomainNotAllowed([*allowed])
    count_address(network)
    if arrival.account and arrival.work_email:
        forget_mistyped(arrival.account, arrival.work_email, address)
    arrival.work_email = address
    arrival.save(update_fields=["work_email"])


def count_address(network: str) -> None:
    """Raises CrowdedNetwork."""
    given = NetworkLimit("address-of-a-direct-link", tries=settings.ADDRESSES_PER_NETWORK, minutes=60)
    if given.tries and not given.allows(network):
        raise CrowdedNetwork(given.free_again(network))


def forget_mistyped(account: Account, mistyped: str, address: str) -> None:
    """The unconfirmed address gives way to the corrected one, and its letters end."""
    row = account.addresses.spelled(mistyped).filter(confirmed_at__isnull=True).first()
    if row is None or canonical(address) == row.canonical:
        return
    signs_in = row.signs_in
    row.delete()
    if not account.addresses.spelled(address).exists():
        EmailAddress.objects.create(account=account, address=address, signs_in=signs_in)


def finish_or_confirm(*, arrival: Arrival) -> None:
    """Finish when nothing is missing, else write to the work e-mail. Raises MailboxTaken, ProgramFull."""
    if may_finish(arrival):
        finish_arrival(arrival=arrival)
        return
    try:
        write_code_letter(arrival)
    except TooSoon:
        return


def write_code_letter(arrival: Arrival) -> None:
    """Raises TooSoon, TooOften, MailboxTaken, NotConfirmed."""
    ask_to_confirm(
        email=work_address(arrival), holding=arrival.origin.holding, about=letter_is_about(arrival)
    )


def refuse_taken(arrival: Arrival) -> None:
    """Raises MailboxTaken when another account holds the invited mailbox: no letter brings this one on.

    Of an address that a visitor typed nothing is told: a letter asks whoever reads the mailbox.
    """
    held = EmailAddress.objects.spelled(arrival.work_email).lasting().exclude(account=arrival.account)
    if arrival.origin.reached(arrival.work_email) and held.exists():
        raise MailboxTaken


def work_address(arrival: Arrival) -> EmailAddress:
    """The account's row for the work e-mail; a linked account does not sign in with it."""
    if arrival.account is None:
        raise NotConfirmed
    refuse_taken(arrival)
    for own in EmailAddress.objects.spelled(arrival.work_email):
        if own.account_id == arrival.account.pk:
            own.account = arrival.account
            return own
    return EmailAddress.objects.create(account=arrival.account, address=arrival.work_email, signs_in=False)
