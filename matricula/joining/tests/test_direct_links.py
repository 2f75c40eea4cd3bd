"""A2, C1: direct links. They prove no mailbox and reveal no account."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account, EmailAddress
from matricula.audit.models import Entry
from matricula.joining.arrivals import begin_arrival, finish_arrival
from matricula.joining.direct_links import make_direct_link, turn_off_link
from matricula.joining.errors import LinkRefused, NotConfirmed
from matricula.joining.models import Arrival, DirectLink
from matricula.joining.origins import DirectLinkOrigin
from matricula.joining.tests.test_joining import BROWSER, code_for, enter_code
from matricula.learning.models import Enrolment
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import enter_program
from matricula.programs.models import Group, Membership
from matricula.programs.terms import Terms
from matricula.security.models import Throttle
from matricula.security.throttling import LETTERS

pytestmark = pytest.mark.django_db(transaction=True)


def path(address: str) -> str:
    return "/join/" + address.split("/join/")[1]


@pytest.fixture
def share(program, bruno):
    def make(**limits):
        link, address = make_direct_link(program=program, actor=bruno, **limits)
        return link, path(address)

    return make


def sign_up(client: Client, link_path: str, work: str, **changes):
    client.get(link_path, **BROWSER)
    client.post("/join/now/")
    arrival = Arrival.objects.latest("id")
    typed = {
        "full_name": "Ada Okafor",
        "work_email": work,
        "alternative_email": "ada@home.example",
        "password": PASSWORD,
        **changes,
    }
    return arrival, client.post(f"/join/arrivals/{arrival.public_id}/account/", typed)


def test_ada_joins_by_a_direct_link_with_its_groups_and_its_course(client, share, program, course):
    group = Group.objects.create(program=program, name="Grid")
    link, address = share(terms=Terms(groups=[group], course=course))
    client.get(address, **BROWSER)
    landing = client.post("/join/now/")
    assert landing["Location"].endswith(f"/courses/{course.public_id}/")
    arrival = Arrival.objects.get()
    client.post(f"/join/arrivals/{arrival.public_id}/start/course/{course.public_id}/")
    arrival, _ = sign_up(client, address, "ada@nordlicht.example")
    client.post(f"/join/arrivals/{arrival.public_id}/start/course/{course.public_id}/")
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    assert list(Membership.objects.get().groups.all()) == [group]
    assert Enrolment.objects.get().course == course
    link.refresh_from_db()
    assert link.uses == 1


def test_b5_a_link_that_names_a_specialization_lands_on_it(client, share, program, course):
    from matricula.catalog.models import Specialization

    series = Specialization.objects.create(organization=program.organization, slug="all", title="All of it")
    program.specializations.add(series)
    _, address = share(terms=Terms(specialization=series))
    client.get(address, **BROWSER)
    answer = client.post("/join/now/", follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/specializations/{series.public_id}/")
    assert "All of it" in answer.content.decode()


def test_b5_an_invitation_that_names_a_course_lands_on_it(client, invitation, link, course):
    invitation.course = course
    invitation.save()
    client.get(link, **BROWSER)
    answer = client.post("/join/now/")
    assert answer["Location"].endswith(f"/courses/{course.public_id}/")


def test_a_direct_link_lets_in_only_as_many_as_it_says(client, share):
    _link, address = share(max_uses=1)
    first, _ = sign_up(client, address, "ada@nordlicht.example")
    other = Client()
    second, _ = sign_up(other, address, "dana@nordlicht.example", alternative_email="dana@home.example")
    enter_code(client, first, code_for("ada@nordlicht.example"))
    answer = enter_code(other, second, code_for("dana@nordlicht.example"))
    assert "This link was already used" in answer.content.decode()
    assert Membership.objects.count() == 1
    assert Client().get(address, **BROWSER).status_code == 410


def test_a_direct_link_refuses_other_domains_and_keeps_what_was_typed(client, share):
    _, address = share(allowed_domains=["nordlicht.example"])
    _, answer = sign_up(client, address, "ada@elsewhere.example")
    page = answer.content.decode()
    assert "This link is for addresses at nordlicht.example." in page
    assert "ada@home.example" in page
    assert not Account.objects.filter(full_name="Ada Okafor").exists()


@pytest.mark.parametrize("spelling", ["ada@NORDLICHT.example", "ada@nordlicht.example "])
def test_allowed_domains_are_compared_in_their_canonical_form(client, share, spelling):
    _, address = share(allowed_domains=["nordlicht.example"])
    _, answer = sign_up(client, address, spelling)
    assert answer.status_code == 302


def test_a_link_that_was_turned_off_stays_off(client, share, bruno):
    link, address = share()
    assert turn_off_link(link=link, actor=bruno)
    assert not turn_off_link(link=link, actor=bruno)
    answer = client.get(address, **BROWSER)
    assert (answer.status_code, "This link was turned off" in answer.content.decode()) == (410, True)


def test_turning_a_link_off_stops_those_who_opened_it_before(client, share, bruno):
    link, address = share()
    client.get(address, **BROWSER)
    turn_off_link(link=link, actor=bruno)
    assert client.post("/join/now/").status_code == 410
    assert not Arrival.objects.exists()


def test_an_expired_link_has_its_own_page(client, share):
    _, address = share(expires_at=timezone.now() - timedelta(minutes=1))
    assert "This link has expired" in client.get(address, **BROWSER).content.decode()


def test_enumeration_a_direct_link_never_reveals_whether_an_account_exists(share, chika):
    _, address = share()
    answers = []
    for work in ("chika@elsewhere.example", "nobody@elsewhere.example"):
        browser = Client()
        _arrival, answer = sign_up(browser, address, work)
        page = browser.get(answer["Location"]).content.decode()
        answers.append((answer.status_code, page.count("We wrote to"), "belongs to another" in page))
    assert answers[0] == answers[1] == (302, 1, False)
    assert Letter.objects.filter(to="chika@elsewhere.example").count() == 1


def test_a_mistyped_work_e_mail_is_corrected_and_its_letter_ends(client, share):
    _, address = share()
    arrival, _ = sign_up(client, address, "ada@nordlihct.example")
    code = code_for("ada@nordlihct.example")
    client.post(f"/join/arrivals/{arrival.public_id}/work-email/", {"work_email": "ada@nordlicht.example"})
    assert "That is not the code" in enter_code(client, arrival, code).content.decode()
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    assert Affiliation.objects.get().work_email == "ada@nordlicht.example"
    assert not EmailAddress.objects.filter(address="ada@nordlihct.example").exists()


def test_chika_links_her_account_by_a_direct_link_and_is_asked_where_she_works(client, share, chika):
    _, address = share()
    client.get(address, **BROWSER)
    client.post("/join/now/")
    arrival = Arrival.objects.get()
    log_in = {"email": "chika@elsewhere.example", "password": PASSWORD}
    answer = client.post(f"/join/arrivals/{arrival.public_id}/link-account/", log_in, follow=True)
    assert answer.redirect_chain[-1][0].endswith("/work-email/")
    client.post(answer.redirect_chain[-1][0], {"work_email": "chika@nordlicht.example"})
    enter_code(client, arrival, code_for("chika@nordlicht.example"))
    assert Membership.objects.get().account == chika
    assert not chika.addresses.get(address="chika@nordlicht.example").signs_in


def test_a_linked_account_never_logs_in_with_a_work_e_mail_that_was_corrected(client, share, chika):
    _, address = share()
    client.get(address, **BROWSER)
    client.post("/join/now/")
    arrival = Arrival.objects.get()
    log_in = {"email": "chika@elsewhere.example", "password": PASSWORD}
    asked = client.post(f"/join/arrivals/{arrival.public_id}/link-account/", log_in)["Location"]
    for work in ("chika@nordlihct.example", "chika@nordlicht.example"):
        client.post(asked, {"work_email": work})
    assert [one.address for one in chika.addresses.filter(signs_in=False)] == ["chika@nordlicht.example"]
    enter_code(client, arrival, code_for("chika@nordlicht.example"))
    assert not chika.addresses.get(address="chika@nordlicht.example").signs_in


def test_a_member_who_comes_by_a_link_once_more_uses_it_not_up_and_gets_nothing_by_it(share, program, chika):
    group = Group.objects.create(program=program, name="Grid")
    link, _ = share(terms=Terms(groups=[group]), max_uses=1)
    arrival = begin_arrival(origin=DirectLinkOrigin(link), account=chika)
    arrival.work_email = "chika@elsewhere.example"
    arrival.save()
    membership = enter_program(program=program, account=chika)
    assert finish_arrival(arrival=arrival) == membership
    link.refresh_from_db()
    assert (link.uses, membership.groups.count()) == (0, 0)


def test_an_arrival_finishes_once_and_brings_nobody_back_into_a_group(client, share, program):
    group = Group.objects.create(program=program, name="Grid")
    _, address = share(terms=Terms(groups=[group]))
    arrival, _ = sign_up(client, address, "ada@nordlicht.example")
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    membership = Membership.objects.get()
    membership.groups.remove(group)
    assert finish_arrival(arrival=Arrival.objects.get()) == membership
    assert (membership.groups.count(), Entry.objects.filter(verb="arrival.finished").count()) == (0, 1)


def test_a_link_that_was_turned_off_meanwhile_finishes_nothing(client, share, program, bruno):
    link, address = share()
    arrival, _ = sign_up(client, address, "ada@nordlicht.example")
    turn_off_link(link=link, actor=bruno)
    enter_code(client, arrival, code_for("ada@nordlicht.example"))
    link.refresh_from_db()
    assert (Membership.objects.count(), Affiliation.objects.count(), link.uses) == (0, 0, 0)
    with pytest.raises((LinkRefused, NotConfirmed)):
        finish_arrival(arrival=Arrival.objects.get())


def test_somebody_signed_in_joins_by_a_direct_link_as_themselves(client, share, chika):
    client.post("/account/log-in/", {"email": "chika@elsewhere.example", "password": PASSWORD})
    _, address = share(allowed_domains=["nordlicht.example"])
    client.get(address, **BROWSER)
    client.post("/join/now/", {"as": "me"})
    arrival = Arrival.objects.get()
    assert arrival.account == chika
    place = f"/join/arrivals/{arrival.public_id}/work-email/"
    refusal = client.post(place, {"work_email": "chika@elsewhere.example"}).content.decode()
    assert "This link is for addresses at nordlicht.example." in refusal


def test_a_stranger_cannot_correct_another_persons_work_e_mail(share):
    _, address = share()
    arrival, _ = sign_up(Client(), address, "ada@nordlicht.example")
    outsider = Client()
    place = f"/join/arrivals/{arrival.public_id}/work-email/"
    assert outsider.post(place, {"work_email": "mallory@nordlicht.example"}).status_code == 404
    arrival.refresh_from_db()
    assert arrival.work_email == "ada@nordlicht.example"


def test_secrets_of_direct_links_are_kept_only_as_digests(share):
    _link, address = share()
    secret = address.removeprefix("/join/").rstrip("/")
    stored = [str(value) for value in DirectLink.objects.values_list().get()]
    assert not any(secret in value for value in stored)


def test_two_people_may_not_hold_one_work_e_mail(client, share):
    holder = person("Dana", "dana@nordlicht.example")
    _, address = share()
    arrival, _ = sign_up(client, address, "dana@nordlicht.example")
    answer = enter_code(client, arrival, code_for("dana@nordlicht.example"))
    assert "This work e-mail belongs to another account" in answer.content.decode()
    assert not holder.memberships.exists()
    assert not Membership.objects.exists()


def test_invitation_spam_a_direct_link_fills_no_strangers_mailbox(share):
    _link, link_path = share()
    most = LETTERS.tries
    letters = Letter.objects.filter(to__iexact="victim@home.example")
    for number in range(most + 2):
        mallory = Client()
        sign_up(mallory, link_path, "Victim@home.example", alternative_email=f"mallory{number}@other.example")
    assert letters.count() == most
    arrival = Arrival.objects.latest("id")
    answer = mallory.post(f"/join/arrivals/{arrival.public_id}/confirm/letter/", follow=True)
    assert (answer.status_code, letters.count()) == (200, most)


def test_who_gets_no_letter_because_of_the_days_limit_is_told_so_and_when_to_ask_for_one(client, share):
    for _ in range(LETTERS.tries):
        LETTERS.allows("ada@nordlicht.example")
    arrival, answer = sign_up(client, share()[1], "Ada@nordlicht.example")
    assert not Letter.objects.filter(to__iexact="ada@nordlicht.example").exists()
    page = client.get(answer["Location"]).content.decode()
    ends = LETTERS.used_up_until("ada@nordlicht.example")
    assert ("We wrote to" in page, "spam folder" in page) == (False, False)
    assert "Ada@nordlicht.example got as many letters as we write to a mailbox in a day" in page
    assert f"Ask for one after {ends:%-d %b %Y, %H:%M} UTC." in page
    Throttle.objects.update(window_ends_at=timezone.now())
    page = client.get(answer["Location"]).content.decode()
    assert "No letter was written to Ada@nordlicht.example. Ask for one below." in page
    page = client.post(f"/join/arrivals/{arrival.public_id}/confirm/letter/", follow=True).content.decode()
    assert "We wrote to <strong>Ada@nordlicht.example</strong>" in page
    assert code_for("Ada@nordlicht.example")


def test_pre_account_hijacking_who_logs_in_at_adas_browser_after_her_changes_no_address_of_hers(share, chika):
    """Her arrival is still kept there; her account is not theirs to correct."""
    browser = Client()
    arrival, _ = sign_up(browser, share()[1], "ada@nordlicht.example")
    browser.post("/account/log-in/", {"email": "chika@elsewhere.example", "password": PASSWORD})
    given = {"full_name": "M", "work_email": "m@nordlicht.example", "password": "another long password"}
    before = sorted(EmailAddress.objects.values_list("account", "address"))
    answer = browser.post(
        f"/join/arrivals/{arrival.public_id}/account/", {**given, "alternative_email": "m@home.example"}
    )
    assert answer["Location"].endswith("/link-account/")
    assert sorted(EmailAddress.objects.values_list("account", "address")) == before
    arrival.refresh_from_db()
    assert arrival.work_email == "ada@nordlicht.example"


def test_invitation_spam_from_one_network_waits_and_loses_nothing(share, settings):
    settings.ADDRESSES_PER_NETWORK = 2
    _link, address = share()
    for name in ("chika", "hugo"):
        sign_up(Client(), address, f"{name}@nordlicht.example", alternative_email=f"{name}@home.example")
    ada = Client()
    arrival, answer = sign_up(ada, address, "ada@nordlicht.example")
    page = answer.content.decode()
    assert (answer.status_code, 3500 < int(answer["Retry-After"]) <= 3600) == (429, True)
    assert "Many people gave their address from your network" in page
    assert "Look at:" not in page
    assert all(
        typed in page for typed in ("Ada Okafor", "ada@nordlicht.example", "ada@home.example", PASSWORD)
    )
    assert (EmailAddress.objects.filter(address__startswith="ada").count(), letters_to("ada")) == (0, 0)
    Throttle.objects.update(window_ends_at=timezone.now())
    again = {"full_name": "Ada Okafor", "work_email": "ada@nordlicht.example", "password": PASSWORD}
    path_ = f"/join/arrivals/{arrival.public_id}/account/"
    answer = ada.post(path_, {**again, "alternative_email": "ada@home.example"})
    assert answer["Location"].endswith("/confirm/")
    assert letters_to("ada@nordlicht") == 1


def test_invitation_spam_by_corrections_counts_like_sign_ups(share, settings):
    settings.ADDRESSES_PER_NETWORK = 3
    _link, address = share()
    mallory = Client()
    arrival, _ = sign_up(mallory, address, "first@victim.example")
    answers = [
        mallory.post(f"/join/arrivals/{arrival.public_id}/work-email/", {"work_email": f"{n}@victim.example"})
        for n in range(4)
    ]
    assert [one.status_code for one in answers] == [302, 302, 429, 429]
    assert "2@victim.example" in answers[2].content.decode()
    assert letters_to("victim.example") == 3


def letters_to(part: str) -> int:
    return Letter.objects.filter(to__contains=part).count()


def test_another_network_is_not_kept_waiting(share, settings):
    settings.ADDRESSES_PER_NETWORK = 1
    _link, address = share()
    networks = ["2001:db8:1:1::a", "2001:db8:1:1::b", "2001:db8:1:2::a", "203.0.113.7", "203.0.113.8"]
    answers = [
        sign_up(
            Client(REMOTE_ADDR=network),
            address,
            f"p{n}@nordlicht.example",
            alternative_email=f"p{n}@home.example",
        )[1].status_code
        for n, network in enumerate(networks)
    ]
    assert answers == [302, 429, 302, 302, 302]


def test_an_invited_person_never_waits_for_the_crowd(client, invitation, link, settings, share):
    settings.ADDRESSES_PER_NETWORK = 1
    sign_up(Client(), share()[1], "hugo@nordlicht.example", alternative_email="hugo@home.example")
    _arrival, answer = sign_up(client, link, "ada@nordlicht.example")
    assert answer.status_code == 302


def test_a_long_form_says_at_its_top_which_fields_to_look_at(client, share):
    _arrival, answer = sign_up(client, share()[1], "ada@nordlicht.example", password="short")
    page = answer.content.decode()
    assert (
        'Look at:</strong><ul class="wrong-fields"><li><a href="#id_password">Password</a></li></ul>' in page
    )
