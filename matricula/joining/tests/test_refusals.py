"""Whatever joining refuses has a page that fits, at every door: the same letter in two browsers, a link that
was withdrawn on the way, a personal invitation opened by somebody else.
"""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.errors import AccountError
from matricula.accounts.models import Account, Confirmation
from matricula.invitations.errors import InvitationError
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation, InvitationToken, mint_link
from matricula.joining.errors import JoiningError
from matricula.joining.models import Arrival
from matricula.joining.refusals import PAGES
from matricula.joining.tests.leaving import BROWSER, join
from matricula.joining.tests.test_joining import SIGN_UP, arrive, enter_code
from matricula.learning.models import Enrolment
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.programs.errors import ProgramError
from matricula.programs.models import Membership, Program
from matricula.security.errors import HasToWait
from matricula.web.refusals import Refusal
from tests.at_once import all_at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
WORK = "ada@nordlicht.example"
CALLED = (JoiningError, ProgramError, AccountError, InvitationError, HasToWait)
"""What the verbs that joining calls may refuse."""
TAKEN = "This work e-mail belongs to another account"


@pytest.fixture
def trusting(program):
    Program.objects.update(trusts_the_link=True)
    program.refresh_from_db()
    return program


def way(arrival: Arrival, step: str = "") -> str:
    return f"/join/arrivals/{arrival.public_id}/{step}"


def start(browser: Client, arrival: Arrival, course):
    return browser.post(way(arrival, f"start/course/{course.public_id}/"))


def says(answer, words: str) -> bool:
    return words in answer.content.decode()


def sign_up(browser: Client, link: str, course, **changes) -> Arrival:
    arrival = arrive(browser, link)
    start(browser, arrival, course)
    browser.post(way(arrival, "account/"), {**SIGN_UP, **changes})
    return arrival


@pytest.fixture
def two_browsers(link, course):
    """Ada opened one letter in two browsers and pressed SIGN UP in both; the first is confirmed."""
    first, second = Client(), Client()
    confirmed = sign_up(first, link, course)
    waiting = sign_up(second, link, course, alternative_email="ada@other.example")
    enter_code(first, confirmed, code_of(confirmed))
    assert Membership.objects.get().account == Arrival.objects.get(pk=confirmed.pk).account
    return second, waiting


def code_of(arrival: Arrival) -> str:
    """Of the letter to this arrival's own account: two went to one mailbox."""
    while deliver_due():
        pass
    account = Arrival.objects.get(pk=arrival.pk).account
    asked = Confirmation.objects.get(email__account=account, email__address=WORK)
    letter = InboxLetter.objects.get(letter__kind="accounts.confirmation", letter__reference=asked.pk)
    return re.search(r"^\d{6}$", letter.text, re.M)[0]


@pytest.mark.parametrize(
    ("method", "step"),
    [("get", "confirm/"), ("post", "confirm/"), ("post", "confirm/letter/"), ("head", "confirm/")],
)
def test_the_other_browser_is_told_that_another_account_has_the_work_e_mail(two_browsers, method, step):
    second, waiting = two_browsers
    answer = getattr(second, method)(way(waiting, step), {"code": "123456"})
    assert answer.status_code == 410
    assert method == "head" or says(answer, TAKEN)
    assert not says(answer, "No letter was written")


def test_in_the_other_browser_log_in_joins_with_what_was_chosen_there(two_browsers, course):
    second, waiting = two_browsers
    page = second.get(way(waiting, "confirm/")).content.decode()
    log_in = re.search(r'href="([^"]*link-account/)"', page)[1]
    assert not says(second.get(log_in), "Join as Ada Okafor"), "the account that is signed in cannot"
    answer = second.post(log_in, {"email": WORK, "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/learn/courses/{course.public_id}/"
    assert (Membership.objects.count(), Enrolment.objects.count()) == (1, 1)


def test_linking_another_account_in_the_other_browser_is_told_it_too(two_browsers, chika):
    second, waiting = two_browsers
    form = {"email": "chika@elsewhere.example", "password": PASSWORD}
    assert says(second.post(way(waiting, "link-account/"), form), TAKEN)
    assert says(second.post(way(waiting, "link-account/mine/")), TAKEN)
    assert Membership.objects.count() == 1


def test_races_both_browsers_confirm_at_one_moment(link, course):
    first, second = Client(), Client()
    arrivals = [sign_up(one, link, course) for one in (first, second)]
    codes = [code_of(one) for one in arrivals]
    answers = all_at_once(
        lambda: first.post(way(arrivals[0], "confirm/"), {"code": codes[0]}),
        lambda: second.post(way(arrivals[1], "confirm/"), {"code": codes[1]}),
    )
    assert refusals(answers) == []
    assert all(one.status_code in (200, 302, 410) for one in answers), answers
    assert Membership.objects.count() == 1
    stands = [first.get(way(arrivals[0], "confirm/")), second.get(way(arrivals[1], "confirm/"))]
    assert {one.status_code for one in stands} == {302, 410}


def test_the_second_holder_of_a_letter_that_the_program_trusts_is_told_that_it_was_used(
    trusting, link, course
):
    second = Client()
    waiting = arrive(second, link)
    sign_up(Client(), link, course)
    before = Account.objects.count()
    answer = second.post(way(waiting, "account/"), SIGN_UP)
    assert (answer.status_code, says(answer, "This link was already used")) == (410, True)
    assert (Account.objects.count(), Membership.objects.count()) == (before, 1)


def test_a_member_by_another_trusted_link_who_signs_up_again_logs_in_instead(trusting, link, course, bruno):
    sign_up(Client(), link, course)
    other = Program.objects.create(
        organization=trusting.organization, slug="other", name="Other", seats=5, trusts_the_link=True
    )
    made = invite_person(program=other, address=WORK, invited_by=bruno)
    second = Client()
    waiting = arrive(second, "/join/" + mint_link(made, InvitationToken.Channel.MAIL).split("/join/")[1])
    answer = second.post(way(waiting, "account/"), SIGN_UP)
    assert (answer.status_code, says(answer, TAKEN)) == (410, True)
    second.post(way(waiting, "link-account/"), {"email": WORK, "password": PASSWORD})
    assert Membership.objects.filter(program=other).get().account.full_name == "Ada Okafor"
    assert Account.objects.filter(full_name="Ada Okafor").count() == 1


def test_every_refusal_of_a_verb_has_words_of_its_own(client, link, monkeypatch):
    """Whatever joining, programs or accounts may refuse some day: a page, never a fault of ours."""
    arrival = arrive(client, link)
    for kind in (one for room in CALLED for one in leaves(room)):
        refusal = made(kind)

        def refuse(*_: object, refusal=refusal, **__: object):
            raise refusal

        monkeypatch.setattr("matricula.joining.views.set_up.holder_of", refuse)
        answer = client.get(way(arrival, "account/"))
        assert 400 <= answer.status_code < 500, kind
        assert says(answer, "We do not know this link") is (refusal.code == "unknown"), kind


def leaves(kind: type[Refusal]) -> list[type[Refusal]]:
    """All kinds of it, of this house."""
    below = [one for one in kind.__subclasses__() if one.__module__.startswith("matricula.")]
    return below + [found for one in below for found in leaves(one)]


def made(kind: type[Refusal]) -> Refusal:
    """One of its kind, whatever its particulars are."""
    refusal = kind.__new__(kind)
    refusal.code = kind.code
    if kind.__init__ is not Refusal.__init__:
        hour = timezone.now() + timedelta(hours=1)
        vars(refusal).update(
            until=hour,
            limit="code",
            allowed=["x.example"],
            tries_left=1,
            used=1,
            whom=["Bruno"],
            programs=["Welcome"],
        )
    return refusal


def test_the_codes_that_have_pages_are_codes_of_refusals():
    told = {one.code for kind in (JoiningError, ProgramError) for one in leaves(kind)}
    links = {"unknown", "expired", "revoked", "declined", "replaced", "used", "off", "ended", "lost"}
    links |= {"sign_in_again", "closed_to_sign_in"}
    assert PAGES - links - {"mailbox_taken"} <= told


def olga_in(program: Program) -> Client:
    olga = person("Olga Petrova", "olga@nordlicht.example")
    join(olga, program, "olga@nordlicht.example")
    browser = Client()
    browser.post("/account/log-in/", {"email": "olga@nordlicht.example", "password": PASSWORD})
    return browser


def test_a_personal_invitation_opened_by_another_member_names_both(program, link):
    browser = olga_in(program)
    browser.get(link, **BROWSER)
    page = browser.get("/join/welcome/")
    for words in (WORK, "logged in as <strong>Olga Petrova", "Go on as Olga Petrova", "Use another account"):
        assert says(page, words), words
    browser.post("/join/now/")
    assert Arrival.objects.get().account is None


def test_an_invitation_that_somebody_else_answered_names_both_too(program, link, course):
    sign_up_and_confirm = Client()
    arrival = sign_up(sign_up_and_confirm, link, course)
    enter_code(sign_up_and_confirm, arrival, code_of(arrival))
    browser = olga_in(program)
    browser.get(link, **BROWSER)
    page = browser.get("/join/welcome/")
    assert says(page, f"It is for <strong>{WORK}")
    assert says(page, "/account/log-in/?next=/learn/programs/")


@pytest.mark.parametrize("how", ["listed", "work e-mail", "answered"])
def test_an_invitation_of_ones_own_simply_opens_the_program(program, link, invitation, how):
    browser = olga_in(program)
    olga = Account.objects.get(full_name="Olga Petrova")
    if how == "listed":
        olga.addresses.create(address=WORK)
    elif how == "work e-mail":
        olga.affiliations.update(work_email=WORK, canonical=WORK)
    else:
        invitation.settle(Invitation.State.JOINED, account=olga)
    browser.get(link, **BROWSER)
    assert browser.get("/join/welcome/")["Location"] == f"/learn/programs/{program.public_id}/"


def double_click(browser: Client, path: str, form: dict[str, str], *, in_between: bool):
    """SIGN UP pressed twice without JavaScript: the second request has the cookies of the first, or those
    that the first answer brought, and always the token of the page that both were pressed on."""
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    before = {name: one.value for name, one in browser.cookies.items()}
    first = browser.post(path, {**form, **token})
    if not in_between:
        browser.cookies.clear()
        for name, value in before.items():
            browser.cookies[name] = value
    return first, browser.post(path, {**form, **token})


@pytest.mark.parametrize("in_between", [False, True])
@pytest.mark.parametrize("trusts", [False, True])
def test_a_double_click_on_sign_up_ends_where_one_click_does(link, course, program, in_between, trusts):
    Program.objects.update(trusts_the_link=trusts)
    browser = Client(enforce_csrf_checks=True)
    browser.get(link, **BROWSER)
    browser.get("/join/welcome/")
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    browser.post("/join/now/", token)
    arrival = Arrival.objects.get()
    browser.post(way(arrival, f"start/course/{course.public_id}/"), token)
    first, second = double_click(browser, way(arrival, "account/"), SIGN_UP, in_between=in_between)
    ends = [browser.get(one["Location"], follow=True) for one in (first, second)]
    assert [one.status_code for one in ends] == [200, 200]
    assert ends[0].request["PATH_INFO"] == ends[1].request["PATH_INFO"]
    assert Account.objects.filter(full_name="Ada Okafor").count() == 1


def test_who_comes_to_a_browser_after_a_log_out_holds_none_of_its_arrivals(client, link, course):
    arrival = sign_up(client, link, course)
    assert client.get(way(arrival, "courses/")).status_code == 200
    client.post("/account/log-out/")
    assert client.get(way(arrival, "courses/")).status_code == 404
