"""A mailbox in a company's domain that no entry of today names is told of deleting and combining, too."""

import pytest
from django.utils import timezone

from conftest import person
from matricula.leaving.combining.combining import undo_combining
from matricula.leaving.models import Combining
from matricula.leaving.tests.one_life import deleted
from matricula.leaving.tests.two_lives import combined, joined
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Affiliation, Domain

pytestmark = pytest.mark.django_db


@pytest.fixture
def domain(organization):
    return Domain.objects.create(
        organization=organization, name="nordlicht.example", proven_at=timezone.now()
    )


def letters():
    return list(Letter.objects.order_by("pk").values_list("kind", "to"))


def test_who_has_only_a_mailbox_in_a_companys_domain_is_told_of_the_deletion(domain):
    deleted(person("Ada", "ada@nordlicht.example"))
    assert letters() == [("leaving.deletion", "ada@nordlicht.example")]
    deliver_due()
    text = InboxLetter.objects.get().text
    assert "you can take it back" in text
    assert "Nordlicht" not in text


def test_such_a_letter_leads_to_the_password_and_chooses_no_new_one(domain):
    deleted(person("Ada", "ada@nordlicht.example"))
    assert Letter.objects.get().context["side"] == "own"


def test_an_ended_entry_does_not_keep_the_letter_back(program):
    ada = person("Ada", "ada@nordlicht.example")
    Affiliation.objects.create(
        organization=program.organization,
        account=ada,
        work_email="ada@nordlicht.example",
        ended_at=timezone.now(),
    )
    deleted(ada)
    assert letters() == [("leaving.deletion", "ada@nordlicht.example")]


def test_a_live_entry_gets_the_companys_letter_and_no_other(program):
    ada = person("Ada", "ada@home.example")
    joined(program, ada, "ada@nordlicht.example")
    ada.addresses.create(address="ada@nordlicht.example", confirmed_at=timezone.now())
    deleted(ada)
    assert ("leaving.deletion_at_work", "ada@nordlicht.example") in letters()
    assert ("leaving.deletion", "ada@nordlicht.example") not in letters()


def test_who_has_no_address_of_her_own_reads_at_work_how_to_take_it_back(program):
    """Her letter asks for the password that she had, and chooses no new one."""
    ada = person("Ada", "ada@nordlicht.example")
    joined(program, ada, "ada@nordlicht.example")
    deleted(ada)
    assert ("leaving.deletion", "ada@nordlicht.example") in letters()
    assert "leaving.deletion_at_work" not in dict(letters())
    assert Letter.objects.get(kind="leaving.deletion").context["side"] == "own"


def test_combining_and_undoing_it_are_told_there_without_a_name_and_another_address(domain):
    here, there = person("Ada Lovelace", "ada@home.example"), person("Ada King", "king@nordlicht.example")
    combining = combined(here, there)
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert letters().count(("leaving.combining", "king@nordlicht.example")) == 2
    deliver_due()
    for one in InboxLetter.objects.filter(letter__to="king@nordlicht.example"):
        assert "Ada" not in one.text
        assert "home.example" not in one.text
