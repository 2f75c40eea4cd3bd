"""One subject of a company's sign-in is one person, as long as both sides want it."""

from functools import partial

import pytest

from conftest import person
from matricula.audit.models import Entry
from matricula.identities.errors import AlreadyLinked, EndedByCompany, SubjectTaken
from matricula.identities.identities import (
    ENDED,
    allow_again,
    end_for_company,
    end_identities_of,
    end_identity,
    known_identity,
    link_identity,
    note_use,
)
from matricula.identities.models import CompanySession, Identity
from matricula.identities.tests.company import live_connection, signed_in_by_company
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Organization
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db
COMPANY, PERSON = Identity.EndedBy.COMPANY, Identity.EndedBy.PERSON


@pytest.fixture
def connection(organization):
    return live_connection(organization)


@pytest.fixture
def ada(db):
    return person("Ada", "ada@nordlicht.example")


def test_ada_is_known_by_her_subject_and_by_nothing_else(connection, ada):
    linked = link_identity(connection=connection, subject="s1", account=ada, email="ada@nordlicht.example")
    assert known_identity(connection=connection, subject="s1") == linked
    assert known_identity(connection=connection, subject="ada@nordlicht.example") is None
    assert link_identity(connection=connection, subject="s1", account=ada) == linked
    assert Entry.objects.filter(verb="identity.linked").count() == 1


def test_the_same_subject_of_another_companys_sign_in_is_somebody_else(connection, ada):
    link_identity(connection=connection, subject="s1", account=ada)
    other = live_connection(Organization.objects.create(slug="other", name="Other"))
    assert known_identity(connection=other, subject="s1") is None


def test_a_subject_belongs_to_one_account_and_an_account_has_one_subject(connection, ada, chika):
    link_identity(connection=connection, subject="s1", account=ada)
    with pytest.raises(SubjectTaken):
        link_identity(connection=connection, subject="s1", account=chika)
    with pytest.raises(AlreadyLinked):
        link_identity(connection=connection, subject="s2", account=ada)
    assert Identity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_two_people_who_link_one_subject_at_one_moment_one_has_it(connection, ada, chika):
    def link(account):
        try:
            return link_identity(connection=connection, subject="s1", account=account).account_id
        except SubjectTaken:
            return 0

    found = sorted(all_at_once(partial(link, ada), partial(link, chika)))
    assert found[0] == 0
    assert found[1] in (ada.pk, chika.pk)


def test_what_the_company_ended_stays_ended_and_says_so(connection, ada, bruno):
    linked = link_identity(connection=connection, subject="s1", account=ada)
    assert end_identity(identity=linked, ended_by=COMPANY, actor=bruno)
    assert not end_identity(identity=linked, ended_by=COMPANY, actor=bruno)
    with pytest.raises(EndedByCompany):
        known_identity(connection=connection, subject="s1")
    line = Entry.objects.get(verb="identity.ended")
    assert (line.actor, line.after) == (bruno, {"account": ada.pk, "by": "company"})


def test_what_the_company_ended_may_be_linked_again_once_it_says_so(connection, ada, bruno):
    linked = link_identity(connection=connection, subject="s1", account=ada)
    assert not allow_again(identity=linked, actor=bruno), "nothing refuses it"
    end_for_company(identity=linked, actor=bruno)
    assert allow_again(identity=linked, actor=bruno)
    assert not allow_again(identity=linked, actor=bruno)
    assert known_identity(connection=connection, subject="s1") is None, "nobody is linked by it"
    again = link_identity(connection=connection, subject="s1", account=ada)
    linked.refresh_from_db()
    assert (linked.ended_by, linked.allowed_again_at is None) == ("company", False)
    end_for_company(identity=again, actor=bruno)
    with pytest.raises(EndedByCompany):
        known_identity(connection=connection, subject="s1")
    assert Entry.objects.get(verb="identity.allowed_again").actor == bruno


def test_ada_hears_from_a_letter_that_the_company_ended_it(connection, ada, bruno):
    linked = link_identity(connection=connection, subject="s1", account=ada)
    assert end_for_company(identity=linked, actor=bruno)
    assert not end_for_company(identity=linked, actor=bruno)
    assert [one.to for one in Letter.objects.filter(kind=ENDED)] == ["ada@nordlicht.example"]


def test_what_the_person_ended_is_as_if_it_had_never_been(connection, ada, chika):
    linked = link_identity(connection=connection, subject="s1", account=ada)
    end_identity(identity=linked, ended_by=PERSON, actor=ada)
    assert known_identity(connection=connection, subject="s1") is None
    assert link_identity(connection=connection, subject="s1", account=chika).account == chika


def test_another_address_than_before_is_a_line_in_the_audit_log_and_nothing_else(connection, ada):
    linked = link_identity(connection=connection, subject="s1", account=ada, email="ada@nordlicht.example")
    note_use(linked, email="ada@nordlicht.example")
    assert not Entry.objects.filter(verb="identity.email_changed").exists()
    note_use(linked, email="boss@nordlicht.example" + "x" * 300)
    linked.refresh_from_db()
    line = Entry.objects.get(verb="identity.email_changed")
    assert line.before == {"address": "ada@nordlicht.example"}
    assert len(linked.email) == 254
    assert known_identity(connection=connection, subject="s1") == linked
    assert [one.address for one in ada.addresses.all()] == ["ada@nordlicht.example"]


def test_leaving_the_company_ends_its_identities_and_its_sessions_in_the_same_second(
    organization, program, ada, bruno
):
    Affiliation.objects.create(organization=organization, account=ada, work_email="ada@nordlicht.example")
    membership = enter_program(program=program, account=ada)
    browser = signed_in_by_company(ada, organization)
    page = f"/learn/programs/{program.public_id}/"
    assert browser.get(page).status_code == 200
    end_membership(membership=membership, actor=bruno, state=Membership.State.REMOVED)
    assert browser.get(page).status_code == 302
    assert not Identity.objects.live().exists()
    assert not CompanySession.objects.live().exists()


def test_only_the_identities_of_that_company_end(connection, ada):
    other = live_connection(Organization.objects.create(slug="other", name="Other"))
    link_identity(connection=connection, subject="s1", account=ada)
    kept = link_identity(connection=other, subject="s1", account=ada)
    end_identities_of(organization=connection.organization_id, account=ada.pk, actor=None)
    assert list(Identity.objects.live()) == [kept]
