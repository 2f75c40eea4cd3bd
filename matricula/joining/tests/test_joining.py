"""The rules of joining, without a browser."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account, EmailAddress
from matricula.credentials.models import Certificate
from matricula.invitations.invitations import invite_person, revoke_invitation, send_invitation_again
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.joining.models import Arrival
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.learning.tests.quizzes import filled, quiz_of
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}
SIGN_UP = {"full_name": "Ada Okafor", "alternative_email": "ada@home.example", "password": PASSWORD}


def arrive(client: Client, link: str) -> Arrival:
    client.get(link, **BROWSER)
    client.post("/join/now/")
    return Arrival.objects.latest("id")


def code_for(address: str) -> str:
    while deliver_due():
        pass
    letter = InboxLetter.objects.filter(to=address, letter__kind="accounts.confirmation").latest("id")
    return re.search(r"^\d{6}$", letter.text, re.M)[0]


def set_up(client: Client, link: str, course) -> Arrival:
    arrival = arrive(client, link)
    client.post(f"/join/arrivals/{arrival.public_id}/start/course/{course.public_id}/")
    client.post(f"/join/arrivals/{arrival.public_id}/account/", SIGN_UP)
    return arrival


def enter_code(client: Client, arrival: Arrival, code: str):
    return client.post(f"/join/arrivals/{arrival.public_id}/confirm/", {"code": code}, follow=True)


def test_c5_confirming_makes_affiliation_membership_and_enrolment_at_once(client, link, course, invitation):
    arrival = set_up(client, link, course)
    assert not Membership.objects.exists()
    answer = enter_code(client, arrival, code_for("ada@nordlicht.example"))
    assert answer.redirect_chain[-1][0] == f"/learn/courses/{course.public_id}/"
    ada = Membership.objects.get().account
    assert Affiliation.objects.get().work_email == "ada@nordlicht.example"
    assert Enrolment.objects.get().account == ada
    invitation.refresh_from_db()
    assert (invitation.state, invitation.accepted_by) == ("joined", ada)


@pytest.mark.parametrize("offered", [True, False])
def test_what_was_taken_out_of_the_program_before_ada_confirmed_is_not_started(
    client, link, program, course, offered
):
    series = program.organization.specializations.create(slug="s", title="Trust", summary="S")
    series.steps.create(course=course, position=0)
    program.specializations.add(series)
    arrival = arrive(client, link)
    client.post(f"/join/arrivals/{arrival.public_id}/start/specialization/{series.public_id}/")
    client.post(f"/join/arrivals/{arrival.public_id}/account/", SIGN_UP)
    if not offered:
        program.specializations.remove(series)
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    assert Membership.objects.exists()
    assert (SpecializationEnrolment.objects.exists(), Enrolment.objects.exists()) == (offered, offered)


def test_a8_opening_the_link_fifty_times_changes_nothing_but_the_opened_mark(client, link, invitation):
    for _ in range(25):
        client.get(link, HTTP_USER_AGENT="ProofPoint scanner")
        client.head(link, **BROWSER)
    invitation.refresh_from_db()
    assert invitation.opened_at is None
    client.get(link, **BROWSER)
    invitation.refresh_from_db()
    assert invitation.opened_at is not None
    assert not Arrival.objects.exists()
    assert not Account.objects.exclude(full_name="Bruno Keller").exists()


def test_b1_the_secret_leaves_the_address_bar_at_once(client, link):
    answer = client.get(link, **BROWSER)
    assert (answer.status_code, answer["Location"], answer["Referrer-Policy"]) == (
        302,
        "/join/welcome/",
        "no-referrer",
    )


def test_c4_the_sixth_wrong_code_finds_it_burnt(client, link, course):
    arrival = set_up(client, link, course)
    right = code_for("ada@nordlicht.example")
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        enter_code(client, arrival, wrong)
    assert "no longer works" in enter_code(client, arrival, right).content.decode()
    assert not Membership.objects.exists()


def test_c4_a_forwarded_invitation_is_stopped_without_the_code(client, link, chika):
    arrival = arrive(client, link)
    client.post(
        f"/join/arrivals/{arrival.public_id}/link-account/",
        {"email": "chika@elsewhere.example", "password": PASSWORD},
    )
    assert not Membership.objects.exists()
    assert Letter.objects.filter(kind="accounts.confirmation", to="ada@nordlicht.example").count() == 1


def test_c3_a_linked_account_keeps_its_own_login_address(client, link, chika, course):
    arrival = arrive(client, link)
    client.post(
        f"/join/arrivals/{arrival.public_id}/link-account/",
        {"email": "chika@elsewhere.example", "password": PASSWORD},
    )
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    assert Membership.objects.get().account == chika
    assert chika.primary_address.address == "chika@elsewhere.example"
    assert not EmailAddress.objects.get(address="ada@nordlicht.example").signs_in


def test_c2_an_invited_address_with_an_account_asks_for_its_password(client, program, bruno):
    dana = person("Dana", "dana@nordlicht.example")
    made = invite_person(program=program, address="Dana@Nordlicht.example", invited_by=bruno)
    arrival = arrive(client, "/join/" + mint_link(made, InvitationToken.Channel.MAIL).split("/join/")[1])
    page = client.get(f"/join/arrivals/{arrival.public_id}/account/", follow=True)
    assert "You already have an account" in page.content.decode()
    client.post(
        f"/join/arrivals/{arrival.public_id}/link-account/",
        {"email": "dana@nordlicht.example", "password": PASSWORD},
    )
    assert Membership.objects.get().account == dana


def test_c2_a_shown_link_never_tells_whether_an_account_exists(client, program, bruno):
    person("Dana", "dana@nordlicht.example")
    made = invite_person(program=program, address="dana@nordlicht.example", invited_by=bruno)
    arrival = arrive(client, "/join/" + mint_link(made, InvitationToken.Channel.SHOWN).split("/join/")[1])
    page = client.get(f"/join/arrivals/{arrival.public_id}/account/")
    assert "You already have an account" not in page.content.decode()


def test_pre_account_hijacking_a_squatter_loses_to_the_owner_of_the_mailbox(client, link, course):
    squatter = Account.objects.create(full_name="Mallory", password=make_password("mallory-was-here"))
    EmailAddress.objects.create(account=squatter, address="ada@nordlicht.example")
    arrival = set_up(client, link, course)
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    assert not squatter.addresses.exists()
    answer = Client().post(
        "/account/log-in/", {"email": "ada@nordlicht.example", "password": "mallory-was-here"}
    )
    assert answer.status_code == 200


def test_a_stranger_with_the_confirmation_link_needs_the_password(client, link, course):
    set_up(client, link, course)
    code_for("ada@nordlicht.example")
    letter = InboxLetter.objects.filter(
        to="ada@nordlicht.example", letter__kind="accounts.confirmation"
    ).latest("id")
    path = re.search(r"/account/confirm/\S+", letter.text)[0]
    other = Client()
    path = other.get(path)["Location"]
    assert "not the password" in other.post(path, {"password": "guess"}).content.decode()
    assert not Membership.objects.exists()
    other.post(path, {"password": PASSWORD})
    assert Membership.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": "revoked"}, "withdrawn"),
        ({"state": "declined"}, "declined"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "expired"),
    ],
)
def test_a7_a_link_that_no_longer_opens_says_why(client, link, invitation, change, words):
    Invitation.objects.filter(pk=invitation.pk).update(**change)
    answer = client.get(link)
    assert (answer.status_code, words in answer.content.decode()) == (410, True)


def test_a7_an_unknown_link_has_its_page(client, db):
    answer = client.get("/join/" + "x" * 43 + "/")
    assert (answer.status_code, "do not know this link" in answer.content.decode()) == (404, True)


def test_a5_sending_again_ends_the_link_before(client, link, invitation, bruno):
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=11))
    send_invitation_again(invitation=invitation, actor=bruno)
    deliver_due()
    assert "newer letter" in client.get(link).content.decode()


def test_a1_nobody_is_invited_twice(program, bruno, invitation):
    assert invite_person(program=program, address="ADA@nordlicht.example", invited_by=bruno) is None
    assert Letter.objects.filter(kind="invitations.invitation").count() == 1


def test_a_revoked_invitation_never_revives(invitation, bruno):
    assert revoke_invitation(invitation=invitation, actor=bruno)
    assert not revoke_invitation(invitation=invitation, actor=bruno)
    assert not invitation.settle(Invitation.State.JOINED, account=bruno)


def test_c6_a_full_program_says_so_before_any_account_is_made(client, link, program):
    program.seats = program.seats_used = 0
    program.save()
    client.get(link, **BROWSER)
    assert "Every seat" in client.get("/join/welcome/").content.decode()
    assert "Every seat is taken" in client.post("/join/now/").content.decode()
    assert not Arrival.objects.exists()


def test_d5_d6_leaving_frees_the_seat_and_coming_back_revives_the_progress(
    client, link, course, program, bruno
):
    arrival = set_up(client, link, course)
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    client.post(f"/learn/courses/{course.public_id}/lessons/read/done/")
    membership = Membership.objects.get()
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    program.refresh_from_db()
    assert program.seats_used == 0
    assert client.get(f"/learn/courses/{course.public_id}/").status_code == 403
    again = invite_person(program=program, address="ada@nordlicht.example", invited_by=bruno)
    client.get("/join/" + mint_link(again, InvitationToken.Channel.MAIL).split("/join/")[1], **BROWSER)
    client.post("/join/now/", {"as": "me"})
    arrival = Arrival.objects.latest("id")
    client.post(f"/join/arrivals/{arrival.public_id}/start/course/{course.public_id}/")
    assert not Membership.objects.get().is_active
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    assert Membership.objects.get().is_active
    assert "1 of 2 lessons" in client.get(f"/learn/courses/{course.public_id}/").content.decode()


def test_f2_the_last_lesson_brings_the_certificate(client, link, course):
    arrival = set_up(client, link, course)
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    client.post(f"/learn/courses/{course.public_id}/lessons/read/done/")
    client.post(f"/learn/courses/{course.public_id}/lessons/quiz/done/", filled(quiz_of(course), "Go"))
    assert not Certificate.objects.exists()
    client.post(f"/learn/courses/{course.public_id}/lessons/quiz/done/", filled(quiz_of(course), "Stop"))
    certificate = Certificate.objects.get()
    assert certificate.recipient_name == "Ada Okafor"
    page = Client().get(f"/certificates/{certificate.public_id}/")
    assert "Verified" in page.content.decode()
    assert Client().get(f"/certificates/{certificate.public_id}/pdf/").content.startswith(b"%PDF")


def test_another_browser_cannot_go_on_with_somebody_elses_arrival(client, link, course):
    arrival = set_up(client, link, course)
    assert Client().get(f"/join/arrivals/{arrival.public_id}/confirm/").status_code == 404


def test_a_crash_between_leasing_and_sending_loses_no_letter(invitation, settings):
    from matricula.mail.leases import lease_letters

    settings.MAIL_LEASE_SECONDS = -1
    assert len(lease_letters(10)) == 1
    settings.MAIL_LEASE_SECONDS = 120
    assert deliver_due() == 1
    assert InboxLetter.objects.filter(to="ada@nordlicht.example").count() == 1


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "javascript:alert(1)", "https://evil.example"]
)
def test_open_redirect_only_local_paths_are_followed(client, bruno, target):
    data = {"email": "bruno@nordlicht.example", "password": PASSWORD, "next": target}
    assert client.post("/account/log-in/", data)["Location"] == "/learn/"


def test_host_header_a_strange_host_is_refused(client, db):
    assert client.get("/account/log-in/", HTTP_HOST="evil.example").status_code == 400
