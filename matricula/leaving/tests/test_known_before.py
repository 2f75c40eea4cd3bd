"""What an organization reads on a person's page of a combining, and whom a program finds by the old id."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import person
from matricula.leaving.combining.combining import undo_combining
from matricula.leaving.combining.known_before import combined_entries
from matricula.leaving.models import Combining
from matricula.leaving.tests.two_lives import TwoLives, combined, joined, let_days_pass, program_of
from matricula.organizations.models import Affiliation, Role
from matricula.programs.models import Membership
from matricula.reporting.person_pages import as_administrator

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
REACHED = "now reached by another account of the same person."


@pytest.fixture
def ada(db) -> TwoLives:
    return TwoLives()


def notes(organization, account):
    account.refresh_from_db()
    return combined_entries(as_administrator(organization), account)


def leave_acme_there(ada):
    """The second entry at ACME ended: it decides nothing any more about who Ada is."""
    Affiliation.objects.filter(organization=ada.acme, account=ada.there).update(ended_at=timezone.now())


def test_who_knew_only_the_account_given_up_reads_that_it_is_the_same_person(ada):
    combined(ada.here, ada.there)
    (note,) = notes(ada.globex, ada.here)
    assert note.endswith(REACHED)
    assert "King" not in note


def test_who_knew_only_the_account_kept_reads_nothing(ada):
    combined(ada.here, ada.there)
    assert notes(ada.acme, ada.here) == []


@pytest.mark.parametrize("same_program", [True, False])
def test_who_knew_both_reads_which_entry_and_until_when_it_can_be_undone(ada, same_program):
    program = ada.welcome if same_program else program_of(ada.acme, "Second")
    joined(program, ada.there, "aking@acme.example")
    leave_acme_there(ada)
    Membership.objects.update(joined_at=timezone.now() - timedelta(days=30))
    combining = combined(ada.here, ada.there)
    (note,) = notes(ada.acme, ada.here)
    assert "combined with the entry Ada King (aking@acme.example). Undo open until" in note
    (of_globex,) = notes(ada.globex, ada.here)
    assert of_globex.endswith(REACHED)
    let_days_pass(combining)
    (note,) = notes(ada.acme, ada.here)
    assert note.endswith("combined with the entry Ada King (aking@acme.example).")


def test_after_undo_nobody_reads_of_it(ada):
    undo_combining(combining=combined(ada.here, ada.there), side=Combining.Side.KEPT)
    assert notes(ada.globex, ada.here) == notes(ada.globex, ada.there) == []


def test_whom_a_company_met_afterwards_it_did_not_know_before(ada):
    """Ada joins another program of Globex since: that says nothing of an account that Globex never saw."""
    combined(ada.here, ada.there)
    joined(program_of(ada.globex, "Later"), ada.here, "aking@globex.example")
    (note,) = notes(ada.globex, ada.here)
    assert note.endswith(REACHED)


def test_of_two_accounts_taken_in_each_is_told_as_it_was_known(ada):
    """Globex knew Ada King, then a third account of hers; it never knew the one that was kept by itself."""
    third = person("Ada Byron", "byron@home.example")
    joined(program_of(ada.globex, "Third"), third, "byron@globex.example")
    combined(ada.here, ada.there)
    Affiliation.objects.filter(organization=ada.globex, account=third).update(ended_at=timezone.now())
    combined(ada.here, third)
    first, second = notes(ada.globex, ada.here)
    assert first.endswith(REACHED)
    assert "the entry Ada Byron (byron@globex.example)" in second


def test_a_group_manager_reads_of_their_own_groups_only(ada, chika):
    manager = Role.objects.create(organization=ada.globex, account=chika, kind="group_manager")
    combined(ada.here, ada.there)
    assert combined_entries(manager, ada.here) == []
    ada.group.managers.add(chika)
    (note,) = combined_entries(manager, ada.here)
    assert note.endswith(REACHED)


def test_the_note_stands_on_the_page_in_the_console_and_on_the_same_page_in_the_account(ada, bruno):
    ada.globex.roles.create(account=bruno, kind="owner")
    combined(ada.here, ada.there)
    console, own = Client(), Client()
    console.force_login(bruno)
    ada.here.refresh_from_db()
    own.force_login(ada.here)
    for browser, address in (
        (console, f"/console/globex/people/{ada.here.public_id}/"),
        (own, "/account/companies/globex/"),
    ):
        page = browser.get(address).content.decode()
        assert REACHED in page, address
        assert "home.example" not in page.split("not-seen")[0]


def test_at_any_depth_the_old_page_leads_to_whom_the_person_is_now(ada, bruno):
    ada.globex.roles.create(account=bruno, kind="owner")
    last = person("Ada Countess", "countess@home.example")
    combined(ada.here, ada.there)
    Combining.objects.update(final_at=timezone.now())
    combined(last, ada.here)
    browser = Client()
    browser.force_login(bruno)
    answer = browser.get(f"/console/globex/people/{ada.there.public_id}/")
    assert (answer.status_code, answer["Location"]) == (307, f"/console/globex/people/{last.public_id}/")
