"""Whatever brought an arrival answers for itself: what it proves, whom it is for, what it brings along."""

import re
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from django.utils import timezone

import matricula.joining
from matricula.invitations.models import InvitationToken
from matricula.joining.arrivals import begin_arrival
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival
from matricula.joining.origin import Origin
from matricula.joining.origins import ORIGINS, DirectLinkOrigin, InvitationOrigin
from matricula.programs.terms import NO_TERMS, Terms

pytestmark = pytest.mark.django_db
WORK = "ada@nordlicht.example"
ASKS_WHICH_IT_IS = re.compile(
    r"arrival\.(invitation|direct_link)|isinstance\([^)]*(Origin|Invitation|DirectLink)\b"
)
MAIL, SHOWN = InvitationToken.Channel


class Door(Origin):
    """As little as an origin can be."""

    program = None
    relation: ClassVar[str] = "door"
    terms = NO_TERMS
    columns: ClassVar[dict] = {}

    def why_closed(self):
        return ""

    def accept(self, account):
        return NO_TERMS


def test_an_origin_that_says_no_more_proves_nothing_and_is_open_to_everybody():
    door = Door()
    assert not door.reached(WORK)
    assert not door.proves(WORK)
    assert (door.address, door.key, door.holding) == ("", "", "")
    assert (door.invited_at, door.invitation) == (None, None)


def test_an_arrival_gives_back_what_brought_it(program, invitation, bruno):
    link, _ = make_direct_link(program=program, actor=bruno)
    for origin in (InvitationOrigin(invitation, MAIL), DirectLinkOrigin(link)):
        begin_arrival(origin=origin, account=None)
        assert Arrival.objects.latest("id").origin == origin


def test_a_mailed_link_reaches_its_own_mailbox_and_proves_it_where_the_program_trusts_it(program, invitation):
    mailed, shown = InvitationOrigin(invitation, MAIL), InvitationOrigin(invitation, SHOWN)
    assert (mailed.reached("ADA@nordlicht.example"), mailed.reached("dana@nordlicht.example")) == (
        True,
        False,
    )
    assert not mailed.proves(WORK)
    invitation.program.trusts_the_link = True
    assert (mailed.proves(WORK), shown.proves(WORK)) == (True, False)
    assert not mailed.proves(WORK, timezone.now() + timedelta(seconds=1))


def test_what_ada_chose_takes_the_place_of_what_the_link_opens_and_the_groups_stay(program, course, bruno):
    crew = program.groups.create(name="Crew")
    link, _ = make_direct_link(program=program, actor=bruno, terms=Terms(groups=[crew], course=course))
    arrival = begin_arrival(origin=DirectLinkOrigin(link), account=None)
    assert arrival.course == course
    arrival.course = None
    terms = Terms.of(link).changed_by(arrival)
    assert (list(terms.groups), terms.course) == ([crew], None)


def test_every_origin_is_a_relation_of_an_arrival_and_nobody_else_asks_which_it_is():
    assert {one.relation for one in ORIGINS} <= {one.name for one in Arrival._meta.get_fields()}
    room = Path(matricula.joining.__file__).parent
    own = {room / "origins.py"}
    code = {*room.rglob("*.py"), *room.rglob("*.html")} - {*room.rglob("tests/*"), *own}
    assert [str(one) for one in sorted(code) if ASKS_WHICH_IT_IS.search(one.read_text())] == []
