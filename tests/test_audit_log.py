"""Ada's whole way, and Bruno's part in it, line by line."""

import re

import pytest
from django.db import transaction

from conftest import PASSWORD
from matricula.audit.models import Entry
from matricula.invitations.invitations import invite_person, revoke_invitation
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def lines():
    return list(Entry.objects.order_by("id").values_list("verb", flat=True))


def test_each_verb_of_joining_and_leaving_writes_exactly_one_line(client, link, course, program, bruno):
    client.get(link)
    base = client.post("/join/now/")["Location"].removesuffix("courses/")
    client.post(f"{base}start/course/{course.public_id}/")
    form = {"full_name": "Ada", "alternative_email": "ada@home.example", "password": PASSWORD}
    client.post(f"{base}account/", form)
    deliver_due()
    letter = InboxLetter.objects.get(to="ada@nordlicht.example", letter__kind="accounts.confirmation")
    code = re.search(r"^\d{6}$", letter.text, re.M)[0]
    for _ in range(2):
        client.post(f"{base}confirm/", {"code": code})
    for _ in range(2):
        member = Membership.objects.get()
        end_membership(membership=member, actor=bruno, state=Membership.State.REMOVED)
    assert lines() == [
        "invitation.created",
        "account.created",
        "address.confirmed",
        "membership.began",
        "course.started",
        "arrival.finished",
        "membership.ended",
        "affiliation.ended",
        "address.power_promised_to_end",
    ]


def test_what_was_done_already_writes_no_second_line(program, bruno, invitation):
    invite_person(program=program, address="ADA@nordlicht.example", invited_by=bruno)
    assert [revoke_invitation(invitation=invitation, actor=bruno) for _ in range(2)] == [True, False]
    assert lines() == ["invitation.created", "invitation.revoked"]


def test_work_that_is_rolled_back_leaves_no_line(program, bruno):
    with transaction.atomic():
        invite_person(program=program, address="dana@nordlicht.example", invited_by=bruno)
        assert lines() == ["invitation.created"]
        transaction.set_rollback(True)
    assert lines() == []
