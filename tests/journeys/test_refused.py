"""Links that no longer open and programs that are full: each has its page, and asks in one click."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conftest import PASSWORD, person
from matricula.accounts.models import Account
from matricula.invitations.invitations import decline_invitation, invite_person, revoke_invitation
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.joining.direct_links import make_direct_link, turn_off_link
from matricula.joining.links import open_link as what_opens
from matricula.joining.models import Request
from matricula.learning.models import Enrolment
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program
from tests.journeys.walking import (
    BROWSER_TEST,
    click,
    letter_code,
    log_in,
    open_link,
    open_window,
    sees,
    shoot,
    sign_in,
)

pytestmark = BROWSER_TEST
SAID = {
    "revoked": "This invitation was withdrawn",
    "expired": "This link has expired",
    "declined": "This invitation was declined",
    "used": "This link was already used",
    "replaced": "There is a newer letter",
    "off": "This link was turned off",
}


@pytest.fixture
def ended(program, bruno, chika):
    """The path of a link for each reason a link no longer opens."""

    def path(address):
        return "/join/" + address.split("/join/")[1]

    def invited(reason):
        made = invite_person(program=program, address=f"{reason}@nordlicht.example", invited_by=bruno)
        return made, path(mint_link(made, InvitationToken.Channel.MAIL))

    made = {reason: invited(reason) for reason in SAID if reason != "off"}
    rows = {reason: Invitation.objects.get(pk=one.pk) for reason, (one, _) in made.items()}
    revoke_invitation(invitation=rows["revoked"], actor=bruno)
    decline_invitation(invitation=rows["declined"])
    Invitation.objects.filter(pk=rows["expired"].pk).update(expires_at=timezone.now() - timedelta(days=1))
    rows["used"].settle(Invitation.State.JOINED, account=chika)
    rows["replaced"].tokens.update(ended_at=timezone.now())
    direct, address = make_direct_link(program=program, actor=bruno)
    turn_off_link(link=direct, actor=bruno)
    return {**{reason: link for reason, (_, link) in made.items()}, "off": path(address)}


def test_a7_every_link_that_no_longer_opens_has_its_page_and_asks_in_one_click(page, ended):
    for reason, heading in SAID.items():
        page.goto(ended[reason])
        assert sees(page, heading)
        shoot(page, f"refused-{reason}")
        if reason == "off":
            page.get_by_label("E-mail").fill("off@nordlicht.example")
        click(page, "Ask the administrator")
        assert sees(page, "We passed it on")
    shoot(page, "asked")
    asked = set(Request.objects.values_list("address", "reason"))
    assert asked == {(f"{reason}@nordlicht.example", reason) for reason in SAID}


def test_a7_somebody_who_declined_is_not_asked_to_ask(page, invitation, live_server):
    open_link(page, live_server, invitation)
    click(page, "This is not for me", role="link")
    shoot(page, "not-for-me")
    click(page, "Decline the invitation")
    assert sees(page, SAID["declined"])
    expect(page.get_by_role("button", name="Ask the administrator")).to_have_count(0)


def test_c6_a_full_program_says_so_before_any_account_and_keeps_the_invitation_open(
    page, program, invitation, chika, live_server
):
    program.seats = 1
    program.save()
    enter_program(program=program, account=chika)
    open_link(page, live_server, invitation)
    expect(page.get_by_role("heading", name="Every seat is taken")).to_be_visible()
    expect(page.get_by_role("button", name="Join now")).to_have_count(0)
    shoot(page, "full")
    click(page, "Ask the administrator")
    assert sees(page, "We passed it on")
    assert (Request.objects.get().reason, Account.objects.count()) == ("full", 2)


def test_c6_who_confirms_after_the_last_seat_waits_and_joins_once_there_is_one(
    page, program, invitation, course, chika, worker, live_server
):
    program.seats = 1
    program.save()
    open_link(page, live_server, invitation)
    click(page, "Join now")
    click(page, course.title, role="link")
    click(page, "Start")
    page.get_by_label("Full name").fill("Ada Okafor")
    page.get_by_label("Alternative e-mail").fill("ada@home.example")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Sign up")
    enter_program(program=program, account=chika)
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    assert sees(page, "Every seat is taken")
    shoot(page, "full-at-the-end")
    program.refresh_from_db()
    program.seats = 2
    program.save()
    click(page, "Try again")
    assert sees(page, course.title)
    assert Enrolment.objects.get().account.full_name == "Ada Okafor"


def test_b5_a_used_up_direct_link_says_so_and_opens_for_nobody(phone, program, bruno):
    made, address = make_direct_link(program=program, actor=bruno, max_uses=1)
    assert what_opens(address.split("/join/")[1].strip("/")).link == made
    made.use()
    phone.goto("/join/" + address.split("/join/")[1])
    assert sees(phone, SAID["used"])


def test_h1_somebody_who_was_removed_is_told_so_and_asks_in_one_click(page, program, bruno, live_server):
    ada = person("Ada Okafor", "ada@nordlicht.example")
    Affiliation.objects.create(
        organization=program.organization, account=ada, work_email="ada@nordlicht.example"
    )
    gone = enter_program(program=program, account=ada)
    end_membership(membership=gone, actor=bruno, state=Membership.State.REMOVED)
    sign_in(page, ada)
    page.goto("/join/" + make_direct_link(program=program, actor=bruno)[1].split("/join/")[1])
    click(page, "Join as Ada Okafor")
    assert sees(page, "You were removed from Welcome")
    shoot(page, "refused-removed")
    click(page, "Ask the administrator")
    assert sees(page, "We passed it on")
    assert (Request.objects.get().address, Request.objects.get().reason) == (
        "ada@nordlicht.example",
        "removed",
    )


def signs_up(page, course):
    click(page, "Join now")
    click(page, course.title, role="link")
    click(page, "Start")
    page.get_by_label("Full name").fill("Ada Okafor")
    page.get_by_label("Alternative e-mail").fill("ada@home.example")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Sign up")


def test_a3_the_same_letter_in_two_browsers_ends_in_one_membership(
    page, browser, invitation, course, worker, live_server
):
    other = open_window(browser, live_server, page.size)
    open_link(page, live_server, invitation)
    signs_up(page, course)
    person("Ada Okafor", "ada@nordlicht.example")  # what she confirmed in another browser meanwhile
    page.goto(page.url)
    assert sees(page, "This work e-mail belongs to another account")
    shoot(page, "refused-taken")
    click(page, "Log in", role="link")
    shoot(page, "refused-taken-log-in")
    log_in(page, "ada@nordlicht.example")
    assert sees(page, course.title)
    assert Membership.objects.get().account.addresses.get().is_primary
    other.close()


def test_b5_a_personal_invitation_in_somebody_elses_browser_names_both(
    page, program, invitation, chika, live_server
):
    sign_in(page, chika)
    open_link(page, live_server, invitation)
    expect(
        page.get_by_text("It is for ada@nordlicht.example. You are logged in as Chika Obi")
    ).to_be_visible()
    shoot(page, "somebody-elses")
    Affiliation.objects.create(
        organization=program.organization, account=chika, work_email="chika@nordlicht.example"
    )
    enter_program(program=program, account=chika)
    page.reload()
    expect(page.get_by_text("Chika Obi, who is in Welcome already.")).to_be_visible()
    expect(page.get_by_role("button", name="Use another account")).to_be_visible()
    shoot(page, "somebody-elses-member")
    click(page, "Go on as Chika Obi", role="link")
    assert sees(page, "Welcome")


def test_a6_a_seat_that_came_free_is_taken_by_a_click(
    page, program, invitation, course, chika, worker, live_server
):
    program.seats = 1
    program.save()
    open_link(page, live_server, invitation)
    signs_up(page, course)
    enter_program(program=program, account=chika)
    page.get_by_label("Code").fill(letter_code("ada@nordlicht.example"))
    click(page, "Confirm")
    assert sees(page, "Every seat is taken")
    Program.objects.update(seats=2)
    page.goto(page.url)
    assert sees(page, "Your e-mail is confirmed")
    shoot(page, "proven")
    click(page, "Go on")
    assert sees(page, course.title)


SEND_ELSEWHERE = """() => {
    const form = document.querySelector("form[method=post]");
    form.action = "/certificates/";
    form.submit();
}"""


def test_an_address_that_is_no_page_leads_to_its_page(desk, chika):
    sign_in(desk, chika)
    desk.goto("/account/sessions/end/")
    assert desk.url.endswith("/account/sessions/")
    desk.evaluate(SEND_ELSEWHERE)
    assert sees(desk, "Nothing can be sent here")
    shoot(desk, "nothing-to-send")
    click(desk, "Open the page", role="link")
    assert sees(desk, "My certificates")
