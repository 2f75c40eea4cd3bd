"""People in every state: learning, finished, gone; invited, waiting, declined, out of reach."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from matricula.accounts.models import Account, EmailAddress
from matricula.catalog.models import Course
from matricula.credentials.certificates import ISSUED
from matricula.credentials.models import Certificate
from matricula.invitations.invitations import decline_invitation, invite_person, revoke_invitation
from matricula.invitations.models import Invitation
from matricula.joining.direct_links import make_direct_link
from matricula.joining.requests import ask_administrator
from matricula.learning.completion import finish_lesson
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Group, Membership, Program
from matricula.programs.terms import Terms

# name, group, days ago, lessons done of the first course and then of the next (None: not started)
MEMBERS: list[tuple[str, str, int, int | None]] = [
    ("Emre Yıldız", "Grid operations", 41, 8),
    ("Fatima Haddad", "Grid operations", 38, 99),
    ("Grace Lindqvist", "Customer care", 34, 2),
    ("Hugo Marchetti", "Customer care", 33, 7),
    ("Ines Duarte", "Head office", 27, 1),
    ("Jonas Brandt", "Grid operations", 21, 3),
    ("Kavya Raman", "Head office", 16, 11),
    ("Lars Eriksen", "Grid operations", 12, 0),
    ("Mariam Sow", "Customer care", 9, 2),
    ("Nils Vogel", "Head office", 5, None),
    ("Olga Petrova", "Customer care", 2, 1),
]
# name, group, days ago, what became of the invitation
INVITED = [
    ("Paulo Reis", "Head office", 20, "expired"),
    ("Qadir Aslan", "Customer care", 15, "declined"),
    ("Rosa Blum", "Grid operations", 11, "revoked"),
    ("Sven Holm", "Customer care", 8, "failed"),
    ("Tomoko Abe", "Head office", 6, "opened"),
    ("Uma Nair", "Grid operations", 3, "sent"),
]


def settle_in(program: Program, bruno: Account, password: str) -> None:
    """Fill `program` with people. `password` is hashed already: everybody has the same."""
    for name, group, days, done in MEMBERS:
        joined(program, bruno, name, password, group, days, done)
    for name, group, days, fate in INVITED:
        invited(program, bruno, name, group, days, fate)
    link, _ = make_direct_link(
        program=program,
        actor=bruno,
        label="Intranet, first page",
        max_uses=50,
        allowed_domains=["nordlicht.example"],
        expires_at=timezone.now() + timedelta(days=90),
    )
    link.use()


def joined(
    program: Program, bruno: Account, name: str, password: str, group: str, days: int, done: int | None
) -> Membership:
    """Somebody who was invited `days` ago, joined the day after, and did `done` lessons."""
    work = address_of(name, program)
    account = newcomer(name, work, password)
    part = group_of(program, group)
    invitation = invite_person(
        program=program, address=work, name=name, invited_by=bruno, terms=Terms(groups=[part])
    )
    if invitation:
        delivered(invitation)
        invitation.settle(Invitation.State.JOINED, account=account)
        backdate(invitation, days)
    membership = enter_program(program=program, account=account)
    membership.groups.add(part)
    Affiliation.objects.create(organization=program.organization, account=account, work_email=work)
    if done is not None:
        learn(membership, done)
    joined_at = timezone.now() - timedelta(days=days - 1)
    Membership.objects.filter(pk=membership.pk).update(joined_at=joined_at)
    Enrolment.objects.filter(membership=membership).update(
        started_at=joined_at, completed_at=F("completed_at") - timedelta(days=days // 2)
    )
    Certificate.objects.filter(account=account).update(issued_at=timezone.now() - timedelta(days=days // 2))
    return membership


def learn(membership: Membership, done: int) -> None:
    """The first `done` lessons of the first two courses, one after the other."""
    for course in membership.program.courses.order_by("title")[:2]:
        enrolment = start_course(course=course, membership=membership)
        lessons = course.lessons.order_by("module__position", "position")
        for lesson in lessons[:done]:
            finish_lesson(enrolment=enrolment, lesson=lesson, score=90 if lesson.kind == "quiz" else None)
        done -= len(lessons)
        if done <= 0:
            return


def invited(program: Program, bruno: Account, name: str, group: str, days: int, fate: str) -> None:
    work, terms = address_of(name, program), Terms(groups=[group_of(program, group)])
    invitation = invite_person(program=program, address=work, name=name, invited_by=bruno, terms=terms)
    if invitation is None:
        return
    if fate == "failed":
        unreachable(invitation)
    else:
        delivered(invitation)
    if fate == "declined":
        decline_invitation(invitation=invitation)
    if fate == "revoked":
        revoke_invitation(invitation=invitation, actor=bruno)
    if fate == "opened":
        Invitation.objects.filter(pk=invitation.pk).update(opened_at=timezone.now())
    backdate(invitation, days)
    if fate == "expired":
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(days=1))
        ask_administrator(reason="expired", invitation=invitation)


def group_of(program: Program, name: str) -> Group:
    return Group.objects.get_or_create(program=program, name=name)[0]


def delivered(invitation: Invitation) -> None:
    """Its letter went out long ago: the demonstration sends it nowhere."""
    now = timezone.now()
    Letter.objects.filter(pk=invitation.letter_id or 0).update(state=Letter.State.SENT, ended_at=now)
    Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.SENT, sent_at=now)
    invitation.refresh_from_db()


def unreachable(invitation: Invitation) -> None:
    words = "550 5.1.1 No such mailbox here"
    Letter.objects.filter(pk=invitation.letter_id or 0).update(
        state=Letter.State.FAILED, ended_at=timezone.now(), error=words
    )
    Invitation.objects.filter(pk=invitation.pk).update(state=Invitation.State.FAILED, sent_at=timezone.now())


def backdate(invitation: Invitation, days: int) -> None:
    """As if it had been written `days` ago."""
    span = timedelta(days=days)
    Invitation.objects.filter(pk=invitation.pk).update(
        created_at=F("created_at") - span,
        sent_at=F("sent_at") - span,
        opened_at=F("opened_at") - span,
        answered_at=F("answered_at") - span + timedelta(days=1),
    )
    Letter.objects.filter(pk=invitation.letter_id or 0).update(queued_at=F("queued_at") - span)


def alumna(program: Program, account: Account, course: Course) -> None:
    """Somebody who learned here, left, and kept the certificate."""
    membership = enter_program(program=program, account=account)
    enrolment = start_course(course=course, membership=membership)
    for lesson in course.lessons.all():
        finish_lesson(enrolment=enrolment, lesson=lesson, score=100 if lesson.kind == "quiz" else None)
    end_membership(membership=membership, actor=account, state=Membership.State.LEFT)


def forget_letters_of_long_ago() -> None:
    """Those about certificates were read when they came: the demonstration sends them nowhere."""
    letters = Letter.objects.filter(kind=ISSUED)
    letters.update(state=Letter.State.SENT, ended_at=timezone.now())


def newcomer(name: str, work: str, password: str) -> Account:
    account = Account.objects.create(full_name=name, password=password)
    now = timezone.now()
    EmailAddress.objects.create(account=account, address=work, confirmed_at=now, is_primary=True)
    return account


def address_of(name: str, program: Program) -> str:
    first = name.split()[0].lower()
    return f"{first}@{program.organization.slug}.example"
