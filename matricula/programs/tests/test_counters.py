"""The numbers kept are those a count from scratch would find, whatever happens and in whatever order."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from conftest import person
from matricula.invitations.invitations import (
    correct_address,
    decline_invitation,
    invite_person,
    mark_expired,
    revoke_invitation,
)
from matricula.invitations.models import Invitation
from matricula.learning.enrolments import start_course
from matricula.learning.models import Enrolment
from matricula.programs.counting import counted_numbers, fold_changes
from matricula.programs.groups import delete_group
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Count, CountChange, Group, Membership, Program
from matricula.programs.recount import recount_programs, wrong_numbers
from matricula.programs.terms import Terms
from matricula.reporting.numbers import funnel

pytestmark = pytest.mark.postgres

THREADS = 40


class Story:
    """What may happen in a program, one thing after the other, each to somebody by chance."""

    def __init__(self, program, bruno, course, seed):
        self.program, self.bruno, self.course = program, bruno, course
        self.chance, self.people = random.Random(seed), 0

    def happen(self):
        names = (
            "invited invited joined joined started completed grouped ungrouped ended revived answered opened"
            " corrected lapsed revoked group_deleted account_deleted imported folded"
        )
        getattr(self, self.chance.choice(names.split()))()

    def folded(self):
        fold_changes()

    def one_of(self, rows):
        found = list(rows.order_by("pk"))
        return self.chance.choice(found) if found else None

    def address(self):
        self.people += 1
        return f"p{self.people}@nordlicht.example"

    def invited(self):
        group = self.chance.choice([None, Group.objects.first()])
        invite_person(
            program=self.program,
            address=self.address(),
            invited_by=self.bruno,
            terms=Terms(groups=[group] if group else []),
        )

    def imported(self):
        rows = [
            Invitation(
                program=self.program, organization=self.program.organization, address=name, canonical=name
            )
            for name in (self.address() for _ in range(5))
        ]
        Invitation.objects.bulk_create(rows)

    def joined(self):
        enter_program(program=self.program, account=person(f"P {self.people}", self.address()))

    def started(self):
        if member := self.one_of(Membership.objects):
            start_course(course=self.course, membership=member)

    def completed(self):
        if one := self.one_of(Enrolment.objects.filter(completed_at=None)):
            Enrolment.objects.filter(pk=one.pk).update(completed_at=timezone.now())

    def grouped(self):
        group, _ = Group.objects.get_or_create(
            program=self.program, name=self.chance.choice(["Grid", "Sales"])
        )
        if member := self.one_of(Membership.objects):
            member.groups.add(group)

    def ungrouped(self):
        if member := self.one_of(Membership.objects.exclude(groups=None)):
            member.groups.clear()

    def group_deleted(self):
        if self.chance.random() < 0.2 and (group := self.one_of(Group.objects)):
            delete_group(group=group, actor=self.bruno)

    def ended(self):
        if member := self.one_of(Membership.objects.active()):
            end_membership(membership=member, actor=self.bruno, state=Membership.State.LEFT)

    def revived(self):
        if member := self.one_of(Membership.objects.exclude(state="active")):
            enter_program(program=self.program, account=member.account)

    def account_deleted(self):
        if member := self.one_of(Membership.objects.filter(account__enrolments=None)):
            member.account.addresses.all().delete()
            Invitation.objects.filter(accepted_by=member.account).delete()
            end_membership(membership=member, actor=None, state=Membership.State.LEFT)
            Membership.objects.filter(pk=member.pk).delete()

    def opened(self):
        Invitation.objects.filter(pk__in=self.some()).update(opened_at=timezone.now())

    def some(self):
        one = self.one_of(Invitation.objects)
        return [one.pk] if one else []

    def answered(self):
        if one := self.one_of(Invitation.objects.open()):
            if self.chance.random() < 0.5:
                decline_invitation(invitation=one)
            else:
                one.settle(Invitation.State.JOINED, account=self.bruno)

    def revoked(self):
        if one := self.one_of(Invitation.objects.open()):
            revoke_invitation(invitation=one, actor=self.bruno)

    def corrected(self):
        if one := self.one_of(Invitation.objects.open()):
            correct_address(invitation=one, address=self.address(), actor=self.bruno)

    def lapsed(self):
        past = timezone.now() - timedelta(days=self.chance.choice([1, -1]))
        Invitation.objects.filter(pk__in=self.some()).update(expires_at=past)
        mark_expired()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_the_numbers_are_right_whatever_happens(program, bruno, course, seed):
    Program.objects.update(seats=None)
    program.refresh_from_db()
    story = Story(program, bruno, course, seed)
    for _ in range(40):
        for _ in range(3):
            story.happen()
        assert wrong_numbers() == []
    assert funnel(program.organization)["invited"] == Invitation.objects.exclude(standing="corrected").count()
    assert counted_numbers([program.pk], "standing")["standing"] == {
        one: Invitation.objects.filter(standing=one).count()
        for one in Invitation.objects.values_list("standing", flat=True)
    } | {one: 0 for one, n in counted_numbers([program.pk], "standing")["standing"].items() if not n}


@pytest.mark.django_db
def test_folding_changes_no_number_and_leaves_nothing_to_fold(program, bruno):
    for n in range(3):
        invite_person(program=program, address=f"p{n}@nordlicht.example", invited_by=bruno)
    before = counted_numbers([program.pk], "standing", "invited_on")
    assert fold_changes() is False
    assert (CountChange.objects.count(), counted_numbers([program.pk], "standing", "invited_on")) == (
        0,
        before,
    )


@pytest.mark.django_db
def test_a_wrong_number_is_found_and_made_right(program, invitation):
    fold_changes()
    Count.objects.filter(what="standing").update(n=7)
    assert wrong_numbers() == [(program.pk, "standing", "queued", -6)]
    recount_programs()
    assert wrong_numbers() == []


@pytest.mark.django_db(transaction=True)
def test_races_forty_threads_at_once_leave_every_number_right(program, bruno, course):
    """All join one group, half of them start a course at the same time as they are put into it."""
    Program.objects.update(seats=None)
    group = program.groups.create(name="Grid")
    members = [
        enter_program(program=program, account=person(f"P {n}", f"p{n}@home.example"))
        for n in range(THREADS // 2)
    ]

    def act(n):
        member = members[n // 2]
        try:
            if n % 2:
                with transaction.atomic():
                    member.groups.add(group)
                    invite_person(
                        program=program,
                        address=f"i{n}@nordlicht.example",
                        invited_by=bruno,
                        terms=Terms(groups=[group]),
                    )
            else:
                start_course(course=course, membership=member)
                fold_changes()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(act, range(THREADS)))
    assert wrong_numbers() == []
    half = {str(group.pk): THREADS // 2}
    kinds = ("group_joined", "group_started", "group_invited")
    assert [counted_numbers([program.pk], *kinds)[kind] for kind in kinds] == [half] * 3
    assert connection.vendor == "sqlite" or Count.objects.exists()
