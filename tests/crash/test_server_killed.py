"""A server killed in the middle of people joining."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import pytest
from django.db import connection

from conftest import PASSWORD
from matricula.accounts.letters import compose_confirmation_letter
from matricula.audit.models import Entry
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.joining.models import Arrival
from matricula.learning.models import Enrolment
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation
from matricula.programs.models import Membership
from tests.crash.conftest import answers, free_port, kill, until
from tests.visiting import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, AT_ONCE, KILLED_AFTER = 36, 6, 8


def code_for(address):
    letter = Letter.objects.filter(kind="accounts.confirmation", to=address).latest("id")
    return compose_confirmation_letter(letter).values["code"]


class Joiner:
    """Goes as far as the server lets it, and begins again at the link when asked to."""

    def __init__(self, invitation, address):
        self.invitation, self.address = invitation, address
        self.link = "/join/" + mint_link(invitation, InvitationToken.Channel.MAIL).split("/join/")[1]

    def join(self):
        """True once the server has said that the course opens."""
        visitor = self.visitor = Visitor(self.address)
        if b"Join now" not in visitor.open(self.link).body:
            return self.is_member()
        base = visitor.post("/join/now/").location.removesuffix("courses/")
        course = self.invitation.program.courses.get().public_id
        visitor.open(visitor.post(f"{base}start/course/{course}/").location)
        alone = {"alternative_email": f"a{self.invitation.pk}@home.example", "password": PASSWORD}
        visitor.open(visitor.post(f"{base}account/", full_name="Ada", **alone).location)
        visitor.post(f"{base}confirm/", code=code_for(self.invitation.address))
        return visitor.get(f"{base}confirm/").location.startswith("/learn/")

    def is_member(self):
        self.invitation.refresh_from_db()
        return self.invitation.state == Invitation.State.JOINED


def whole_or_nothing(program):
    """Every number that must agree, once for each member."""
    members = Membership.objects.filter(state="active")
    program.refresh_from_db()
    lines = Entry.objects.values_list("verb", flat=True)
    return {
        program.seats_used,
        members.count(),
        members.values("account").distinct().count(),
        Affiliation.objects.live().count(),
        Enrolment.objects.count(),
        Invitation.objects.filter(state="joined", accepted_by__isnull=False).count(),
        Arrival.objects.filter(finished_at__isnull=False).count(),
        list(lines).count("membership.began"),
        list(lines).count("arrival.finished"),
        list(lines).count("course.started"),
    }


def test_loss_on_crash_a_server_killed_among_joins_keeps_every_whole_one(start, program, bruno):
    program.seats = PEOPLE
    program.save()
    invited = [f"person{n}@nordlicht.example" for n in range(PEOPLE)]
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    joiners = [
        Joiner(invite_person(program=program, address=one, invited_by=bruno), address) for one in invited
    ]
    outside = {"PORT": str(port), "BASE_URL": address}
    server = start("-m", "matricula", "serve", **outside)
    until(lambda: answers(port))
    acknowledged, enough = [], Event()

    def run(joiner):
        try:
            with suppress(OSError, http.client.HTTPException):
                if joiner.join():
                    acknowledged.append(joiner.invitation.pk)
            if len(acknowledged) >= KILLED_AFTER:
                enough.set()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(run, joiner) for joiner in joiners]
        assert enough.wait(60)
        kill(server)
        [one.result() for one in running]

    joined = set(Membership.objects.values_list("account__accepted_invitations", flat=True))
    assert set(acknowledged) <= joined
    assert len(joined) < PEOPLE, "all had joined before the kill"
    assert whole_or_nothing(program) == {len(joined)}

    start("-m", "matricula", "serve", **outside)
    until(lambda: answers(port))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(run, [one for one in joiners if one.invitation.pk not in acknowledged]))
    assert len(set(acknowledged)) == PEOPLE
    assert whole_or_nothing(program) == {PEOPLE}
