"""A company that says "this is Ada" opens what is the company's, and nothing that is Ada's own."""

from datetime import timedelta

import pytest
from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.kept_forms import KEPT_FORM, READER
from matricula.accounts.models import Session
from matricula.accounts.sessions import SessionStore
from matricula.accounts.sign_in import is_company_only, is_fresh, name_reader
from matricula.catalog.models import Course
from matricula.identities.access import CHOICE, LEARNING, ROLES, STRANGERS
from matricula.identities.company_sessions import open_organizations, start_company_session
from matricula.identities.identities import end_identity, link_identity
from matricula.identities.models import CompanySession, Identity
from matricula.identities.tests.company import live_connection, signed_in_by_company
from matricula.learning.enrolments import start_course
from matricula.organizations.models import Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from matricula.security.secrets import digest
from tests.house.addresses import all_addresses
from tests.house.lived_in import LivedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    return person("Ada", "ada@nordlicht.example")


@pytest.fixture
def elsewhere(ada):
    """A program of another company, in which Ada learns as well."""
    company = Organization.objects.create(slug="other", name="Other Works")
    course = Course.objects.create(organization=company, slug="c", title="Their secret sauce", summary="S")
    program = Program.objects.create(organization=company, slug="main", name="Other program")
    program.courses.add(course)
    start_course(course=course, membership=enter_program(program=program, account=ada))
    return program


def test_ada_sees_the_companys_programs_and_not_those_of_another(
    program, course, ada, organization, elsewhere
):
    start_course(course=course, membership=enter_program(program=program, account=ada))
    browser = signed_in_by_company(ada, organization)
    home = browser.get("/learn/").content.decode()
    assert "Safe every day" in home
    assert "Their secret sauce" not in home
    assert "Other program" not in home
    assert browser.get(f"/learn/programs/{program.public_id}/").status_code == 200
    assert browser.get(f"/learn/programs/{elsewhere.public_id}/").status_code == 404
    theirs = elsewhere.courses.get()
    assert browser.get(f"/learn/courses/{theirs.public_id}/").status_code == 404


def test_in_person_ada_sees_everything_with_a_companys_sign_in_beside_it(
    program, ada, organization, elsewhere
):
    enter_program(program=program, account=ada)
    browser = signed_in_by_company(ada, organization, in_person=True)
    assert "Other program" in browser.get("/learn/").content.decode()
    assert browser.get("/account/").status_code == 200


def test_the_button_of_the_console_leads_to_the_companys_own_and_to_no_other(ada, organization, elsewhere):
    browser = signed_in_by_company(ada, organization)
    Role.objects.create(organization=elsewhere.organization, account=ada, kind=Role.Kind.OWNER)
    assert browser.get("/console/").status_code == 404
    Role.objects.create(organization=organization, account=ada, kind=Role.Kind.VIEWER)
    assert browser.get("/console/").headers["Location"] == "/console/nordlicht/"
    assert "Other organizations" not in browser.get("/console/nordlicht/", follow=True).content.decode()
    end_identity(identity=Identity.objects.get(), ended_by=Identity.EndedBy.COMPANY, actor=ada)
    assert "/account/log-in/" in browser.get("/console/").headers["Location"]


def test_a_companys_sign_in_is_asked_to_log_in_in_person_for_what_is_personal(program, ada, organization):
    browser = signed_in_by_company(ada, organization)
    answer = browser.get("/account/addresses/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/account/log-in/?next=%2Faccount%2Faddresses%2F&step=in-person"
    given = {"email": "ada@nordlicht.example", "password": PASSWORD, "next": "/account/addresses/"}
    assert browser.post("/account/log-in/", given).headers["Location"] == "/account/addresses/"
    assert browser.get("/account/addresses/").status_code == 200


def test_what_the_company_ends_is_over_in_the_same_second(program, ada, organization, bruno):
    enter_program(program=program, account=ada)
    browser, page = signed_in_by_company(ada, organization), f"/learn/programs/{program.public_id}/"
    assert browser.get(page).status_code == 200
    identity = Identity.objects.get()
    end_identity(identity=identity, ended_by=Identity.EndedBy.COMPANY, actor=bruno)
    assert browser.get(page).status_code == 302
    assert browser.get("/learn/").status_code == 302


def test_a_companys_sign_in_ends_by_itself(program, ada, organization):
    enter_program(program=program, account=ada)
    browser = signed_in_by_company(ada, organization)
    CompanySession.objects.update(expires_at=timezone.now())
    assert browser.get("/learn/").status_code == 302


def test_a_new_password_ends_the_sessions_of_companies_as_well(program, ada, organization):
    enter_program(program=program, account=ada)
    browser = signed_in_by_company(ada, organization)
    ada.set_password("another long password")
    ada.save(update_fields=["password"])
    assert browser.get("/learn/").status_code == 302


def test_whoever_logs_out_logs_out_of_the_company(program, ada, organization):
    browser = signed_in_by_company(ada, organization)
    browser.post("/account/log-out/")
    assert not CompanySession.objects.live().exists()
    assert browser.get("/learn/").status_code == 302


def test_an_owner_opens_the_console_of_the_company_and_of_no_other(organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    other = Organization.objects.create(slug="other", name="Other")
    Role.objects.create(organization=other, account=bruno, kind=Role.Kind.OWNER)
    browser = signed_in_by_company(bruno, organization)
    assert browser.get("/console/nordlicht/branding/").status_code == 200
    assert browser.get("/console/other/branding/").status_code == 302
    assert browser.post("/console/other/branding/", {"name": "Mine"}).status_code == 302
    assert browser.get("/console/nordlicht/tokens/new/").status_code == 302, "a fresh proof is the person's"


def request_of(account=None):
    request = RequestFactory().get("/sso/")
    request.session, request.user = SessionStore(), account or AnonymousUser()
    return request


def test_a_stranger_who_signs_in_by_a_company_has_a_session_that_is_not_fresh_and_a_new_key(
    organization, ada
):
    identity = link_identity(connection=live_connection(organization), subject="s1", account=ada)
    request = request_of()
    request.session.save()
    before = request.session.session_key
    request.session["arrivals"] = ["kept"]
    start_company_session(request, identity)
    request.session.save()
    assert request.user == ada
    assert is_company_only(request)
    assert not is_fresh(request)
    assert open_organizations(request) == {organization.pk}
    assert request.session.session_key != before
    assert request.session["arrivals"] == ["kept"]
    assert Session.objects.get().account_id == ada.pk


def test_in_a_session_of_ones_own_the_company_comes_beside_it(organization, ada):
    identity = link_identity(connection=live_connection(organization), subject="s1", account=ada)
    request = request_of()
    login(request, ada, backend="matricula.accounts.authentication.EmailBackend")
    start_company_session(request, identity)
    assert not is_company_only(request)
    assert open_organizations(request) == {organization.pk}


def test_somebody_elses_session_in_this_browser_gives_way(organization, ada, chika):
    identity = link_identity(connection=live_connection(organization), subject="s1", account=ada)
    request = request_of(chika)
    request.session["proved_at"] = 9e9
    start_company_session(request, identity)
    assert (request.user, is_company_only(request), is_fresh(request)) == (ada, True, False)


def test_what_is_typed_in_a_companys_session_is_kept_for_nobody(organization, program, ada, bruno):
    """Bruno was here before; Ada comes in by her company, and her session ends while she types."""
    identity = link_identity(connection=live_connection(organization), subject="s1", account=ada)
    browser = Client()
    browser.post("/account/log-in/", {"email": bruno.addresses.get().address, "password": PASSWORD})
    assert browser.cookies["reader"].value

    def come_in(request):
        start_company_session(request, identity)
        return HttpResponse()

    request = RequestFactory().get("/")
    request.COOKIES = {name: one.value for name, one in browser.cookies.items()}
    request.user = bruno
    answer = name_reader(SessionMiddleware(come_in))(request)
    assert answer.cookies["reader"].value == ""
    browser.cookies.update(answer.cookies)
    Session.objects.all().delete()
    browser.post(
        "/console/nordlicht/invitations/new/", {"program": program.pk, "addresses": "dana@x.example"}
    )
    assert not Session.objects.exists()


def test_what_ada_typed_in_person_is_not_shown_where_only_her_company_says_who_she_is(organization, ada):
    identity = link_identity(connection=live_connection(organization), subject="s1", account=ada)
    request = request_of()
    request.session[KEPT_FORM] = {"reader": digest(READER, str(ada.pk)), "path": "/", "fields": [], "at": 9e9}
    start_company_session(request, identity)
    assert is_company_only(request)
    assert KEPT_FORM not in request.session


def test_a_provider_may_end_it_sooner_and_never_later(organization, ada):
    identity = link_identity(connection=live_connection(organization), subject="s1", account=ada)
    now = timezone.now()
    for until, least, most in (
        (now + timedelta(hours=1), 0.9, 1.1),
        (now + timedelta(days=9), 11.9, 12.1),
        (None, 11.9, 12.1),
    ):
        start_company_session(request_of(), identity, until=until)
        row = CompanySession.objects.latest("pk")
        assert least < (row.expires_at - now) / timedelta(hours=1) < most


def test_a_handle_of_ada_in_the_session_of_chika_opens_nothing(program, organization, ada, chika):
    theirs = signed_in_by_company(ada, organization)
    enter_program(program=program, account=chika)
    browser = Client()
    browser.force_login(chika)
    session = browser.session
    session["company_only"], session["company_sessions"] = True, theirs.session["company_sessions"]
    session.save()
    assert browser.get("/learn/").status_code == 302


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_of_ones_own_opens_to_a_session_that_a_company_alone_began(
    organization, program, course, bruno, settings, method
):
    """Every address there is, as an owner whom their company signs in: the owner's own, and another."""
    settings.API_RATE = 0
    house = LivedIn(organization, program, course, bruno)
    start_course(course=course, membership=enter_program(program=program, account=bruno))
    other = Organization.objects.create(slug="elsewhere", name="Elsewhere")
    opened, foreign = (rules_that_open(house, bruno, company, method) for company in (organization, other))
    assert opened <= LEARNING | ROLES | {CHOICE}
    assert foreign <= {"learner", CHOICE}, "another company's sign-in opens pages that are empty"
    assert method == "POST" or opened == LEARNING | ROLES | {CHOICE}, "the walk saw every rule that may open"


def rules_that_open(house, account, company, method):
    """Of pages that opened, or would have to another method; what each did is taken back."""
    found = set()
    for one in all_addresses():
        given = house.values(one.path, one.name)
        path = reverse(one.name, kwargs={name: given[name] for name in one.named})
        with transaction.atomic():
            browser = signed_in_by_company(account, company)
            if one.view.access not in STRANGERS:
                answer = browser.generic(method, path)
                went_on = answer.status_code != 302 or "/log-in/" not in answer.headers["Location"]
                found |= {one.view.access} if went_on and answer.status_code not in (403, 404) else set()
            transaction.set_rollback(True)
    return found
