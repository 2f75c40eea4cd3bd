"""Ada Lovelace, who has two accounts, and what each of them has."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from conftest import person
from matricula.accounts.models import Account, EmailAddress
from matricula.credentials.models import Certificate
from matricula.learning.enrolments import start_course, start_specialization
from matricula.learning.models import Enrolment
from matricula.leaving.combining.combining import Asked, Proven, combine
from matricula.leaving.models import Combining
from matricula.organizations.models import Affiliation, Organization
from matricula.programs.memberships import enter_program
from matricula.programs.models import Membership, Program
from tests.learners import do_everything, do_lessons, short_course, specialization_of

COMPARED = (
    "accounts_emailaddress",
    "credentials_certificate",
    "identities_identity",
    "invitations_invitation",
    "joining_arrival",
    "learning_enrolment",
    "learning_progress",
    "learning_lessonnote",
    "learning_specializationenrolment",
    "organizations_affiliation",
    "organizations_role",
    "programs_group_managers",
    "programs_membership",
    "programs_membership_groups",
    "programs_program",
    "roles_appointment",
)
"""Every table that combining touches, but for what ends for good: sessions, links, codes."""


def proven(account: Account, **more: Any) -> Proven:
    account.refresh_from_db()
    return Proven(account.pk, account.get_session_auth_hash(), "password", timezone.now(), **more)


def asked_for(kept: Account, given_up: Account, **more: Any) -> Asked:
    return Asked(kept=proven(kept), given_up=proven(given_up), **more)


def combined(kept: Account, given_up: Account, **more: Any) -> Combining:
    asked = asked_for(kept, given_up, **more)
    return combine(asked=asked, digest=asked.ledger(now=timezone.now()).look()[1])


def contents(*tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of `tables`, as the database has them."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables or COMPARED:
            cursor.execute(f"SELECT * FROM {table}")
            names = [one[0] for one in cursor.description]
            found[table] = sorted(
                (tuple(zip(names, row, strict=True)) for row in cursor.fetchall()), key=repr
            )
    return found


def joined(program: Program, account: Account, work_email: str) -> Membership:
    tie = Affiliation.objects.filter(organization=program.organization_id, account=account).live()
    if not tie.exists():
        Affiliation.objects.create(
            organization_id=program.organization_id, account=account, work_email=work_email
        )
    return enter_program(program=program, account=account)


def program_of(organization: Organization, name: str, *courses: Any, seats: int | None = None) -> Program:
    made: Program = organization.programs.create(slug=name.lower(), name=name, seats=seats)
    made.courses.add(*courses)
    return made


class TwoLives:
    """Here: home and ACME. There: another home and Globex, and a program of ACME's that she left there."""

    def __init__(self) -> None:
        self.here, self.there = (
            person("Ada Lovelace", "ada@home.example"),
            person("Ada King", "king@home.example"),
        )
        self.acme = Organization.objects.create(slug="acme", name="ACME")
        self.globex = Organization.objects.create(slug="globex", name="Globex")
        self.both = short_course(self.acme, "both", "a", "b", "c")
        self.pooled = short_course(self.acme, "pooled", "a", "b")
        self.done = short_course(self.acme, "done", "a")
        self.only_there = short_course(self.globex, "only-there", "a", "b")
        self.series = specialization_of(self.done, self.only_there)
        self.welcome = program_of(self.acme, "Welcome", self.both, self.pooled, self.done, seats=5)
        self.growth = program_of(self.globex, "Growth", self.only_there, self.both, self.pooled, self.done)
        self.growth.specializations.add(self.series)
        self.member_here = joined(self.welcome, self.here, "ada@acme.example")
        self.member_there = joined(self.growth, self.there, "aking@globex.example")
        self.work = EmailAddress.objects.create(
            account=self.there, address="aking@globex.example", confirmed_at=timezone.now()
        )
        self.learn()
        self.hang_on()

    def learn(self) -> None:
        here, there = self.member_here, self.member_there
        do_lessons(start_course(course=self.both, membership=here), "a")
        do_lessons(start_course(course=self.both, membership=there), "a", "b")
        do_lessons(start_course(course=self.pooled, membership=here), "a")
        do_lessons(start_course(course=self.pooled, membership=there), "b")
        do_everything(self.done, here)
        do_everything(self.done, there)
        do_everything(self.only_there, there)
        start_specialization(specialization=self.series, membership=there)

    def hang_on(self) -> None:
        """Groups, a role, an identity, an arrival, unconfirmed addresses."""
        self.group = self.growth.groups.create(name="Fitters")
        self.member_there.groups.add(self.group)
        self.role = self.globex.roles.create(account=self.there, kind="viewer")
        self.group.managers.add(self.there)
        connection_there = self.globex.connections.create(
            kind="oidc", name="Globex", state="live", tested_at=timezone.now()
        )
        self.identity = connection_there.identities.create(subject="ada", account=self.there)
        EmailAddress.objects.create(account=self.there, address="typo@home.example")
        EmailAddress.objects.create(account=self.here, address="aking@globex.example")

    def enrolment(self, account: Account, course: Any) -> Enrolment:
        return Enrolment.objects.get(account=account, course=course)

    def certificates(self, account: Account) -> set[str]:
        return set(Certificate.objects.filter(account=account).values_list("title", flat=True))


def let_days_pass(combining: Combining, days: int = 15) -> None:
    then = timezone.now() - timedelta(days=days)
    until = then + timedelta(days=14)
    Combining.objects.filter(pk=combining.pk).update(made_at=then, undo_until=until)
    combining.refresh_from_db()
