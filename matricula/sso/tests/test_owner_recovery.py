"""The day the company's sign-in does not work: Olga comes in by a recovery code, mends it, and no more."""

import re
import time
from datetime import timedelta
from functools import partial
from urllib.parse import unquote

import pyotp
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import RecoveryCode, SecondFactor
from matricula.accounts.second_factors import add_authenticator, renew_recovery_codes
from matricula.accounts.sessions import SessionStore
from matricula.accounts.sign_in import is_company_only
from matricula.audit.models import Entry
from matricula.identities.access import MENDING
from matricula.identities.company_sessions import start_recovery_session
from matricula.identities.jobs import spent_owner_codes
from matricula.identities.models import CompanySession, Connection, OwnerRecoveryCode
from matricula.identities.recovery_codes import renew_owner_codes, spend_owner_code
from matricula.identities.tests.company import live_connection, signed_in_by_company
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.access import MAY
from matricula.organizations.errors import NotOwner
from matricula.organizations.models import Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from matricula.roles.roles import change_role, remove_role
from tests.at_once import all_at_once, refusals
from tests.house.addresses import all_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PAGE, CODES = "/sso/nordlicht/recovery/", "/console/nordlicht/sign-in/recovery-codes/"
CONNECTIONS = "/console/nordlicht/sign-in/"
OLGA = "olga@nordlicht.example"


@pytest.fixture
def bruno(organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    return bruno


@pytest.fixture
def olga(organization, bruno):
    """An owner without a password: the company alone signs her in."""
    account = person("Olga", OLGA)
    account.set_unusable_password()
    account.save()
    Role.objects.create(organization=organization, account=account, kind=Role.Kind.OWNER)
    return account


@pytest.fixture
def codes(organization, olga) -> list[str]:
    return renew_owner_codes(organization=organization, account=olga)


@pytest.fixture
def recovered(codes) -> Client:
    browser = Client()
    assert typed(browser, codes[0])["Location"] == CONNECTIONS
    return browser


def typed(browser, code, email=OLGA, page=PAGE):
    return browser.post(page, {"email": email, "code": code})


def fresh(account) -> Client:
    """A browser in which the person proved a moment ago who they are."""
    browser = Client()
    browser.force_login(account)
    session = browser.session
    session["proved_at"] = time.time()
    session.save()
    return browser


def on_page(page) -> list[str]:
    return re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", page.content.decode())


def test_bruno_makes_ten_codes_that_are_shown_once_and_new_ones_end_them(bruno, organization):
    browser = fresh(bruno)
    assert "Make ten codes" in browser.get(CODES).content.decode()
    sheet = browser.post(CODES)
    first = on_page(sheet)
    assert (len(first), sheet["Cache-Control"]) == (10, "no-store")
    file = unquote(re.search(r'href="data:text/plain;charset=utf-8,([^"]+)"', sheet.content.decode())[1])
    assert all(code in file for code in first)
    assert PAGE in file
    page = browser.get(CODES).content.decode()
    assert ("You have 10 codes left" in page, first[0] in page) == (True, False)
    assert not OwnerRecoveryCode.objects.filter(digest__contains=first[0].replace("-", "")).exists()
    second = on_page(browser.post(CODES))
    assert typed(Client(), first[0], "bruno@nordlicht.example").status_code == 200
    assert typed(Client(), second[0], "bruno@nordlicht.example").status_code == 302
    assert "You have 9 codes left" in browser.get(CODES).content.decode()
    live_connection(organization)
    assert "9 are left" in browser.get(CONNECTIONS).content.decode()


def test_a_reload_of_the_sheet_ends_no_codes_that_were_just_written_down(bruno, organization):
    browser = fresh(bruno)
    sent = {"csrfmiddlewaretoken": "the one of this form"}
    first = on_page(browser.post(CODES, sent))
    again = browser.post(CODES, sent, follow=True)
    assert (on_page(again), "were shown once" in again.content.decode()) == ([], True)
    assert Letter.objects.filter(kind="identities.owner_codes").count() == 1
    assert Entry.objects.filter(verb="owner_codes.renewed").count() == 1
    assert typed(Client(), first[0], "bruno@nordlicht.example").status_code == 302


def test_codes_are_made_by_owners_who_proved_who_they_are(bruno, olga, organization, recovered):
    browser = Client()
    browser.force_login(bruno)
    assert browser.post(CODES)["Location"].startswith("/account/prove/")
    for kind in ("program_administrator", "viewer"):
        account = person(kind, f"{kind}@nordlicht.example")
        Role.objects.create(organization=organization, account=account, kind=kind)
        assert fresh(account).post(CODES).status_code == 403
        with pytest.raises(NotOwner):
            renew_owner_codes(organization=organization, account=account)
    assert recovered.post(CODES)["Location"].startswith("/account/log-in/"), "a code makes no codes"


def test_a_code_opens_the_console_of_this_company_once(recovered, codes, organization):
    assert recovered.get(CONNECTIONS).status_code == 200
    again = typed(Client(), codes[0])
    assert "do not fit together" in again.content.decode()
    assert typed(Client(), f" {codes[1].upper().replace('-', ' ')} ").status_code == 302


def test_with_it_the_connection_is_mended_and_the_requirement_switched_off(
    recovered, program, organization, olga
):
    Program.objects.update(requires_sign_in=True)
    connection = live_connection(organization)
    page = recovered.get(f"{CONNECTIONS}{connection.public_id}/")
    assert page.status_code == 200
    second = live_connection(organization, client_id="second", state="off")
    recovered.post(f"{CONNECTIONS}{second.public_id}/switch/", {"to": "live"})
    recovered.post(f"{CONNECTIONS}{connection.public_id}/switch/", {"to": "off"})
    assert list(Connection.objects.live()) == [second]
    line = Entry.objects.filter(verb="connection.switched").latest("pk")
    assert (line.actor, line.through, line.assurance) == (olga, "recovery code", "organization")
    settings = f"/console/nordlicht/programs/{program.public_id}/change/"
    assert recovered.get(settings).status_code == 200
    assert recovered.post(settings, {"name": "Welcome", "invitation_days": "30"}).status_code == 302
    assert not Program.objects.get().requires_sign_in


def test_it_opens_nothing_that_is_olgas_own_no_program_and_no_other_company(
    recovered, program, olga, organization
):
    """Every address without a name in it, and those of another company. The choice of consoles has one."""
    Role.objects.create(
        organization=Organization.objects.create(slug="other", name="Other"), account=olga, kind="owner"
    )
    enter_program(program=program, account=olga)
    asked = 0
    for one in all_addresses():
        rule = getattr(one.view, "access", "public")
        if one.named or rule in ("public", "holding_arrival", "holding_offer", "holding_token"):
            continue
        asked += 1
        assert recovered.get(f"/{one.path}").status_code in (302, 405), one.path
        where = recovered.get(f"/{one.path}").get("Location", "/account/log-in/")
        assert where.startswith("/console/nordlicht/" if rule == "having_roles" else "/account/log-in/")
    assert asked > 10
    assert recovered.get("/console/other/sign-in/")["Location"].startswith("/account/log-in/")
    page = f"/learn/programs/{program.public_id}/"
    assert recovered.get(page)["Location"].startswith("/account/log-in/")
    assert recovered.get(CONNECTIONS).status_code == 200


def test_of_pages_that_ask_for_a_fresh_proof_it_opens_those_of_connections_only(recovered, organization):
    asked = set()
    for one in all_addresses():
        if one.named != {"slug"} or getattr(one.view, "access", "") not in MAY or not one.view.freshly:
            continue
        answer = recovered.get(reverse(one.name, args=[organization.slug]))
        opened = not answer.get("Location", "").startswith("/account/log-in/")
        assert opened == (one.name.startswith(f"{MENDING}:")), one.name
        asked.add(one.name)
    assert {"sign-in:new", "administrators:new", "owner-codes:codes"} <= asked


def test_it_proves_nobody_freshly_at_another_company_that_signs_her_in_there(recovered, olga):
    """Her company session of the other comes into the same browser session."""
    other = Organization.objects.create(slug="other", name="Other")
    Role.objects.create(organization=other, account=olga, kind="owner")
    signed_in_by_company(olga, other)
    theirs = CompanySession.objects.get(organization=other)
    session = recovered.session
    handle = session["company_sessions"][0]
    mine = CompanySession.objects.get(organization__slug="nordlicht")
    mine.handle_digest, theirs.handle_digest = "none", mine.handle_digest
    mine.save()
    theirs.save()
    assert handle
    assert recovered.get("/console/other/sign-in/").status_code == 200
    assert recovered.get("/console/other/sign-in/new/")["Location"].startswith("/account/log-in/")
    assert recovered.get("/console/other/administrators/new/")["Location"].startswith("/account/log-in/")


def test_it_lasts_an_hour_at_most(recovered, organization):
    row = CompanySession.objects.get()
    assert timedelta(minutes=59) < row.expires_at - timezone.now() <= timedelta(minutes=60)
    session = recovered.session
    session["proved_at"] = time.time() + 3000
    session.save()
    CompanySession.objects.update(expires_at=timezone.now())
    assert recovered.get(CONNECTIONS)["Location"].startswith("/account/log-in/")
    assert recovered.get(f"{CONNECTIONS}new/")["Location"].startswith("/account/log-in/")


def test_a_log_out_ends_it(recovered):
    recovered.post("/account/log-out/")
    assert CompanySession.objects.get().ended_at


def test_every_owner_is_told_in_their_language_and_it_is_in_the_audit_log(recovered, olga, bruno, codes):
    bruno.language = "de"
    bruno.save()
    typed(Client(), codes[1])
    deliver_due()
    told = InboxLetter.objects.filter(letter__kind="identities.owner_codes")
    assert sorted(told.values_list("to", flat=True)) == sorted(["bruno@nordlicht.example", OLGA] * 3)
    last = told.filter(to="bruno@nordlicht.example").latest("pk")
    assert "Wiederherstellungscode von Olga" in last.text
    used = Entry.objects.filter(verb="owner_codes.used")
    assert [one.actor for one in used] == [olga, olga]
    assert codes[1] not in f"{used.values()} {last.text} {list(Letter.objects.values())}"


def test_wrong_ones_unknown_people_and_other_companies_look_alike_and_cost_the_same(
    codes, organization, olga, django_assert_num_queries
):
    other = Organization.objects.create(slug="other", name="Other")
    Role.objects.create(organization=other, account=olga, kind="owner")
    theirs = renew_owner_codes(organization=other, account=olga)[0]
    tries = [
        (OLGA, "aaaaa-aaaaa"),
        ("nobody@nordlicht.example", codes[0]),
        ("bruno@nordlicht.example", codes[0]),
        (OLGA, theirs),
    ]
    pages = set()
    for email, code in tries:
        with django_assert_num_queries(3):  # one, within a savepoint
            assert spend_owner_code(organization=organization, email=email, code=code) is None
        page = typed(Client(), code, email).content.decode()
        pages.add(re.sub(r'value="[^"]*"', "", page))
    assert len(pages) == 1
    assert not OwnerRecoveryCode.objects.filter(used_at__isnull=False).exists()


def test_what_was_typed_is_counted_before_anybody_looks(codes, settings):
    settings.LIMITS = settings.LIMITS | {"owner-recovery": (2, 15), "owner-recovery-network": (3, 15)}
    for wrong in ("aaaaa-aaaaa", "aaaaa-aaaab"):
        assert typed(Client(), wrong).status_code == 200
    assert typed(Client(), codes[0]).status_code == 429, "of this owner"
    assert typed(Client(), "aaaaa-aaaaa", "x@nordlicht.example").status_code == 200
    assert typed(Client(), "aaaaa-aaaaa", "y@nordlicht.example").status_code == 429, "of this network"
    assert not CompanySession.objects.exists()


def test_whoever_types_wrong_ones_from_many_networks_shuts_olga_out_on_no_day(codes):
    for number in range(60):
        wrong = {"email": OLGA, "code": f"aaaaa-{'bcdefghjkm'[number // 10]}aaa{'bcdefghjkm'[number % 10]}"}
        assert Client().post(PAGE, wrong, REMOTE_ADDR=f"198.51.100.{number}").status_code == 200
    mine = Client().post(PAGE, {"email": OLGA, "code": codes[0]}, REMOTE_ADDR="192.0.2.7")
    assert mine["Location"] == CONNECTIONS


def test_a_network_that_tries_many_waits(codes):
    wrong = [{"email": OLGA, "code": f"aaaaa-{a}aaa{b}"} for a in "bcdefg" for b in "bcdefghjkm"]
    answers = [Client().post(PAGE, one, REMOTE_ADDR="198.51.100.1").status_code for one in wrong]
    assert (answers[:50], answers[50:]) == ([200] * 50, [429] * 10)


@pytest.fixture
def app(olga) -> str:
    secret = pyotp.random_base32()
    add_authenticator(account=olga, secret=secret, code=pyotp.TOTP(secret).now())
    SecondFactor.objects.update(counter=0)
    return secret


def test_with_a_second_factor_the_code_alone_opens_nothing(codes, app, olga, organization):
    browser = Client()
    assert typed(browser, codes[0])["Location"] == f"{PAGE}step/"
    assert browser.get(CONNECTIONS)["Location"].startswith("/account/log-in/")
    assert "not the code" in browser.post(f"{PAGE}step/", {"code": "000000"}).content.decode()
    assert not CompanySession.objects.exists()
    answer = browser.post(f"{PAGE}step/", {"code": pyotp.TOTP(app).now()})
    assert answer["Location"] == CONNECTIONS
    assert browser.get(CONNECTIONS).status_code == 200
    assert browser.get("/account/")["Location"].startswith("/account/log-in/"), "nothing personal, even so"
    assert typed(Client(), codes[0]).status_code == 200, "the code is used"


def test_her_own_recovery_code_is_a_second_step_as_well(codes, app, olga):
    own, browser = renew_recovery_codes(account=olga), Client()
    typed(browser, codes[0])
    assert browser.post(f"{PAGE}step/", {"code": own[0]})["Location"] == CONNECTIONS
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1


def test_the_second_step_is_counted_ends_in_ten_minutes_and_is_this_browsers(codes, app, monkeypatch):
    browser = Client()
    assert Client().get(f"{PAGE}step/")["Location"] == PAGE
    typed(browser, codes[0])
    for code in range(5):
        assert browser.post(f"{PAGE}step/", {"code": f"00000{code}"}).status_code == 200
    assert browser.post(f"{PAGE}step/", {"code": "000009"}).status_code == 429
    assert browser.get(f"{PAGE}step/")["Location"] == PAGE
    typed(browser, codes[1])
    now = time.time()
    monkeypatch.setattr("matricula.sso.views.recovery.time.time", lambda: now + 601)
    assert browser.post(f"{PAGE}step/", {"code": pyotp.TOTP(app).now()})["Location"] == PAGE


def test_the_step_takes_no_factor_off(codes, app):
    """The log-in's second step offers to write to all addresses; a company's code does not."""
    browser = Client()
    typed(browser, codes[0])
    assert browser.get("/account/log-in/second-step/")["Location"] == "/account/log-in/"
    assert browser.post("/account/log-in/without-device/").status_code in (302, 403)
    assert not Letter.objects.filter(kind="accounts.factor_removal").exists()


def test_whoever_is_in_by_a_password_of_their_own_needs_none(bruno, codes):
    browser = Client()
    browser.post("/account/log-in/", {"email": "bruno@nordlicht.example", "password": PASSWORD})
    assert browser.get(PAGE)["Location"] == CONNECTIONS
    assert not is_company_only_in(browser)
    assert browser.get(f"{CONNECTIONS}new/").status_code == 200


def is_company_only_in(browser) -> bool:
    request = type("Request", (), {"session": browser.session})
    return is_company_only(request)


def test_the_page_is_there_for_a_company_whose_sign_in_is_off_and_for_no_other_name(organization):
    assert Client().get(PAGE).status_code == 200
    assert Client().get("/sso/nobody/recovery/").status_code == 404
    live_connection(organization)
    assert PAGE in Client().get("/sso/nordlicht/").content.decode()


@pytest.mark.parametrize("end", ["removed", "demoted"])
def test_whose_role_ends_loses_codes_and_what_they_opened(recovered, olga, bruno, organization, codes, end):
    role = Role.objects.get(account=olga)
    if end == "removed":
        remove_role(role=role, actor=bruno)
    else:
        change_role(role=role, kind="program_administrator", groups=[], actor=bruno)
    assert not OwnerRecoveryCode.objects.exists()
    assert CompanySession.objects.get().ended_at
    assert recovered.get(CONNECTIONS)["Location"].startswith("/account/log-in/")
    assert typed(Client(), codes[1]).status_code == 200


@pytest.mark.parametrize("end", ["removed", "demoted", "closed"])
def test_whose_role_ends_before_the_second_step_comes_in_by_none(codes, app, olga, bruno, end):
    browser, role = Client(), Role.objects.get(account=olga)
    typed(browser, codes[0])
    if end == "removed":
        remove_role(role=role, actor=bruno)
    elif end == "demoted":
        change_role(role=role, kind="viewer", groups=[], actor=bruno)
    else:
        type(olga).objects.filter(pk=olga.pk).update(is_active=False)
    assert browser.post(f"{PAGE}step/", {"code": pyotp.TOTP(app).now()})["Location"] == PAGE
    assert not CompanySession.objects.exists()


def test_whose_role_ends_while_the_second_step_is_looked_at_comes_in_by_none(
    codes, app, olga, bruno, monkeypatch
):
    browser = Client()
    typed(browser, codes[0])

    def demoted_meanwhile(account, code):
        change_role(role=Role.objects.get(account=olga), kind="viewer", groups=[], actor=bruno)
        return True

    monkeypatch.setattr("matricula.sso.views.recovery.authenticator_accepts", demoted_meanwhile)
    assert browser.post(f"{PAGE}step/", {"code": "000000"})["Location"] == PAGE
    assert not CompanySession.objects.exists()
    assert browser.get(PAGE).status_code == 200


def test_another_owners_codes_stay(codes, olga, bruno, organization):
    theirs = renew_owner_codes(organization=organization, account=bruno)
    remove_role(role=Role.objects.get(account=bruno), actor=olga)
    assert typed(Client(), theirs[0], "bruno@nordlicht.example").status_code == 200
    assert typed(Client(), codes[0]).status_code == 302


@pytest.mark.parametrize("change", [{"kind": "viewer"}, None])
def test_a_code_asks_for_the_role_even_if_it_was_forgotten_there(codes, organization, change):
    roles = Role.objects.filter(account__full_name="Olga")
    roles.update(**change) if change else roles.delete()
    assert spend_owner_code(organization=organization, email=OLGA, code=codes[0]) is None


def test_a_closed_account_comes_in_by_none(codes, olga):
    olga.is_active = False
    olga.save()
    assert typed(Client(), codes[0]).status_code == 200


def test_spent_ones_pass_and_unspent_ones_stay(recovered, codes):
    OwnerRecoveryCode.objects.filter(used_at__isnull=False).update(
        used_at=timezone.now() - timedelta(days=31)
    )
    assert spent_owner_codes(timezone.now() - timedelta(days=30)).delete()[0] == 1
    assert OwnerRecoveryCode.objects.count() == 9


@pytest.mark.django_db(transaction=True)
def test_races_one_code_typed_in_ten_browsers_opens_one(codes, organization, olga):
    spend = partial(spend_owner_code, organization=organization, email=OLGA, code=codes[0])
    results = all_at_once(*[spend] * 10)
    assert refusals(results) == []
    assert [one for one in results if one] == [olga]
    assert Entry.objects.filter(verb="owner_codes.used").count() == 1


@pytest.mark.parametrize("round_", range(4))
@pytest.mark.django_db(transaction=True)
def test_races_new_codes_while_the_role_ends_leave_none(organization, olga, bruno, round_):
    results = all_at_once(
        partial(renew_owner_codes, organization=organization, account=olga),
        partial(remove_role, role=Role.objects.get(account=olga), actor=bruno),
    )
    assert {type(one) for one in refusals(results)} <= {NotOwner}
    assert not OwnerRecoveryCode.objects.exists()


@pytest.mark.parametrize("round_", range(4))
@pytest.mark.django_db(transaction=True)
def test_races_a_second_step_while_the_role_ends_leaves_nothing_open(organization, olga, bruno, round_):
    request = RequestFactory().get(PAGE)
    request.session = SessionStore()
    request.user = AnonymousUser()
    results = all_at_once(
        partial(start_recovery_session, request, organization=organization, account=olga),
        partial(change_role, role=Role.objects.get(account=olga), kind="viewer", groups=[], actor=bruno),
    )
    assert {type(one) for one in refusals(results)} <= {NotOwner}
    assert not CompanySession.objects.live().exists()
