"""Offering a role to an address. The account that proves the mailbox and accepts has it, and no other."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from matricula.accounts.models import Account, EmailAddress
from matricula.audit.models import record
from matricula.mail.models import BETWEEN_LETTERS, Letter
from matricula.organizations.models import Organization, Role
from matricula.organizations.ownership import hold_roles
from matricula.programs.models import Group
from matricula.roles.errors import AlreadyOffered, MailboxUnproven, OfferEnded, OfferJustSent, OffersUsedUp
from matricula.roles.letters import OFFER
from matricula.roles.models import Appointment, offer_expiry
from matricula.roles.roles import check_groups, put_role
from matricula.security.secrets import digests
from matricula.security.throttling import Limit

OFFERS = Limit("offer-role")
"""Of an organization."""


@transaction.atomic
def offer_role(
    *, organization: Organization, address: str, kind: str, groups: list[Group], actor: Account
) -> Appointment:
    """The same for addresses with and without an account.

    Raises AlreadyOffered, GroupsMissing, NotOwner, OffersUsedUp.
    """
    check_groups(kind, groups)
    hold_roles(organization.pk, actor=actor)
    if not OFFERS.allows(organization.pk):
        raise OffersUsedUp
    late = Appointment.objects.waiting().filter(organization=organization, expires_at__lte=timezone.now())
    late.update(ended_at=timezone.now())
    try:
        with transaction.atomic():
            made = Appointment.objects.create(
                organization=organization,
                address=address,
                kind=kind,
                offered_by=actor,
                expires_at=offer_expiry(organization),
            )
    except IntegrityError as waiting:
        raise AlreadyOffered from waiting
    made.groups.set(groups)
    write_offer(made)
    record(
        "role.offered", actor=actor, organization=organization, subject=made, after=appointment_facts(made)
    )
    return made


def write_offer(appointment: Appointment) -> None:
    """The secret of the link is minted when the letter is composed; links before it end then."""
    Letter.objects.create(
        kind=OFFER,
        to=appointment.address,
        language=appointment.organization.language,
        reference=appointment.pk,
        organization_id=appointment.organization_id,
    )


@transaction.atomic
def offer_again(*, appointment: Appointment, actor: Account) -> None:
    """A new letter and a new fortnight. Raises NotOwner, OfferEnded, OfferJustSent."""
    hold_roles(appointment.organization_id, actor=actor)
    rows = Appointment.objects.waiting().filter(pk=appointment.pk)
    cool = rows.filter(written_at__lt=timezone.now() - BETWEEN_LETTERS)
    if not cool.update(written_at=timezone.now(), expires_at=offer_expiry(appointment.organization)):
        raise OfferJustSent if rows.exists() else OfferEnded
    write_offer(appointment)
    record("role.offered_again", actor=actor, organization=appointment.organization_id, subject=appointment)


@transaction.atomic
def withdraw_offer(*, appointment: Appointment, actor: Account) -> bool:
    """True when it was still waiting. Raises NotOwner."""
    hold_roles(appointment.organization_id, actor=actor)
    done = Appointment.objects.waiting().filter(pk=appointment.pk).update(ended_at=timezone.now())
    if done:
        record(
            "role.offer_withdrawn", actor=actor, organization=appointment.organization_id, subject=appointment
        )
    return bool(done)


def appointment_of_link(secret: str) -> Appointment | None:
    rows = Appointment.objects.select_related("organization", "offered_by")
    return rows.filter(link_digest__in=digests("role", secret)).first()


def mailbox_row(appointment: Appointment, account: Account) -> EmailAddress:
    """The account's row for the address; a row that is added here is not for logging in."""
    row, _ = EmailAddress.objects.get_or_create(
        account=account,
        canonical=appointment.canonical,
        defaults={"address": appointment.address, "signs_in": False},
    )
    return row


@transaction.atomic
def sign_up_for(*, appointment: Appointment, full_name: str, hashed_password: str) -> Account:
    """A new account that claims the address. It proves the mailbox next, or never gets the role."""
    account = Account.objects.create(
        full_name=full_name, password=hashed_password, language=appointment.organization.language
    )
    EmailAddress.objects.create(account=account, address=appointment.address)
    record("account.created", actor=account, organization=appointment.organization_id, subject=account)
    return account


@transaction.atomic
def accept_role(*, appointment: Appointment, account: Account) -> Role:
    """Raises MailboxUnproven; OfferEnded for whoever comes second or too late; LastOwner."""
    if not account.has_confirmed(appointment.address):
        raise MailboxUnproven
    open_ones = Appointment.objects.waiting().filter(pk=appointment.pk, expires_at__gt=timezone.now())
    if not open_ones.update(ended_at=timezone.now(), accepted_by=account):
        raise OfferEnded
    return put_role(
        organization=appointment.organization,
        account=account,
        kind=appointment.kind,
        groups=list(appointment.groups.all()),
        actor=account,
    )


def appointment_facts(appointment: Appointment) -> dict[str, str]:
    return {"address": appointment.address, "role": appointment.kind}
