"""Ada, who deletes her account, and all that hangs on it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from conftest import person
from matricula.accounts.models import Account
from matricula.invitations.models import Invitation
from matricula.joining.models import Arrival
from matricula.learning.enrolments import start_course, start_specialization
from matricula.leaving.deletion.deleting import delete_account
from matricula.leaving.deletion.erasing import erase_some
from matricula.leaving.models import Deletion
from matricula.leaving.tests.two_lives import joined, program_of, proven
from matricula.organizations.models import Organization
from tests.learners import do_everything, do_lessons, short_course, specialization_of

COMPARED = (
    "accounts_emailaddress",
    "credentials_certificate",
    "identities_identity",
    "invitations_invitation",
    "joining_arrival",
    "learning_enrolment",
    "learning_progress",
    "learning_specializationenrolment",
    "organizations_affiliation",
    "organizations_role",
    "programs_group_managers",
    "programs_membership",
    "programs_membership_groups",
    "programs_program",
)
"""Every table that deleting and taking back touch, but for what ends for good."""


class OneLife:
    """ACME, where she learns and is an owner beside Bruno; Globex, where she learns."""

    def __init__(self) -> None:
        self.ada, self.bruno = (
            person("Ada Lovelace", "ada@home.example"),
            person("Bruno", "bruno@acme.example"),
        )
        self.acme = Organization.objects.create(slug="acme", name="ACME")
        self.globex = Organization.objects.create(slug="globex", name="Globex")
        self.done = short_course(self.acme, "done", "a")
        self.begun = short_course(self.acme, "begun", "a", "b")
        self.series = specialization_of(self.done)
        self.welcome = program_of(self.acme, "Welcome", self.done, self.begun, seats=5)
        self.growth = program_of(self.globex, "Growth", self.begun, seats=5)
        self.welcome.specializations.add(self.series)
        self.member = joined(self.welcome, self.ada, "ada@acme.example")
        self.elsewhere = joined(self.growth, self.ada, "ada@globex.example")
        self.ada.addresses.create(address="ada@acme.example", confirmed_at=timezone.now())
        self.ada.addresses.create(address="typo@home.example")
        do_everything(self.done, self.member)
        do_lessons(start_course(course=self.begun, membership=self.elsewhere), "a")
        start_specialization(specialization=self.series, membership=self.member)
        self.hang_on()

    def hang_on(self) -> None:
        for one in (self.ada, self.bruno):
            self.acme.roles.create(account=one, kind="owner")
        self.group = self.growth.groups.create(name="Fitters")
        self.elsewhere.groups.add(self.group)
        self.group.managers.add(self.ada)
        self.connection = self.globex.connections.create(
            kind="oidc", name="Globex", state="live", tested_at=timezone.now()
        )
        self.identity = self.connection.identities.create(subject="ada", account=self.ada)
        self.invitation = Invitation.objects.create(
            program=self.welcome, address="ada@acme.example", state="joined", accepted_by=self.ada
        )
        self.waiting = Invitation.objects.create(program=self.growth, address="ada.home@home.example")
        Arrival.objects.create(program=self.growth, invitation=self.waiting, channel="mail", account=self.ada)


def deleted(account: Account, **more: Any) -> Deletion:
    return delete_account(proven=proven(account, **more))


def let_a_week_pass(deletion: Deletion) -> None:
    then = timezone.now().replace(microsecond=0) - timedelta(days=8)
    Deletion.objects.filter(pk=deletion.pk).update(made_at=then, take_until=then + timedelta(days=7))
    deletion.refresh_from_db()


def erase_all() -> int:
    """How many steps it took."""
    steps = 0
    while erase_some():
        steps += 1
    return steps
