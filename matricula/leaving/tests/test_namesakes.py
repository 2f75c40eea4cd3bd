"""Two entries of one company with the same name: a hint for administrators, a letter, and never a join."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import person
from matricula.accounts.models import Account
from matricula.audit.models import Entry
from matricula.leaving.combining.combining import undo_combining
from matricula.leaving.doubled.namesakes import PAGE_SIZE, names_twice
from matricula.leaving.doubled.pairs import say_two_people, suggest_combining
from matricula.leaving.errors import SuggestedLately
from matricula.leaving.models import Combining, EntryPair
from matricula.leaving.tests.taking_data import data_of
from matricula.leaving.tests.two_lives import combined, joined, program_of
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.reporting.audit_log import change_details

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def owner(organization, bruno):
    return Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)


def entry(program, name, work_email, home):
    return joined(program, person(name, home), work_email).account.affiliations.get(
        organization=program.organization_id
    )


@pytest.fixture
def twice(program):
    """Two entries of Ada's, or of two people of that name."""
    return (
        entry(program, "Ada Lovelace", "ada@nordlicht.example", "ada@home.example"),
        entry(program, "ADA Lovelace", "ada2@nordlicht.example", "king@home.example"),
    )


@pytest.fixture
def console(owner, client):
    client.force_login(owner.account)
    return client


def page_of(console, tie):
    return console.get(f"/console/nordlicht/people/{tie.account.public_id}/").content.decode()


def act(console, verb, one, other):
    return console.post(f"/console/nordlicht/people/entries/twice/{one.pk}/{other.pk}/{verb}/", follow=True)


def test_bruno_reads_that_another_entry_has_the_same_name_and_nothing_of_her_own_addresses(console, twice):
    page = page_of(console, twice[0])
    assert "Are they one person?" in page
    assert "ada2@nordlicht.example" in page
    assert "home.example" not in page


def test_the_same_name_elsewhere_and_an_entry_that_ended_say_nothing(console, twice, program):
    other = Organization.objects.create(slug="acme", name="ACME")
    other.affiliations.create(account=twice[1].account, work_email="ada@acme.example")
    Affiliation.objects.filter(pk=twice[1].pk).update(ended_at=timezone.now())
    assert "Are they one person?" not in page_of(console, twice[0])
    assert names_twice(program.organization).rows == []
    assert names_twice(other).rows == []


def test_names_are_compared_without_case_and_renamed_with_the_person(twice, program):
    assert [one.name for one in names_twice(program.organization).rows] == ["Ada Lovelace"]
    twice[1].account.full_name = "Ada King"
    twice[1].account.save()
    assert names_twice(program.organization).rows == []
    type(twice[1].account).objects.filter(pk=twice[1].account_id).update(full_name="ada LOVELACE")
    assert len(names_twice(program.organization).rows) == 1


def test_a_row_saved_by_whoever_read_it_before_keeps_the_name_of_today(twice):
    old = Affiliation.objects.get(pk=twice[1].pk)
    twice[1].account.full_name = "Ada Émile"
    twice[1].account.save()
    old.save()
    old.refresh_from_db()
    assert old.folded_name == "ada émile"


def test_bruno_says_that_they_are_two_people_and_takes_it_back(console, twice, program):
    answer = act(console, "two-people", *twice).content.decode()
    assert "Are they one person?" not in answer
    assert "Another person with the same name" in answer
    assert "Are they one person?" not in page_of(console, twice[1])
    assert names_twice(program.organization).rows == []
    assert "Are they one person?" in act(console, "undecided", *twice[::-1]).content.decode()
    verbs = list(Entry.objects.filter(verb__startswith="affiliation.called").values_list("verb", flat=True))
    assert verbs == ["affiliation.called_two_people", "affiliation.called_undecided"]


def test_one_of_three_pairs_decided_leaves_the_name_in_the_list(twice, program, bruno):
    third = entry(program, "Ada Lovelace", "ada3@nordlicht.example", "third@home.example")
    say_two_people(one=twice[0], other=twice[1], actor=bruno)
    assert len(names_twice(program.organization).rows) == 1
    for one in twice:
        say_two_people(one=third, other=one, actor=bruno)
    assert names_twice(program.organization).rows == []


def test_both_work_emails_get_a_letter_that_leads_to_combining_and_says_nothing_of_the_other(console, twice):
    assert "on its way to both" in act(console, "letter", *twice).content.decode()
    while deliver_due():
        pass
    letters = InboxLetter.objects.filter(letter__kind="leaving.suggested")
    assert sorted(letters.values_list("to", flat=True)) == ["ada2@nordlicht.example", "ada@nordlicht.example"]
    for one in letters:
        assert "/account/combine/" in one.text
        assert "home.example" not in one.text
        assert one.text.count("@") == 0
    assert Entry.objects.filter(verb="affiliation.combining_suggested").count() == 1


def test_a_pair_is_asked_once_a_week(twice, bruno):
    suggest_combining(one=twice[0], other=twice[1], actor=bruno)
    with pytest.raises(SuggestedLately):
        suggest_combining(one=twice[1], other=twice[0], actor=bruno)
    EntryPair.objects.update(suggested_at=timezone.now() - timedelta(days=8))
    suggest_combining(one=twice[1], other=twice[0], actor=bruno)
    assert Letter.objects.filter(kind="leaving.suggested").count() == 4


def test_who_are_two_people_are_not_asked(console, twice, bruno):
    say_two_people(one=twice[0], other=twice[1], actor=bruno)
    assert "Ask them again later" in act(console, "letter", *twice).content.decode()
    assert not Letter.objects.filter(kind="leaving.suggested").exists()


def test_a_letter_is_moot_once_an_entry_ended(twice, bruno):
    suggest_combining(one=twice[0], other=twice[1], actor=bruno)
    Affiliation.objects.filter(pk=twice[0].pk).update(ended_at=timezone.now())
    while deliver_due():
        pass
    assert not InboxLetter.objects.filter(letter__kind="leaving.suggested").exists()


@pytest.mark.parametrize("kind", ["viewer", "group_manager"])
def test_only_administrators_have_it_asked(twice, owner, kind, chika):
    Role.objects.create(organization=owner.organization, account=chika, kind=kind)
    browser = Client()
    browser.force_login(chika)
    for verb in ("letter", "two-people", "undecided"):
        assert act(browser, verb, *twice).status_code == 403
    assert "Suggest combining" not in page_of(browser, twice[0])
    assert browser.get("/console/nordlicht/people/entries/twice/").status_code == (
        200 if kind == "viewer" else 403
    )


def test_nothing_is_asked_of_people_with_other_names_of_other_companies_or_of_nobody(console, twice, program):
    bert = entry(program, "Bert", "bert@nordlicht.example", "bert@home.example")
    acme = Organization.objects.create(slug="acme", name="ACME")
    foreign = acme.affiliations.create(account=twice[1].account, work_email="ada@acme.example")
    for other in (bert.pk, foreign.pk, twice[0].pk, 0, 10**17):
        path = f"/console/nordlicht/people/entries/twice/{twice[0].pk}/{other}"
        for verb in ("letter", "two-people", "undecided"):
            assert console.post(f"{path}/{verb}/").status_code == 404
    assert not EntryPair.objects.exists()


def test_ada_reads_that_her_company_wonders_and_not_who_the_other_one_is(twice, owner):
    browser = Client()
    browser.force_login(twice[0].account, backend="matricula.accounts.authentication.EmailBackend")
    page = browser.get("/account/companies/nordlicht/").content.decode()
    assert "has another entry with your name" in page
    assert "ada2@" not in page


def test_where_nobody_combines_nobody_is_asked(console, twice, settings):
    settings.COMBINING = "off"
    assert "Are they one person?" not in page_of(console, twice[0])


def test_the_word_holds_whoever_the_entry_belongs_to(twice, program, bruno):
    """Ada gives up her account for one outside the company: her entry moves, and what was said stays."""
    say_two_people(one=twice[0], other=twice[1], actor=bruno)
    combining = combined(person("Ada Lovelace", "new@home.example"), twice[1].account)
    assert names_twice(program.organization).rows == []
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert names_twice(program.organization).rows == []


def test_the_list_is_paged_by_name_and_takes_the_same_queries_for_any_number(console, program):
    org = program.organization
    for n in range(PAGE_SIZE + 2):
        for twin in "ab":
            tie = org.affiliations.create(
                account=person(f"Name {n:02}", f"{twin}{n}@home.example"),
                work_email=f"{twin}{n}@nordlicht.example",
            )
    first = names_twice(org)
    assert len(first.rows) == PAGE_SIZE
    assert first.older
    page = console.get(f"/console/nordlicht/people/entries/twice/{first.older}").content.decode()
    assert f"Name {PAGE_SIZE:02}" in page
    assert "Name 00" not in page
    with CaptureQueriesContext(
        connection,
    ) as asked:
        names_twice(org)
    assert len(asked) <= 4
    assert tie.folded_name is not None


def test_bad_places_in_the_list_are_refused(console):
    assert console.get("/console/nordlicht/people/entries/twice/?after=%00").status_code == 400
    assert console.get(f"/console/nordlicht/people/entries/twice/?after={'x' * 500}").status_code == 400
    assert (
        "No two entries" in console.get("/console/nordlicht/people/entries/twice/?after=zz").content.decode()
    )


def test_the_list_has_an_index(twice, program):
    if connection.vendor != "postgresql":
        pytest.skip("of PostgreSQL's planner")
    crowd = Account.objects.bulk_create(Account(full_name=f"Name {n:04}") for n in range(2_000))
    ties = [Affiliation(organization=program.organization, account=one) for one in crowd]
    for n, one in enumerate(ties):
        one.work_email = one.canonical = f"n{n}@nordlicht.example"
    Affiliation.objects.bulk_create(ties)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE organizations_affiliation")
        cursor.execute(
            "EXPLAIN SELECT folded_name, count(*) FROM organizations_affiliation WHERE organization_id = %s"
            " AND ended_at IS NULL AND folded_name > 'a' GROUP BY 1 HAVING count(*) > 1 ORDER BY 1 LIMIT 26",
            [program.organization_id],
        )
        plan = "\n".join(one for (one,) in cursor.fetchall())
    assert "entries_by_name" in plan
    assert "Sort" not in plan


def test_a_note_below_the_chart_says_that_two_entries_became_one_to_who_knew_both(console, program, client):
    """Ada was in the program twice, once as somebody who had left."""
    kept, given_up = person("Ada", "ada@home.example"), person("Ada", "king@home.example")
    joined(program, kept, "ada@nordlicht.example")
    joined(program, given_up, "ada2@nordlicht.example")
    given_up.affiliations.update(ended_at=timezone.now())
    acme = Organization.objects.create(slug="acme", name="ACME")
    joined(program_of(acme, "Growth"), given_up, "ada@acme.example")
    Role.objects.create(organization=acme, account=bruno_of(program), kind=Role.Kind.OWNER)
    pages = ("/console/nordlicht/reports/", "/console/nordlicht/overview/")
    assert not any("became one" in console.get(one).content.decode() for one in pages)
    combining = combined(kept, given_up)
    assert all(
        "two entries became one; the person is counted once" in console.get(one).content.decode()
        for one in pages
    )
    assert "became one" not in console.get("/console/acme/reports/").content.decode()
    undo_combining(combining=combining, side=Combining.Side.KEPT)
    assert not any("became one" in console.get(one).content.decode() for one in pages)


def bruno_of(program):
    return Role.objects.get(organization=program.organization, kind=Role.Kind.OWNER).account


def test_the_file_of_ones_data_names_no_work_e_mail_of_a_namesake(program, owner, twice):
    ada, other = twice
    suggest_combining(one=ada, other=other, actor=owner.account)
    say_two_people(one=ada, other=other, actor=owner.account)
    told = data_of(ada.account)["data.json"].decode()
    assert "Two entries said to be two people" in told
    assert other.work_email not in told


def test_the_words_of_the_audit_log_name_the_entry_that_a_line_is_about(program, owner, twice):
    ada, other = twice
    say_two_people(one=ada, other=other, actor=owner.account)
    line = Entry.objects.get(verb="affiliation.called_two_people")
    assert change_details(line) == f"address: {ada.work_email}"
    assert line.after["other_work_email"] == other.work_email


def test_a_number_longer_than_any_row_names_no_entries(console, twice):
    page = f"/console/nordlicht/people/entries/twice/{'9' * 26}/{twice[0].pk}/letter/"
    assert console.post(page).status_code == 404
