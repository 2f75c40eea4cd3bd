"""Bruno helps whoever got no letter: a wrong address, a letter overlooked, a mailbox in another language."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation, Round
from matricula.invitations.rounds import write_rounds
from matricula.mail.delivery import deliver_due, note_bounced
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Role
from tests.journeys.walking import BROWSER_TEST, click, shoot, sign_in
from tests.learners import work_for_a_minute

pytestmark = BROWSER_TEST
INVITATIONS = "/console/nordlicht/invitations/"


def reads(page, words):
    page.get_by_role("main").get_by_text(words).first.wait_for()


@pytest.fixture
def at_the_console(page, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    sign_in(page, bruno)
    return page


def test_a4_a_letter_came_back_and_bruno_corrects_the_address(at_the_console, invitation):
    deliver_due()
    note_bounced(invitation.letter, "550 5.1.1 No such mailbox")
    page = at_the_console
    page.goto(INVITATIONS)
    page.get_by_role("table").get_by_text("delivery failed").wait_for()
    reads(page, "550 5.1.1 No such mailbox")
    page.get_by_role("link", name="Correct ada@nordlicht.example").click()
    reads(page, "The mail server said")
    shoot(page, "correct")
    page.get_by_label("Work e-mail").fill("ada.okafor@nordlicht.example")
    click(page, "Send a new invitation")
    reads(page, "A new invitation is on its way to ada.okafor@nordlicht.example.")
    deliver_due()
    assert InboxLetter.objects.latest("id").to == "ada.okafor@nordlicht.example"


def test_a5_bruno_writes_again_to_everybody_and_sees_how_far_it_is(at_the_console, program, bruno):
    for n in range(3):
        invite_person(program=program, address=f"p{n}@nordlicht.example", invited_by=bruno)
    Letter.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    page = at_the_console
    page.goto(INVITATIONS)
    click(page, "Send again to everybody who has not answered", "link")
    click(page, "Send again")
    reads(page, "Writing again to everybody who has not answered")
    Round.objects.update(written=1)
    page.reload()
    reads(page, "1 of 3")
    shoot(page, "writing-again")
    Round.objects.update(written=0)
    write_rounds()
    if page.size == "phone":
        page.reload()
    reads(page, "3 people were written to again.")
    shoot(page, "written-again")


def test_a1_bruno_invites_in_spanish(at_the_console, program):
    page = at_the_console
    page.goto(f"{INVITATIONS}new/")
    page.get_by_label("Language of the letter").select_option(label="Español")
    page.get_by_label("E-mail addresses").fill("ada@nordlicht.example")
    click(page, "Invite")
    reads(page, "1 invited")
    deliver_due()
    assert InboxLetter.objects.get().subject == "Nordlicht Energie le invita a Welcome"


def test_g1_bruno_invites_to_a_group_and_a_course(at_the_console, program, course):
    page, crew = at_the_console, program.groups.create(name="Crew")
    program.seats = 0
    program.save()
    page.goto(f"{INVITATIONS}new/")
    page.get_by_label("E-mail addresses").fill("ada@nordlicht.example")
    page.get_by_text("Groups, and what the link opens").click()
    page.get_by_label("Crew").check()
    page.get_by_label("Opens").select_option(label=course.title)
    shoot(page, "inviting-to-a-group")
    click(page, "Invite")
    reads(page, "1 invited")
    reads(page, "No seat is free.")
    shoot(page, "invited-beyond-the-seats")
    made = Invitation.objects.get()
    assert (list(made.groups.all()), made.course) == ([crew], course)


def test_a6_ada_lost_her_letter_and_asks_for_it(page, invitation):
    deliver_due()
    Letter.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    page.goto("/join/lost-letter/")
    page.get_by_label("E-mail").fill("ada@nordlicht.example")
    shoot(page, "lost-letter")
    page.get_by_role("main").get_by_role("button").click()
    reads(page, "on its way again")
    work_for_a_minute()
    while deliver_due():
        pass
    assert InboxLetter.objects.filter(to="ada@nordlicht.example").count() == 2
