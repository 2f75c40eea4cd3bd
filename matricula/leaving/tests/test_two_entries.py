"""ACME lists Ada twice, with two work e-mails: it decides which entry is her, she combines, and undoes it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conftest import person
from matricula.accounts.models import EmailAddress
from matricula.audit.models import Entry
from matricula.leaving.combining.combining import combine, undo_combining
from matricula.leaving.combining.known_before import combined_entries
from matricula.leaving.combining.reasons import Pair, reasons
from matricula.leaving.doubled.agreements import answer_which_entry, ask_which_entry, doubled_entries
from matricula.leaving.errors import CannotBeCombined, EntriesAnswered, EntriesAsked, PlanChanged
from matricula.leaving.models import Combining, EntryRequest
from matricula.leaving.tests.two_lives import TwoLives, asked_for, combined, contents, joined
from matricula.mail.composition import plain_words
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.recount import wrong_numbers

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
HERE, THERE = "ada@acme.example", "aking@acme.example"


class Twice(TwoLives):
    """At ACME she is in Welcome with both accounts, and Bruno administers."""

    def __init__(self) -> None:
        super().__init__()
        self.bruno = person("Bruno Keller", "bruno@acme.example")
        self.acme.roles.create(account=self.bruno, kind=Role.Kind.OWNER)
        self.twice = joined(self.welcome, self.there, THERE)
        for account, address in ((self.here, HERE), (self.there, THERE)):
            EmailAddress.objects.create(
                account=account, address=address, confirmed_at=timezone.now(), signs_in=True
            )
        self.ties = [self.acme.affiliations.get(account=one) for one in (self.here, self.there)]
        self.acme.affiliations.filter(account=self.there).update(external_id="E-7")

    @property
    def doubled(self):
        return doubled_entries(kept=self.here.pk, given_up=self.there.pk)[0]

    def ask(self):
        return ask_which_entry(doubled=self.doubled, asked_by=self.here)

    def agree(self, staying):
        answer_which_entry(request=self.ask(), stays=self.ties[staying], actor=self.bruno)

    def decides(self, who):
        Organization.objects.filter(pk=self.acme.pk).update(doubled_entries=who)

    def live(self):
        rows = Affiliation.objects.live().filter(organization=self.acme, account__in=(self.here, self.there))
        return [(one.account, one.work_email) for one in rows.order_by("pk")]

    def letters(self, to):
        while deliver_due():
            pass
        return [one.text for one in InboxLetter.objects.filter(to=to)]

    def codes(self):
        return [one.code for one in reasons(Pair(self.here, self.there))]


@pytest.fixture
def ada(db):
    return Twice()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("staying", [0, 1])
def test_agreed_she_is_there_once_and_undo_restores_every_row(ada, staying, turned):
    ada.agree(staying)
    before = contents()
    kept, given_up = (ada.there, ada.here) if turned else (ada.here, ada.there)
    combining = combined(kept, given_up)
    assert ada.live() == [(kept, (HERE, THERE)[staying])]
    assert wrong_numbers() == []
    ended = Affiliation.objects.get(organization=ada.acme, account=given_up)
    assert ended.ended_at is not None
    assert Affiliation.objects.get(external_id="E-7") == ada.ties[1]
    went = (THERE, HERE)[staying]
    assert not EmailAddress.objects.filter(canonical=went).exists()
    assert not EmailAddress.objects.get(canonical=(HERE, THERE)[staying]).signs_in
    found = Affiliation.objects.filter(organization=ada.acme, canonical=went).get()
    assert found.ended_at is not None
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert contents() == before
    assert wrong_numbers() == []
    assert set(combining.lines.values_list("undone", flat=True)) == {"back"}


def test_she_is_found_by_the_work_email_of_before(ada):
    ada.agree(1)
    combined(ada.here, ada.there)
    ada.member_here.refresh_from_db()
    assert HERE in ada.member_here.search
    assert THERE in ada.member_here.search


def test_without_an_answer_or_with_no_or_never_nothing_is_combined(ada):
    assert ada.codes() == ["listed_twice"]
    request = ada.ask()
    assert ada.codes() == ["listed_twice"]
    answer_which_entry(request=request, stays=None, actor=ada.bruno)
    assert ada.codes() == ["listed_twice"]
    ada.decides("never")
    with pytest.raises(CannotBeCombined):
        combined(ada.here, ada.there)
    ada.decides("allow")
    assert ada.codes() == []


def test_an_agreement_holds_for_thirty_days_and_not_against_never(ada):
    ada.agree(0)
    assert ada.codes() == []
    ada.decides("never")
    assert ada.codes() == ["listed_twice"]
    ada.decides("ask")
    EntryRequest.objects.update(good_until=timezone.now() - timedelta(seconds=1))
    assert ada.codes() == ["listed_twice"]
    assert ada.ask().answer == ""


def test_where_the_organization_allows_it_she_chooses(ada):
    ada.decides("allow")
    before = contents()
    combining = combined(ada.here, ada.there, entries=[ada.ties[1].pk])
    assert ada.live() == [(ada.here, THERE)]
    undo_combining(combining=combining, side=Combining.Side.GIVEN_UP)
    assert contents() == before
    combined(ada.here, ada.there)
    assert ada.live() == [(ada.here, HERE)]


def test_who_reads_one_answer_does_not_combine_by_another(ada):
    ada.decides("allow")
    asked = asked_for(ada.here, ada.there)
    digest = asked.ledger(now=timezone.now()).look()[1]
    ada.decides("ask")
    ada.agree(1)
    with pytest.raises(PlanChanged):
        combine(asked=asked, digest=digest)


def test_one_request_waits_and_after_a_no_she_may_ask_again_in_a_week(ada):
    request = ada.ask()
    with pytest.raises(EntriesAsked):
        ada.ask()
    answer_which_entry(request=request, stays=None, actor=ada.bruno)
    with pytest.raises(EntriesAsked):
        ada.ask()
    EntryRequest.objects.update(answered_at=timezone.now() - timedelta(days=8))
    assert ada.ask().pk != request.pk


def test_nobody_is_asked_where_it_decides_by_itself_or_an_entry_ended(ada):
    doubled = ada.doubled
    ada.decides("never")
    with pytest.raises(EntriesAsked):
        ask_which_entry(doubled=doubled, asked_by=ada.here)
    ada.decides("ask")
    Affiliation.objects.filter(pk=ada.ties[1].pk).update(ended_at=timezone.now())
    with pytest.raises(EntriesAsked):
        ask_which_entry(doubled=doubled, asked_by=ada.here)


def test_the_first_answer_counts_and_none_after_an_entry_ended(ada):
    request = ada.ask()
    answer_which_entry(request=request, stays=ada.ties[0], actor=ada.bruno)
    with pytest.raises(EntriesAnswered):
        answer_which_entry(request=request, stays=None, actor=ada.bruno)
    request.refresh_from_db()
    assert request.answer == "yes"
    EntryRequest.objects.update(good_until=timezone.now())
    later = ada.ask()
    Affiliation.objects.filter(pk=ada.ties[1].pk).update(ended_at=timezone.now())
    assert not EntryRequest.objects.waiting().exists()
    with pytest.raises(EntriesAnswered):
        answer_which_entry(request=later, stays=ada.ties[0], actor=ada.bruno)


def test_administrators_and_ada_are_written_to_and_no_letter_tells_of_her_other_life(ada):
    request = ada.ask()
    asked = ada.letters("bruno@acme.example")
    answer_which_entry(request=request, stays=ada.ties[1], actor=ada.bruno)
    here, there, page = plain_words(HERE), plain_words(THERE), "/console/acme/people/entries/twice/"
    assert any(here in one and there in one and page in one for one in asked)
    told = ada.letters("ada@home.example")
    assert any(there in one and "/account/combine/" in one for one in told)
    for one in [*asked, *told]:
        assert "globex" not in one.lower()
    assert not any("home.example" in one for one in asked)
    combined(ada.here, ada.there)
    assert any("ended" in one for one in ada.letters(HERE))
    assert not any("ended" in one for one in ada.letters(THERE))


def test_ada_is_told_no(ada):
    answer_which_entry(request=ada.ask(), stays=None, actor=ada.bruno)
    assert any("does not agree" in one for one in ada.letters("ada@home.example"))


def test_the_journal_tells_acme_which_entry_ended_and_which_address_stayed(ada):
    ada.agree(1)
    combining = combined(ada.here, ada.there)
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    rows = Entry.objects.filter(organization_id=ada.acme.pk, verb__startswith="affiliation.")
    verbs = set(rows.values_list("verb", flat=True))
    assert {"affiliation.combining_asked", "affiliation.combining_answered"} <= verbs
    assert {"affiliation.set_aside", "affiliation.renamed", "affiliation.taken_up"} <= verbs
    first, last = rows.filter(verb="affiliation.renamed").order_by("pk")
    assert (first.before["address"], first.after["address"]) == (HERE, THERE)
    assert (last.before["address"], last.after["address"]) == (THERE, HERE)
    assert not Entry.objects.filter(organization_id=ada.globex.pk, verb="affiliation.renamed").exists()


def outcome(combining, act):
    line = combining.lines.get(table_name="organizations_affiliation", act=act, counterpart__isnull=False)
    return line.undone, line.why


def test_a_work_email_that_somebody_else_has_meanwhile_does_not_come_back(ada, chika):
    ada.agree(0)
    combining = combined(ada.here, ada.there)
    joined(ada.welcome, chika, THERE)
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert outcome(combining, "set_aside") == ("kept", "taken")
    assert ada.live() == [(ada.here, HERE)]
    assert wrong_numbers() == []


def test_where_the_one_of_before_is_somebody_elses_the_other_stays_where_it_is(ada, chika):
    ada.agree(1)
    combining = combined(ada.here, ada.there)
    joined(ada.welcome, chika, HERE)
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert outcome(combining, "changed") == ("kept", "taken")
    assert outcome(combining, "set_aside") == ("kept", "taken")
    assert ada.live() == [(ada.here, THERE)]


def test_a_mailbox_that_somebody_proved_is_not_named_again(ada, chika):
    ada.agree(0)
    combining = combined(ada.here, ada.there)
    EmailAddress.objects.create(account=chika, address=THERE, confirmed_at=timezone.now())
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert outcome(combining, "set_aside") == ("kept", "taken")


def test_the_next_work_email_of_the_entry_that_stayed_is_kept(ada):
    ada.agree(1)
    combining = combined(ada.here, ada.there)
    Affiliation.objects.filter(pk=ada.ties[0].pk).update(
        work_email="new@acme.example", canonical="new@acme.example"
    )
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert ada.live() == [(ada.here, "new@acme.example"), (ada.there, THERE)]


@pytest.mark.parametrize("staying", [0, 1])
def test_acme_reads_on_her_page_which_entry_was_combined(ada, staying):
    ada.agree(staying)
    combined(ada.here, ada.there)
    role = Role.objects.get(organization=ada.acme, account=ada.bruno)
    (note,) = combined_entries(role, ada.here)
    assert f"combined with the entry Ada King ({THERE})" in note
