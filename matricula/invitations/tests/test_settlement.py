"""Whoever is in a program is not invited to it: by no door, to no address of theirs, and by no reminder."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import person
from matricula.accounts.confirmation import ask_to_confirm, confirm_address
from matricula.accounts.models import EmailAddress
from matricula.audit.models import Entry
from matricula.invitations.errors import AlreadyMember, InvitationAnswered
from matricula.invitations.invitations import (
    correct_address,
    invite_person,
    send_all_again,
    send_invitation_again,
)
from matricula.invitations.jobs import settle_all_members, settle_some_members
from matricula.invitations.lost_letters import ask_for_letter
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.invitations.reminders import send_reminders
from matricula.invitations.rounds import write_rounds
from matricula.invitations.tests.test_imports import carry_out, take, verdicts
from matricula.jobs.models import Job
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Affiliation, Role
from matricula.programs.errors import ProgramFull
from matricula.programs.memberships import enter_program
from matricula.programs.models import Membership, Program
from matricula.reporting.people import invitations_of_person
from tests.learners import work_for_a_minute

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
WORK, HOME = "ada@nordlicht.example", "ada@home.example"
LONG_AGO = timedelta(days=9)


def path(address: str) -> str:
    return "/join/" + address.split("/join/")[1]


@pytest.fixture
def ada(db):
    account = person("Ada Okafor", WORK)
    account.addresses.create(address=HOME, confirmed_at=timezone.now())
    return account


@pytest.fixture
def member(ada, program, organization):
    Affiliation.objects.create(organization=organization, account=ada, work_email=WORK)
    enter_program(program=program, account=ada)
    return ada


@pytest.fixture
def owner(organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client = Client()
    client.force_login(bruno)
    return client


def live_one(program, address=HOME) -> Invitation:
    """As it could be made before members were looked for: written long ago, and due for a reminder."""
    made = Invitation(program=program, address=address, state="sent", remind_at=timezone.now())
    made.sent_at = timezone.now() - LONG_AGO
    made.save()
    letter = Letter.objects.create(kind="invitations.invitation", to=address, reference=made.pk, state="sent")
    Letter.objects.filter(pk=letter.pk).update(queued_at=timezone.now() - LONG_AGO)
    made.letter = letter
    made.save(update_fields=["letter"])
    return made


def state_of(invitation: Invitation) -> tuple[str, int | None]:
    invitation.refresh_from_db()
    return invitation.state, invitation.accepted_by_id


@pytest.mark.parametrize("address", [WORK, HOME, "ADA@Home.example"])
def test_e1_a_member_is_not_invited_at_any_address_of_theirs(member, program, bruno, address):
    with pytest.raises(AlreadyMember):
        invite_person(program=program, address=address, invited_by=bruno)
    assert not Invitation.objects.exists()
    assert not Letter.objects.exists()
    assert not Entry.objects.filter(actor=bruno).exists()


def test_e1_an_address_that_somebody_only_claims_makes_nobody_a_member(member, program, bruno):
    member.addresses.create(address="dana@nordlicht.example")
    assert invite_person(program=program, address="dana@nordlicht.example", invited_by=bruno)


def test_e1_a_member_of_another_program_is_invited(member, organization, bruno):
    other = Program.objects.create(organization=organization, slug="other", name="Other")
    assert invite_person(program=other, address=HOME, invited_by=bruno)


def test_e1_pasting_tells_members_apart_and_writes_to_the_others(owner, member, program):
    form = {"program": program.pk, "addresses": f"{HOME}\n{WORK}\ndana@nordlicht.example", "language": "en"}
    page = owner.post("/console/nordlicht/invitations/new/", form, follow=True).content.decode()
    assert "1 invited, 0 were invited already. 2 are members already." in page
    assert list(Letter.objects.values_list("to", flat=True)) == ["dana@nordlicht.example"]


def test_e1_a_file_tells_members_apart_when_it_is_checked_and_when_it_is_carried_out(member, program, bruno):
    file = take(program, f"email\n{HOME}\n{WORK}\ndana@nordlicht.example\nemil@nordlicht.example\n")
    told = {HOME: "member", WORK: "member", "dana@nordlicht.example": "new", "emil@nordlicht.example": "new"}
    assert verdicts(file) == told
    dana = person("Dana Roth", "dana@home.example")
    dana.addresses.create(address="dana@nordlicht.example", confirmed_at=timezone.now())
    enter_program(program=program, account=dana)
    carry_out(file, bruno)
    assert verdicts(file) == {**told, "dana@nordlicht.example": "member"}
    assert (file.invited, file.counts) == (1, {"member": 3, "new": 1})
    deliver_due()
    assert list(InboxLetter.objects.values_list("to", flat=True)) == ["emil@nordlicht.example"]


def test_e1_a_mistyped_address_is_not_corrected_to_that_of_a_member(member, program, bruno):
    wrong = invite_person(program=program, address="aba@home.example", invited_by=bruno)
    with pytest.raises(AlreadyMember):
        correct_address(invitation=wrong, address=HOME, actor=bruno)
    assert state_of(wrong) == ("queued", None)


def test_e1_entering_by_any_door_settles_every_invitation_of_the_program_to_an_address_of_theirs(
    ada, program, organization, bruno
):
    other = Program.objects.create(organization=organization, slug="other", name="Other")
    theirs = [invite_person(program=program, address=one, invited_by=bruno) for one in (WORK, HOME)]
    kept = [
        invite_person(program=other, address=HOME, invited_by=bruno),
        invite_person(program=program, address="dana@nordlicht.example", invited_by=bruno),
    ]
    enter_program(program=program, account=ada)
    assert [state_of(one) for one in theirs] == [("joined", ada.pk)] * 2
    assert [state_of(one) for one in kept] == [("queued", None)] * 2
    assert Entry.objects.filter(verb="invitation.settled", actor=ada).count() == 2
    deliver_due()
    assert not InboxLetter.objects.filter(to__in=[WORK, HOME], letter__reference=theirs[0].pk).exists()


def test_e1_a_full_program_settles_nothing(ada, program, bruno, chika):
    Program.objects.update(seats=1)
    enter_program(program=program, account=chika)
    made = invite_person(program=program, address=HOME, invited_by=bruno)
    with pytest.raises(ProgramFull):
        enter_program(program=program, account=ada)
    assert state_of(made) == ("queued", None)


def test_e1_an_address_that_a_member_proves_later_settles_what_was_sent_to_it(member, program, bruno):
    made = invite_person(program=program, address="ada@new.example", invited_by=bruno)
    email = EmailAddress.objects.create(account=member, address="ada@new.example")
    confirm_address(confirmation=ask_to_confirm(email=email))
    assert state_of(made) == ("joined", member.pk)


def test_e1_an_address_that_an_outsider_proves_settles_nothing(chika, program, bruno):
    made = invite_person(program=program, address="chika@new.example", invited_by=bruno)
    confirm_address(confirmation=ask_to_confirm(email=chika.addresses.create(address="chika@new.example")))
    assert state_of(made) == ("queued", None)


def test_e1_reminders_rounds_and_letters_asked_for_go_to_no_member(member, program, bruno):
    """What was live before members were looked for is answered by whatever comes across it first."""
    Program.objects.update(reminds=True)
    Membership.objects.update(joined_at=timezone.now() - LONG_AGO)
    made = live_one(program)
    with pytest.raises(InvitationAnswered):
        send_invitation_again(invitation=made, actor=bruno)
    ask_for_letter(HOME, "192.0.2.1")
    work_for_a_minute()
    deliver_due()
    assert not InboxLetter.objects.filter(to=HOME).exists()
    send_reminders()
    assert (state_of(made), Letter.objects.filter(reference=made.pk).count()) == (("joined", member.pk), 1)
    again = live_one(program, WORK)
    assert send_all_again(program=program, actor=bruno) == 1
    write_rounds()
    assert (state_of(again), Letter.objects.filter(reference=again.pk).count()) == (("joined", member.pk), 1)


@pytest.mark.parametrize("how", [settle_all_members, lambda: settle_some_members(Job())])
def test_e1_what_is_so_already_is_settled_every_night_and_by_command(member, program, bruno, how):
    made, kept = live_one(program), live_one(program, "dana@nordlicht.example")
    how()
    assert (state_of(made), state_of(kept)) == (("joined", member.pk), ("sent", None))
    how()
    assert Entry.objects.filter(verb="invitation.settled").count() == 1


def test_b4_the_old_letter_opens_the_program_for_that_person_and_a_page_for_others(
    ada, program, bruno, chika
):
    made = invite_person(program=program, address=HOME, invited_by=bruno)
    link = path(mint_link(made, InvitationToken.Channel.MAIL))
    enter_program(program=program, account=ada)
    client = Client()
    client.force_login(ada)
    assert client.get(link, follow=True).redirect_chain[-1][0] == f"/learn/programs/{program.public_id}/"
    made.tokens.update(ended_at=timezone.now())
    assert client.get(link)["Location"] == f"/learn/programs/{program.public_id}/"
    made.tokens.update(ended_at=None)
    for who in (None, chika):
        other = Client()
        if who:
            other.force_login(who)
        page = other.get(link, follow=True)
        assert (page.status_code, "This link was already used" in page.content.decode()) == (410, True)
        assert "Ada" not in page.content.decode()


def test_b4_two_tabs_with_two_doors_lead_into_the_program_and_use_up_nothing(
    client, ada, program, bruno, course, organization
):
    """JOIN NOW by the letter and by a direct link, START in both: one membership, one seat, one use."""
    direct, address = make_direct_link(program=program, actor=bruno, max_uses=1)
    made = invite_person(program=program, address=WORK, invited_by=bruno)
    client.force_login(ada)
    doors = []
    for link in (path(mint_link(made, InvitationToken.Channel.MAIL)), path(address)):
        client.get(link)
        client.post("/join/now/", {"as": "me"})
        doors.append(f"/join/arrivals/{Arrival.objects.latest('id').public_id}/")
    client.post(f"{doors[1]}work-email/", {"work_email": WORK})
    for door in (*doors, *doors):
        client.post(f"{door}start/course/{course.public_id}/")
        assert client.get(f"{door}confirm/")["Location"] == f"/learn/courses/{course.public_id}/"
    direct.refresh_from_db()
    program.refresh_from_db()
    assert (direct.uses, program.seats_used, Membership.objects.count()) == (1, 1, 1)
    assert state_of(made) == ("joined", ada.pk)


def test_e9_a_persons_page_does_not_tell_which_other_address_was_theirs(ada, program, organization, bruno):
    role = Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    Affiliation.objects.create(organization=organization, account=ada, work_email=WORK)
    work, _ = (invite_person(program=program, address=one, invited_by=bruno) for one in (WORK, HOME))
    enter_program(program=program, account=ada)
    assert list(invitations_of_person(ada, role)) == [work]
