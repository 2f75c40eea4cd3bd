"""What becomes of what brought somebody, while they join: two tabs, withdrawn, turned off, expired, full."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.confirmation import confirm_address
from matricula.accounts.errors import AccountError
from matricula.accounts.models import Account, Confirmation
from matricula.invitations.errors import InvitationError
from matricula.invitations.invitations import decline_invitation, revoke_invitation
from matricula.invitations.models import Invitation
from matricula.joining.arrivals import finish_arrival
from matricula.joining.direct_links import make_direct_link, turn_off_link
from matricula.joining.errors import JoiningError, LinkRefused
from matricula.joining.models import OVERDUE, Arrival, Request
from matricula.joining.tests.leaving import BROWSER
from matricula.joining.tests.test_joining import SIGN_UP, arrive, enter_code
from matricula.joining.tests.test_refusals import code_of, says, sign_up, start, way
from matricula.programs.errors import ProgramError
from matricula.programs.memberships import enter_program
from matricula.programs.models import Membership, Program
from matricula.security.errors import HasToWait
from tests.at_once import all_at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
WORK = "ada@nordlicht.example"
CALLED = (JoiningError, ProgramError, AccountError, InvitationError, HasToWait)
"""What the verbs that joining calls may refuse."""
TAKEN = "This work e-mail belongs to another account"


def two_tabs(address: str, account: Account) -> tuple[Client, list[Arrival]]:
    """JOIN NOW in two tabs of one signed-in person."""
    browser = Client()
    browser.post("/account/log-in/", {"email": WORK, "password": PASSWORD})
    browser.get(address, **BROWSER)
    for _tab in range(2):
        browser.post("/join/now/", {"as": "me"})
    tabs = list(Arrival.objects.order_by("pk"))
    Arrival.objects.update(work_email=WORK)
    assert [one.account for one in tabs] == [account, account]
    return browser, tabs


@pytest.mark.parametrize("by", ["an invitation", "a direct link", "a direct link for one"])
@pytest.mark.parametrize("at_once", [False, True])
def test_races_two_tabs_of_one_person_both_lead_into_the_course(program, bruno, link, course, by, at_once):
    ada = person("Ada Okafor", WORK)
    shared, address = make_direct_link(
        program=program, actor=bruno, max_uses=1 if by.endswith("one") else None
    )
    browser, tabs = two_tabs(link if by == "an invitation" else "/join/" + address.split("/join/")[1], ada)
    second = Client()
    second.cookies = browser.cookies
    works = [lambda: start(browser, tabs[0], course), lambda: start(second, tabs[1], course)]
    answers = all_at_once(*works) if at_once else [work() for work in works]
    assert refusals(answers) == []
    assert [one["Location"].endswith("/confirm/") for one in answers] == [True, True]
    for tab in tabs:
        assert browser.get(way(tab, "confirm/"))["Location"] == f"/learn/courses/{course.public_id}/"
    shared.refresh_from_db()
    program.refresh_from_db()
    assert (Membership.objects.count(), program.seats_used) == (1, 1)
    assert shared.uses == (0 if by == "an invitation" else 1)


def test_join_now_in_a_tab_that_was_open_opens_the_program_to_a_member(program, link, course):
    ada = person("Ada Okafor", WORK)
    browser, tabs = two_tabs(link, ada)
    start(browser, tabs[0], course)
    assert browser.post("/join/now/", {"as": "me"})["Location"] == f"/learn/programs/{program.public_id}/"


STOPS = {
    "revoked": (lambda invited, actor: revoke_invitation(invitation=invited, actor=actor), "was withdrawn"),
    "declined": (lambda invited, actor: decline_invitation(invitation=invited), "was declined"),
}


@pytest.mark.parametrize("reason", STOPS)
@pytest.mark.parametrize("when", ["before sign up", "before the code"])
def test_an_invitation_withdrawn_on_the_way_says_so_and_the_request_too(
    client, link, invitation, course, bruno, reason, when
):
    stop, words = STOPS[reason]
    arrival = arrive(client, link) if when == "before sign up" else sign_up(client, link, course)
    code = "" if when == "before sign up" else code_of(arrival)
    stop(Invitation.objects.get(pk=invitation.pk), bruno)
    step = {"account/": SIGN_UP} if when == "before sign up" else {"confirm/": {"code": code}}
    for path, form in step.items():
        answer = client.post(way(arrival, path), form)
        assert (answer.status_code, says(answer, words)) == (410, True)
    client.post("/join/ask/", {"arrival": arrival.public_id})
    assert (Request.objects.get().reason, Request.objects.get().address) == (reason, WORK)
    assert not Membership.objects.exists()


def test_a_direct_link_turned_off_on_the_way_says_so_and_the_request_too(program, bruno, course):
    link, address = make_direct_link(program=program, actor=bruno)
    browser = Client()
    arrival = arrive(browser, "/join/" + address.split("/join/")[1])
    turn_off_link(link=link, actor=bruno)
    answer = browser.get(way(arrival, "account/"))
    assert (answer.status_code, says(answer, "This link was turned off")) == (410, True)
    browser.post("/join/ask/", {"arrival": arrival.public_id, "email": WORK})
    assert Request.objects.get().reason == "off"


def test_races_what_is_withdrawn_at_the_moment_of_joining_is_named(program, invitation, link, bruno):
    """The verb itself says which of the two it was, not only the page before it."""
    ada = person("Ada Okafor", WORK)
    _browser, tabs = two_tabs(link, ada)
    arrival = Arrival.objects.select_related("invitation").get(pk=tabs[0].pk)
    revoke_invitation(invitation=Invitation.objects.get(pk=invitation.pk), actor=bruno)
    with pytest.raises(LinkRefused) as refused:
        finish_arrival(arrival=arrival)
    assert refused.value.code == "revoked"


def let_expire(arrival: Arrival, began: timedelta) -> None:
    past = timezone.now() - timedelta(minutes=1)
    Invitation.objects.update(expires_at=past)
    Arrival.objects.filter(pk=arrival.pk).update(created_at=timezone.now() - began)


def test_who_pressed_join_now_before_the_end_has_a_day(client, link, course):
    arrival = sign_up(client, link, course)
    code = code_of(arrival)
    let_expire(arrival, OVERDUE - timedelta(minutes=5))
    enter_code(client, arrival, code)
    assert Membership.objects.exists()


def test_who_comes_later_than_a_day_is_asked_again(client, link, course):
    arrival = sign_up(client, link, course)
    code = code_of(arrival)
    let_expire(arrival, OVERDUE + timedelta(minutes=5))
    answer = enter_code(client, arrival, code)
    assert (answer.status_code, says(answer, "This link has expired")) == (410, True)
    assert not Membership.objects.exists()


def test_proving_the_mailbox_elsewhere_does_not_let_in_who_is_too_late(client, link, course):
    arrival = sign_up(client, link, course)
    code_of(arrival)
    let_expire(arrival, OVERDUE + timedelta(minutes=5))
    confirm_address(confirmation=Confirmation.objects.get(email__address=WORK))
    assert not Membership.objects.exists()


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_page_of_a_seat_that_came_free_takes_none(
    client, link, course, program, chika, method
):
    arrival = sign_up(client, link, course)
    Program.objects.update(seats=1)
    program.refresh_from_db()
    enter_program(program=program, account=chika)
    assert says(enter_code(client, arrival, code_of(arrival)), "Every seat is taken")
    Program.objects.update(seats=2)
    assert getattr(client, method)(way(arrival, "confirm/")).status_code == 200
    assert Membership.objects.count() == 1
    answer = client.post(way(arrival, "confirm/"))
    assert answer["Location"] == f"/learn/courses/{course.public_id}/"
    assert Membership.objects.count() == 2
