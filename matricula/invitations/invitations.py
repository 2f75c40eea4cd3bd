"""Inviting by e-mail, and writing to the invited again."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, OuterRef, Subquery
from django.utils import timezone

from matricula.accounts.mailboxes import hold_accounts_listing
from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.queries import first_or_none
from matricula.invitations.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationAnswered,
    LetterJustSent,
    NoWorkEmail,
)
from matricula.invitations.models import (
    INVITATION,
    REMINDER,
    REPLACES,
    RUNNING,
    Invitation,
    InvitationQuerySet,
    Round,
    invitation_expiry,
)
from matricula.invitations.settlement import refuse_member, settle_members
from matricula.mail.addresses import canonical
from matricula.mail.models import BETWEEN_LETTERS, Letter
from matricula.organizations.models import Affiliation
from matricula.programs.errors import GroupElsewhere, ProgramEnded
from matricula.programs.models import Group, Membership, Program
from matricula.programs.terms import NO_TERMS, Terms


@transaction.atomic
def invite_person(
    *,
    program: Program,
    address: str,
    invited_by: Account | None,
    name: str = "",
    terms: Terms = NO_TERMS,
) -> Invitation | None:
    """Invite one person: row, audit line and letter together. None when a live invitation exists already.

    Without a language among them the letter is in the organization's. Raises ProgramEnded, AlreadyMember.
    """
    if program.has_ended:
        raise ProgramEnded
    hold_accounts_listing(canonical(address))
    refuse_member(program=program, address=address)
    invitation = Invitation(program=program, address=address, name=name, invited_by=invited_by)
    invitation.expires_at = invitation_expiry(program)
    try:
        terms.with_language_of(program.organization).save_with(invitation)
    except IntegrityError:
        return None
    queue_letter(invitation)
    record("invitation.created", actor=invited_by, organization=program.organization_id, subject=invitation)
    return invitation


def invite_as(*, old: Invitation, address: str, invited_by: Account | None) -> Invitation | None:
    """Invite to all that `old` invited to. None when `address` has a live invitation.

    Raises ProgramEnded, AlreadyMember.
    """
    return invite_person(
        program=old.program,
        address=address,
        invited_by=invited_by,
        name=old.name,
        terms=Terms.of(old),
    )


def queue_letter(invitation: Invitation) -> None:
    invitation.letter = new_letter(invitation, INVITATION)
    invitation.letter.save()
    invitation.state, invitation.remind_at = Invitation.State.QUEUED, None
    invitation.save(update_fields=["letter", "canonical", "state", "remind_at"])


def new_letter(invitation: Invitation, kind: str) -> Letter:
    return Letter(
        kind=kind,
        to=invitation.address,
        language=invitation.language,
        reference=invitation.pk,
        organization_id=invitation.program.organization_id,
        bulk=True,
        context={REPLACES: True} if invitation.letter_id else {},
    )


@transaction.atomic
def send_invitation_again(*, invitation: Invitation, actor: Account | None) -> None:
    """A new letter with a new link; when it has left, those before it end.

    Raises InvitationAnswered, also when it was withdrawn or its person joined otherwise meanwhile,
    LetterJustSent, ProgramEnded.
    """
    if invitation.program.has_ended:
        raise ProgramEnded
    # Held: of two who press at once, the second finds the letter of the first.
    locked = first_or_none(Invitation.objects.live().select_for_update().filter(pk=invitation.pk))
    if locked is None:
        raise InvitationAnswered
    if locked.letter and locked.letter.queued_at > timezone.now() - BETWEEN_LETTERS:
        raise LetterJustSent
    if is_of_a_member(invitation):
        raise InvitationAnswered
    queue_letter(invitation)
    record(
        "invitation.sent_again",
        actor=actor,
        organization=invitation.program.organization_id,
        subject=invitation,
    )


def is_of_a_member(invitation: Invitation) -> bool:
    """Whether its person is in the program already: nobody writes to them."""
    try:
        refuse_member(program=invitation.program, address=invitation.address)
    except AlreadyMember:
        return True
    return False


@transaction.atomic
def renew_invitation(*, invitation: Invitation, actor: Account | None) -> None:
    """Send again; an expired one is open once more. Raises what `send_invitation_again` does."""
    if invitation.is_expired:
        until = invitation_expiry(invitation.program)
        Invitation.objects.live().filter(pk=invitation.pk).update(expires_at=until)
    send_invitation_again(invitation=invitation, actor=actor)


@transaction.atomic
def send_all_again(*, program: Program, actor: Account | None) -> int:
    """Write to everybody in `program` who has not answered and was not written to just now, from the worker
    (`rounds.py`). How many that is; 0 also while such a round is under way."""
    waiting = due_for_another_letter(Invitation.objects.filter(program=program))
    expected, last = waiting.aggregate(n=Count("pk"), last=Max("pk")).values()
    if not expected:
        return 0
    try:
        with transaction.atomic():
            Round.objects.create(program=program, asked_by=actor, expected=expected, last=last)
    except IntegrityError:
        return 0
    record(
        "invitation.all_sent_again",
        actor=actor,
        organization=program.organization_id,
        subject=program,
        after={"letters": expected},
    )
    return int(expected)


def due_for_another_letter(rows: InvitationQuerySet) -> InvitationQuerySet:
    """The open and unanswered among `rows` that had a letter, though not within the last ten minutes."""
    quiet_since = timezone.now() - BETWEEN_LETTERS
    return rows.open().filter(letter__queued_at__lte=quiet_since)


def queue_letters(invitations: list[Invitation], kind: str = INVITATION) -> int:
    """New letters to many, but to no member; reminding waits for them to arrive. How many are written."""
    invitations = without_members(invitations)
    Letter.objects.bulk_create([new_letter(one, kind) for one in invitations])
    newest = Letter.objects.filter(kind=kind, reference=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    news = {"reminders_sent": F("reminders_sent") + 1} if kind == REMINDER else {}
    rows = Invitation.objects.filter(pk__in=[one.pk for one in invitations])
    rows.update(letter_id=Subquery(newest), state=Invitation.State.QUEUED, remind_at=None, **news)
    return len(invitations)


def without_members(invitations: list[Invitation]) -> list[Invitation]:
    """Those of people who are in the program already are answered instead."""
    rows = Invitation.objects.filter(pk__in=[one.pk for one in invitations])
    programs = {one.program_id: one.program for one in invitations}
    if not sum([settle_members(rows, program) for program in programs.values()]):
        return invitations
    live = set(rows.live().values_list("pk", flat=True))
    return [one for one in invitations if one.pk in live]


@transaction.atomic
def correct_address(*, invitation: Invitation, address: str, actor: Account | None) -> Invitation:
    """A new invitation to `address` takes the place of one whose letter failed.

    Raises InvitationAnswered, AlreadyInvited, AlreadyMember, ProgramEnded.
    """
    hold_accounts_listing(invitation.canonical, canonical(address))
    if not invitation.settle(Invitation.State.REVOKED):
        raise InvitationAnswered
    made = invite_as(old=invitation, address=address, invited_by=actor)
    if made is None:
        raise AlreadyInvited
    Invitation.objects.filter(pk=invitation.pk).update(superseded_by=made)
    record(
        "invitation.corrected",
        actor=actor,
        organization=made.program.organization_id,
        subject=invitation,
        before={"address": invitation.address},
        after={"address": address},
    )
    return made


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, actor: Account | None) -> bool:
    """True when the invitation was still open to be revoked."""
    done = invitation.settle(Invitation.State.REVOKED)
    if done:
        record(
            "invitation.revoked",
            actor=actor,
            organization=invitation.program.organization_id,
            subject=invitation,
        )
    return done


@transaction.atomic
def add_invitation_to_group(*, invitation: Invitation, group: Group, actor: Account | None) -> None:
    """Whoever answers it will be in the group too. Raises InvitationAnswered, GroupElsewhere."""
    if group.program_id != invitation.program_id:
        raise GroupElsewhere
    # Held: whoever joins at the same moment takes the groups that stand here then.
    locked = first_or_none(Invitation.objects.live().select_for_update().filter(pk=invitation.pk))
    if locked is None:
        raise InvitationAnswered
    locked.groups.add(group)
    record(
        "invitation.group_added",
        actor=actor,
        organization=invitation.program.organization_id,
        subject=invitation,
        after={"group": group.pk},
    )


@transaction.atomic
def decline_invitation(*, invitation: Invitation) -> bool:
    """This is not for me. True when the invitation was still open."""
    done = invitation.settle(Invitation.State.DECLINED)
    if done:
        record("invitation.declined", organization=invitation.program.organization_id, subject=invitation)
    return done


@transaction.atomic
def invite_person_back(
    *, membership: Membership, actor: Account | None, groups: Iterable[Group] = ()
) -> Invitation:
    """Answering it brings the old membership back with its progress, and in `groups`, no others.

    Raises NoWorkEmail, AlreadyInvited, AlreadyMember, ProgramEnded.
    """
    work_email = last_work_email(membership)
    if not work_email:
        raise NoWorkEmail
    made = invite_person(
        program=membership.program,
        address=work_email,
        invited_by=actor,
        name=membership.account.full_name,
        terms=Terms(groups=groups),
    )
    if made is None:
        raise AlreadyInvited
    return made


def last_work_email(membership: Membership) -> str:
    """What the organization knows this person by, or knew them by last; never a personal address."""
    organization = membership.program.organization_id
    ties = Affiliation.objects.filter(organization=organization, account=membership.account_id)
    return ties.live_first().values_list("work_email", flat=True).first() or ""


EXPIRED_AT_ONCE = 5_000


def mark_expired() -> bool:
    """A batch of those whose time is over; True when there may be more."""
    over = Invitation.objects.filter(standing__in=RUNNING, expires_at__lte=timezone.now())
    batch = list(over.order_by("expires_at").values_list("pk", flat=True)[:EXPIRED_AT_ONCE])
    Invitation.objects.filter(pk__in=batch).update(lapsed_at=F("expires_at"))
    return len(batch) == EXPIRED_AT_ONCE
