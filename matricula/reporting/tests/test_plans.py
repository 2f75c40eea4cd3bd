"""What a page asks about one person or company is found by an index, however much others have."""

import pytest
from django.db import connection

from conftest import person
from matricula.audit.models import Entry
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.organizations.models import Affiliation, Role
from matricula.programs.memberships import enter_program
from matricula.reporting.audit_log import entries_about, newest_about
from matricula.reporting.people import invitations_of_person

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]
MANY = 5_000


@pytest.fixture
def ada(program, bruno):
    """Ada's membership; she was invited."""
    account = person("Ada Okafor", "ada@home.example")
    organization = program.organization
    Affiliation.objects.create(organization=organization, account=account, work_email="ada@nordlicht.example")
    invite_person(program=program, address="ada@nordlicht.example", invited_by=bruno)
    return enter_program(program=program, account=account)


@pytest.fixture
def many_others(ada):
    """Each was invited to Ada's company, and has a line in its audit log."""
    program, organization = ada.program, ada.organization
    Invitation.objects.bulk_create(
        [
            Invitation(
                program=program,
                organization=organization,
                address=f"p{n}@nordlicht.example",
                canonical=f"p{n}@nordlicht.example",
            )
            for n in range(MANY)
        ],
        batch_size=1_000,
    )
    Entry.objects.bulk_create(
        [
            Entry(
                organization_id=organization.pk,
                verb="membership.began",
                subject_type="programs.membership",
                subject_id=ada.pk + n,
            )
            for n in range(1, MANY)
        ],
        batch_size=1_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE invitations_invitation, audit_entry")


def test_a_persons_invitations_are_found_by_address_and_account(ada, many_others):
    plan = invitations_of_person(ada.account, Role(organization=ada.organization, kind="owner")).explain()
    assert "invitations_of_a_person" in plan
    assert "Seq Scan on invitations_invitation" not in plan


def test_what_was_done_to_a_person_is_found_by_the_person(ada, many_others):
    assert "audit_by_subject" in entries_about(ada.organization, [ada]).order_by("-pk")[:20].explain()
    assert [one.verb for one in newest_about(ada.organization, [ada])] == ["membership.began"]
