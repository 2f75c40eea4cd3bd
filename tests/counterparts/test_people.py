"""Who somebody is, as companies say it: what changed there, what another connection or company says."""

import pytest
from django.test import Client

from conftest import person
from matricula.accounts.models import EmailAddress
from matricula.audit.models import Entry
from matricula.identities.models import CompanySession, Connection, Identity
from matricula.mail.models import Letter
from matricula.organizations.models import Organization, Role
from matricula.sso.models import JudgedAnswer
from matricula.sso.tests.company import logged_in
from tests.counterparts.company import leave, linked, live, sign_in
from tests.counterparts.provider_forms import Return

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
LINK = "/sso/nordlicht/link/"


def known_by(provider, **claims):
    """What the provider says from now on."""
    provider.bend(set={"sub": "ada", "email": "ada@nordlicht.example", **claims})


@pytest.fixture
def connection(bending_provider, olga, ada):
    made = live(olga, bending_provider)
    linked(made, ada)
    return made


def test_another_subject_with_adas_address_is_somebody_unknown(connection, bending_provider):
    known_by(bending_provider, sub="ada-2")
    browser = Client()
    assert sign_in(browser, connection).headers["Location"] == LINK
    assert browser.get("/learn/").status_code == 302
    assert not CompanySession.objects.exists()


def test_adas_subject_with_another_address_is_ada_and_a_line_of_the_audit_log(
    connection, bending_provider, ada
):
    before = list(EmailAddress.objects.values_list("account", "address"))
    known_by(bending_provider, email="chika@elsewhere.example")
    assert sign_in(Client(), connection).headers["Location"] == "/learn/"
    assert CompanySession.objects.get().account == ada
    line = Entry.objects.get(verb="identity.email_changed")
    assert (line.before["address"], line.after["address"]) == (
        "ada@nordlicht.example",
        "chika@elsewhere.example",
    )
    assert list(EmailAddress.objects.values_list("account", "address")) == before


def test_somebody_elses_address_is_a_hint_and_no_letter(connection, bending_provider, chika):
    """The company says that its mallory is Chika, whose account has nothing to do with it."""
    known_by(bending_provider, sub="mallory", email="chika@elsewhere.example")
    browser = Client()
    assert sign_in(browser, connection).headers["Location"] == LINK
    assert "Chika Obi" not in browser.get(LINK).content.decode()
    assert not Letter.objects.filter(to="chika@elsewhere.example").exists()
    assert not Identity.objects.filter(account=chika).exists()


def test_the_same_person_by_a_second_connection_links_it_too_and_each_ends_by_itself(
    connection, bending_provider, olga, ada
):
    second = live(olga, bending_provider, client_id="second")
    browser = logged_in("ada.own@home.example")
    assert sign_in(browser, second).headers["Location"] == LINK
    browser.post(f"{LINK}account/")
    assert Identity.objects.live().filter(account=ada, subject="ada").count() == 2
    first = Client()
    sign_in(first, connection)
    ended = Identity.objects.get(connection=second)
    olga.post(f"/console/nordlicht/sign-in/people/{ended.public_id}/end/")
    assert first.get("/learn/").status_code == 200
    assert sign_in(Client(), second).status_code == 403
    assert sign_in(Client(), connection).status_code == 302


@pytest.fixture
def other_company(chika):
    """Chika owns another company, which has the same identity provider as Nordlicht."""
    made = Organization.objects.create(slug="other", name="Other")
    Role.objects.create(organization=made, account=chika, kind=Role.Kind.OWNER)
    return made


def copied_for(connection, organization):
    """The same provider, keys and all, as the other company's own connection."""
    certificates = list(connection.certificates.all())
    made = Connection.objects.get(pk=connection.pk)
    made.pk, made.public_id, made.organization = None, "theirs", organization
    made.save()
    for one in certificates:
        one.pk, one.connection = None, made
        one.save()
    return made


def test_another_companys_connection_says_who_ada_is_in_vain(
    connection, bending_provider, other_company, ada, program
):
    theirs, browser = copied_for(connection, other_company), Client()
    assert sign_in(browser, theirs).headers["Location"] == "/sso/other/link/"
    assert browser.get(f"/learn/programs/{program.public_id}/").status_code == 302
    assert not CompanySession.objects.exists()


def test_an_answer_meant_for_one_company_is_nothing_at_another(samlp_provider, olga, ada, other_company):
    ours = live(olga, samlp_provider)
    theirs = copied_for(ours, other_company)
    linked(ours, ada)
    linked(theirs, person("Nils", "nils@home.example"))
    browser = Client()
    back = leave(browser, ours)
    moved = Return(back.path.replace(f"nordlicht/{ours.public_id}", "other/theirs"), back.fields)
    assert moved.follow(browser).status_code == 403, "nobody is away for it there"
    Connection.objects.filter(pk=theirs.pk).update(takes_unsolicited=True)
    assert moved.follow(browser).status_code == 403, "and it answers a question of ours"
    assert not CompanySession.objects.exists()
    assert back.follow(browser).status_code == 302


def test_a_statement_without_a_sign_in_is_refused(samlify_provider, olga, ada):
    """As samlify writes it where nobody told it to say that somebody signed in."""
    connection = live(olga, samlify_provider)
    linked(connection, ada)
    samlify_provider.leave_out_statement(True)
    try:
        assert sign_in(Client(), connection).status_code == 403
    finally:
        samlify_provider.leave_out_statement(False)
    assert JudgedAnswer.objects.get().reason == "authn_statement"
    assert sign_in(Client(), connection).status_code == 302
