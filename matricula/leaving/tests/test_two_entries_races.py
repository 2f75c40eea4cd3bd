"""Two at once about two entries of one company: asking, answering, deciding, combining, undoing."""

import pytest
from django.utils import timezone

from conftest import person
from matricula.leaving.combining.combining import combine, undo_combining
from matricula.leaving.doubled.agreements import answer_which_entry, ask_which_entry
from matricula.leaving.doubled.pairs import suggest_combining
from matricula.leaving.errors import (
    CannotBeCombined,
    EntriesAnswered,
    EntriesAsked,
    PlanChanged,
    SuggestedLately,
)
from matricula.leaving.models import Combining, EntryPair, EntryRequest
from matricula.leaving.tests.test_two_entries import HERE, THERE, Twice
from matricula.leaving.tests.two_lives import asked_for, combined, joined
from matricula.mail.models import Letter
from matricula.organizations.branding import change_brand
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.programs.recount import wrong_numbers
from tests.at_once import all_at_once, refusals

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def ada(transactional_db):
    return Twice()


def prepared(ada):
    asked = asked_for(ada.here, ada.there)
    return asked, asked.ledger(now=timezone.now()).look()[1]


def test_races_she_asks_in_many_tabs_and_one_request_is_made(ada):
    doubled = ada.doubled
    results = all_at_once(*[lambda: ask_which_entry(doubled=doubled, asked_by=ada.here)] * 10)
    assert {type(one) for one in refusals(results)} == {EntriesAsked}
    assert EntryRequest.objects.count() == 1
    assert Letter.objects.filter(kind="leaving.entries_asked").count() == 1


def test_races_of_two_administrators_the_first_answer_counts(ada):
    request = ada.ask()
    results = all_at_once(
        *[
            lambda said=said: answer_which_entry(request=request, stays=said, actor=ada.bruno)
            for said in (ada.ties[0], ada.ties[1], None) * 4
        ]
    )
    assert len(refusals(results)) == 11
    assert {type(one) for one in refusals(results)} == {EntriesAnswered}
    assert Letter.objects.filter(kind="leaving.entries_answered").count() == 1


@pytest.mark.parametrize("_again", range(4))
def test_races_the_setting_changes_while_she_combines(ada, _again):
    """Allowed when it was done, or not done."""
    ada.decides("allow")
    asked, read = prepared(ada)
    results = all_at_once(
        lambda: combine(asked=asked, digest=read),
        lambda: change_brand(organization=ada.acme, values={"doubled_entries": "never"}, actor=ada.bruno),
    )
    assert {type(one) for one in refusals(results)} <= {CannotBeCombined}
    assert len(ada.live()) == (1 if Combining.objects.exists() else 2)
    assert wrong_numbers() == []


@pytest.mark.parametrize("_again", range(4))
def test_races_the_answer_comes_while_she_combines(ada, _again):
    request = ada.ask()
    asked, read = prepared(ada)
    results = all_at_once(
        lambda: combine(asked=asked, digest=read),
        lambda: answer_which_entry(request=request, stays=ada.ties[1], actor=ada.bruno),
    )
    assert {type(one) for one in refusals(results)} <= {CannotBeCombined, PlanChanged}
    assert ada.live() in ([(ada.here, HERE), (ada.there, THERE)], [(ada.here, THERE)])
    request.refresh_from_db()
    assert request.answer == "yes"


@pytest.mark.parametrize("_again", range(4))
def test_races_one_entry_ends_while_she_combines(ada, _again):
    ada.agree(1)
    asked, read = prepared(ada)
    results = all_at_once(
        lambda: combine(asked=asked, digest=read),
        lambda: end_membership(membership=ada.twice, actor=ada.bruno, state=Membership.State.LEFT),
    )
    assert {type(one) for one in refusals(results)} <= {PlanChanged, CannotBeCombined}
    assert len(ada.live()) == 1
    assert wrong_numbers() == []


@pytest.mark.parametrize("_again", range(4))
def test_races_somebody_takes_the_work_email_while_it_is_undone(ada, _again):
    """One of the two has it, and nothing breaks."""
    ada.agree(0)
    combining = combined(ada.here, ada.there)
    chika = person("Chika Obi", "chika@elsewhere.example")
    results = all_at_once(
        lambda: undo_combining(combining=combining, side=Combining.Side.KEPT),
        lambda: joined(ada.welcome, chika, THERE),
    )
    rows = Affiliation.objects.live().filter(organization=ada.acme, canonical=THERE)
    assert rows.count() == 1
    combining.refresh_from_db()
    lost = isinstance(results[0], Exception)
    assert (combining.undone_at is None) == lost
    assert wrong_numbers() == []


def test_races_a_pair_is_suggested_once(ada):
    works = [lambda: suggest_combining(one=ada.ties[0], other=ada.ties[1], actor=ada.bruno)] * 6
    results = all_at_once(*works)
    assert {type(one) for one in refusals(results)} == {SuggestedLately}
    assert EntryPair.objects.count() == 1
    assert Letter.objects.filter(kind="leaving.suggested").count() == 2
