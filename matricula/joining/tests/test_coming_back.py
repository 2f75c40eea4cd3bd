"""Who was removed comes back by a new invitation only; who left by any open door; both with a new proof."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.confirmation import ask_to_confirm
from matricula.accounts.models import Confirmation, EmailAddress
from matricula.audit.models import Entry
from matricula.invitations.invitations import invite_person, invite_person_back
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.joining.arrivals import begin_arrival, finish_arrival
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival, Request
from matricula.joining.origins import DirectLinkOrigin
from matricula.joining.requests import answer_with_letter
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Affiliation
from matricula.programs.errors import RemovedFromProgram
from matricula.programs.memberships import end_membership, enter_program, proof_needed_since
from matricula.programs.models import Group, Membership, Program
from matricula.programs.terms import Terms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
ADA = "ada@nordlicht.example"
SAYS = "You were removed from Welcome"


def path(address: str) -> str:
    return "/join/" + address.split("/join/")[1]


def code_for(address: str) -> str:
    while deliver_due():
        pass
    letter = InboxLetter.objects.filter(to=address, letter__kind="accounts.confirmation").latest("id")
    return re.search(r"^\d{6}$", letter.text, re.M)[0]


def codes_asked() -> int:
    return Letter.objects.filter(kind="accounts.confirmation").count()


@pytest.fixture
def direct(program, bruno):
    """The path of a direct link that stays open."""
    return path(make_direct_link(program=program, actor=bruno)[1])


@pytest.fixture
def ada(program, organization):
    """A member who proved her work e-mail long ago."""
    account = person("Ada Okafor", ADA)
    account.addresses.update(confirmed_at=timezone.now() - timedelta(days=100))
    Affiliation.objects.create(organization=organization, account=account, work_email=ADA)
    enter_program(program=program, account=account)
    return account


def end(account, bruno, state=Membership.State.REMOVED):
    end_membership(membership=Membership.objects.get(account=account), actor=bruno, state=state)


def signed_in(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def arrive(client, link, **chosen) -> str:
    """JOIN NOW; where the steps of this arrival begin."""
    client.get(link, HTTP_USER_AGENT="Mozilla/5.0")
    client.post("/join/now/", chosen)
    return f"/join/arrivals/{Arrival.objects.latest('id').public_id}/"


def is_in(account) -> bool:
    return Membership.objects.active().filter(account=account).exists()


def test_h1_a_removed_member_is_told_so_at_join_now_and_no_letter_is_written(ada, direct, bruno):
    end(ada, bruno)
    client = signed_in(ada)
    client.get(direct)
    page = client.post("/join/now/", {"as": "me"})
    assert (page.status_code, SAYS in page.content.decode()) == (410, True)
    assert (is_in(ada), codes_asked(), Arrival.objects.count()) == (False, 0, 0)


def test_h1_link_your_account_leads_a_removed_member_to_the_same_page(ada, direct, bruno, course):
    end(ada, bruno)
    client = Client()
    base = arrive(client, direct)
    client.post(f"{base}start/course/{course.public_id}/")
    client.post(f"{base}link-account/", {"email": ADA, "password": PASSWORD})
    for step in ("work-email/", "confirm/", "courses/"):
        page = client.get(base + step)
        assert (page.status_code, SAYS in page.content.decode()) == (410, True), step
    given = client.post(f"{base}work-email/", {"work_email": ADA})
    assert (given.status_code, is_in(ada), codes_asked()) == (410, False, 0)


def test_h1_an_arrival_begun_before_the_removal_ends_in_the_same_page(ada, direct, bruno, course):
    """Ada left, presses JOIN NOW, comes in, and is removed: what she began opens nothing any more."""
    end(ada, bruno, Membership.State.LEFT)
    client = signed_in(ada)
    waiting = arrive(client, direct, **{"as": "me"})
    base = arrive(client, direct, **{"as": "me"})
    client.post(f"{base}work-email/", {"work_email": ADA})
    client.post(f"{base}confirm/", {"code": code_for(ADA)})
    assert is_in(ada)
    end(ada, bruno)
    for one in (waiting, base):
        assert SAYS in client.post(f"{one}start/course/{course.public_id}/").content.decode()
        assert SAYS in client.get(f"{one}confirm/").content.decode()
    assert not is_in(ada)


def test_h1_the_link_of_a_code_letter_brings_no_removed_member_back(ada, direct, bruno):
    end(ada, bruno, Membership.State.LEFT)
    client = signed_in(ada)
    client.post(f"{arrive(client, direct, **{'as': 'me'})}work-email/", {"work_email": ADA})
    Membership.objects.update(state=Membership.State.REMOVED)
    code_for(ADA)
    letter = InboxLetter.objects.filter(letter__kind="accounts.confirmation").latest("id").text
    client.post(client.get(re.search(r"/account/confirm/\S+", letter)[0])["Location"])
    assert not Confirmation.objects.filter(ended_at__isnull=True).exists()
    assert not is_in(ada)


def test_h1_an_older_live_invitation_does_not_count_and_ends_with_the_removal(ada, program, bruno):
    """One that was open to her before members were looked for, and one to an address she proves later."""
    rows = [Invitation(program=program, address=ADA), Invitation(program=program, address="ada@new.example")]
    for one in rows:
        one.save()
    client = signed_in(ada)
    end(ada, bruno)
    rows[0].refresh_from_db()
    assert rows[0].state == "revoked"
    later = path(mint_link(rows[1], InvitationToken.Channel.MAIL))
    client.get(later)
    assert SAYS in client.post("/join/now/", {"as": "me"}).content.decode()
    email = EmailAddress.objects.create(account=ada, address="ada@new.example", signs_in=False)
    ask_to_confirm(email=email)
    client.post(path_of_confirming(client, "ada@new.example"))
    rows[1].refresh_from_db()
    assert (email_is_proven(email), rows[1].state, is_in(ada)) == (True, "revoked", False)
    assert SAYS in client.get(later).content.decode()


def path_of_confirming(client, address: str) -> str:
    code_for(address)
    letter = InboxLetter.objects.filter(to=address).latest("id").text
    return client.get(re.search(r"/account/confirm/\S+", letter)[0])["Location"]


def email_is_proven(email) -> bool:
    email.refresh_from_db()
    return email.confirmed_at is not None


def test_h1_a_new_invitation_brings_the_removed_member_back_after_a_new_code(ada, program, bruno, course):
    end(ada, bruno)
    made = invite_person_back(membership=Membership.objects.get(), actor=bruno)
    client = signed_in(ada)
    base = arrive(client, path(mint_link(made, InvitationToken.Channel.MAIL)), **{"as": "me"})
    client.post(f"{base}start/course/{course.public_id}/")
    assert (is_in(ada), codes_asked()) == (False, 1)
    answer = client.post(f"{base}confirm/", {"code": code_for(ADA)})
    assert (is_in(ada), answer["Location"]) == (True, f"/learn/courses/{course.public_id}/")
    assert ada.addresses.get().is_primary
    assert Affiliation.objects.live().get().work_email == ADA


def test_h1_a_program_that_trusts_its_letters_takes_a_new_one_for_proof_but_no_old_one(ada, program, bruno):
    Program.objects.update(trusts_the_link=True)
    program.refresh_from_db()
    end(ada, bruno)
    made = invite_person_back(membership=Membership.objects.get(), actor=bruno)
    client = signed_in(ada)
    base = arrive(client, path(mint_link(made, InvitationToken.Channel.MAIL)), **{"as": "me"})
    client.post(f"{base}link-account/mine/")
    assert (is_in(ada), codes_asked()) == (True, 0)
    end(ada, bruno, Membership.State.LEFT)
    Invitation.objects.update(state="sent", accepted_by=None)
    base = arrive(client, path(mint_link(made, InvitationToken.Channel.MAIL)), **{"as": "me"})
    client.post(f"{base}link-account/mine/")
    assert (is_in(ada), codes_asked()) == (False, 1)


def test_h1_who_left_comes_back_by_a_direct_link_with_a_new_code(ada, direct, bruno):
    end(ada, bruno, Membership.State.LEFT)
    client = signed_in(ada)
    base = arrive(client, direct, **{"as": "me"})
    client.post(f"{base}work-email/", {"work_email": ADA})
    assert (is_in(ada), codes_asked()) == (False, 1)
    client.post(f"{base}confirm/", {"code": code_for(ADA)})
    assert is_in(ada)


def test_h1_a_proof_older_than_the_tie_to_the_company_opens_no_other_program_of_it(ada, program, bruno):
    other = Program.objects.create(organization=program.organization, slug="other", name="Other")
    assert proof_needed_since(program=other, account=ada) is None
    end(ada, bruno)
    link = path(make_direct_link(program=other, actor=bruno)[1])
    client = signed_in(ada)
    base = arrive(client, link, **{"as": "me"})
    client.post(f"{base}work-email/", {"work_email": ADA})
    assert (is_in(ada), codes_asked()) == (False, 1)
    client.post(f"{base}confirm/", {"code": code_for(ADA)})
    assert Membership.objects.active().get(account=ada).program == other


def test_h1_the_rule_has_one_home_that_every_way_in_obeys(ada, program, bruno):
    end(ada, bruno)
    left_at = Membership.objects.get().left_at
    for invited_at in (None, left_at - timedelta(days=1), left_at):
        with pytest.raises(RemovedFromProgram):
            enter_program(program=program, account=ada, invited_at=invited_at)
    enter_program(program=program, account=ada, invited_at=left_at + timedelta(seconds=1))
    assert is_in(ada)


def test_h1_the_removed_ask_in_one_click_and_the_answer_is_a_new_invitation(ada, program, bruno):
    ada.addresses.create(address="ada@home.example", confirmed_at=timezone.now())
    end(ada, bruno)
    client = signed_in(ada)
    assert "We passed it on" in client.post(f"/join/ask/{program.public_id}/").content.decode()
    asked = Request.objects.get()
    assert (asked.address, asked.reason, asked.program) == (ADA, "removed", program)
    answer_with_letter(request=asked, actor=bruno)
    assert enter_program(program=program, account=ada, invited_at=Invitation.objects.get().created_at)


def test_who_was_removed_and_comes_from_a_crowded_network_is_told_to_wait(ada, program, bruno, settings):
    settings.LIMITS = {**settings.LIMITS, "request-network": (1, 10)}
    end(ada, bruno)
    client = signed_in(ada)
    statuses = [client.post(f"/join/ask/{program.public_id}/").status_code for _ in range(2)]
    assert statuses == [200, 429]


def test_h1_nobody_else_learns_or_writes_anything_by_asking_back(ada, program, chika, bruno):
    end(ada, bruno)
    pages = [one.post(f"/join/ask/{program.public_id}/") for one in (Client(), signed_in(chika))]
    assert {one.status_code for one in pages} == {200}
    assert not Request.objects.exists()


def test_h1_at_a_shared_browser_the_next_person_joins_with_another_account(ada, direct, bruno):
    end(ada, bruno)
    client = signed_in(ada)
    client.get(direct)
    assert "Use another account" in client.get("/join/welcome/").content.decode()
    assert client.post("/join/now/").status_code == 302


def test_h1_who_is_not_signed_in_is_not_told_that_somebody_was_removed(ada, direct, bruno):
    end(ada, bruno, Membership.State.LEFT)
    client = signed_in(ada)
    base = arrive(client, direct, **{"as": "me"})
    Membership.objects.update(state=Membership.State.REMOVED)
    stranger = Client()
    assert SAYS not in stranger.get(f"{base}courses/").content.decode()


def comes_back(ada, made) -> list[str]:
    """By this invitation; the groups that she is in then."""
    client = signed_in(ada)
    base = arrive(client, path(mint_link(made, InvitationToken.Channel.MAIL)), **{"as": "me"})
    course = Arrival.objects.latest("id").program.courses.get()
    client.post(f"{base}start/course/{course.public_id}/")
    client.post(f"{base}confirm/", {"code": code_for(ADA)})
    membership = Membership.objects.active().get(account=ada)
    return sorted(membership.groups.values_list("name", flat=True))


@pytest.fixture
def sun(ada, program):
    """A group that Ada is not in, as she is in two others."""
    grid, wind, sun = (Group.objects.create(program=program, name=name) for name in ("Grid", "Wind", "Sun"))
    ada.memberships.get().groups.add(grid, wind)
    return sun


@pytest.mark.parametrize("state", ["removed", "left"])
def test_who_comes_back_is_in_the_groups_of_the_new_invitation_only(ada, program, bruno, sun, state):
    end(ada, bruno, state=Membership.State(state))
    made = invite_person(program=program, address=ADA, invited_by=bruno, terms=Terms(groups=[sun]))
    assert comes_back(ada, made) == ["Sun"]
    assert Entry.objects.get(verb="membership.revived").before == {"groups": ["Grid", "Wind"]}


def test_who_is_invited_back_is_in_the_groups_that_were_chosen_and_in_no_other(ada, bruno, sun):
    end(ada, bruno)
    wind = Group.objects.get(name="Wind")
    made = invite_person_back(membership=Membership.objects.get(), actor=bruno, groups=[wind, sun])
    assert comes_back(ada, made) == ["Sun", "Wind"]
    membership = Membership.objects.get(account=ada)
    assert membership.came_back_at == membership.joined_at


def test_who_left_by_herself_and_comes_by_another_door_is_in_the_groups_of_that_door_only(
    ada, bruno, program, sun
):
    end(ada, bruno, Membership.State.LEFT)
    open_door = make_direct_link(program=program, actor=bruno, terms=Terms(groups=[sun]))[0]
    arrival = begin_arrival(origin=DirectLinkOrigin(open_door), account=ada)
    Arrival.objects.filter(pk=arrival.pk).update(work_email=ADA)
    ada.addresses.update(confirmed_at=timezone.now(), power_ends_at=None)
    membership = finish_arrival(arrival=Arrival.objects.get(pk=arrival.pk))
    assert [one.name for one in membership.groups.all()] == ["Sun"]


def test_a_member_who_enters_once_more_keeps_their_groups(ada, program, sun):
    enter_program(program=program, account=ada)
    assert ada.memberships.get().groups.count() == 2
