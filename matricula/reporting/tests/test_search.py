"""Words are found in long lists, however the newest rows and the index share the work."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from conftest import person
from matricula.checking import searching as checked
from matricula.db import search
from matricula.db.search import install_indexes, missing_extensions
from matricula.invitations.invitations import mark_expired
from matricula.invitations.models import Invitation, SearchLine
from matricula.invitations.queries import numbers_by_state
from matricula.invitations.queries import page_of_invitations as invitations_page
from matricula.invitations.search_index import index_late, index_new
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.memberships import enter_program
from matricula.programs.models import Program
from matricula.reporting.people import page_of_members

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")


@pytest.fixture
def owner(organization, bruno):
    return Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)


@pytest.fixture
def short_walk(monkeypatch):
    """Two rows, then blocks of two ids, then any four."""
    monkeypatch.setattr(search, "WALKED", 2)
    monkeypatch.setattr(search, "BLOCK_BITS", 1)
    monkeypatch.setattr(search, "BLOCK", "((organization_id << 32) + ({pk} >> 1))")
    monkeypatch.setattr(search, "CANDIDATES", 4)


def member(program, name, work):
    account = person(name, f"{work}@home.example")
    Affiliation.objects.create(
        organization=program.organization, account=account, work_email=f"{work}@nordlicht.example"
    )
    return enter_program(program=program, account=account)


def invited(program, *names):
    rows = [
        Invitation(
            program=program,
            organization=program.organization,
            name=name,
            address=f"{name.lower()}@nordlicht.example",
            canonical=f"{name.lower()}@nordlicht.example",
        )
        for name in names
    ]
    Invitation.objects.bulk_create(rows)
    while index_new():
        pass


def found(organization, **asked):
    return [one.name for one in invitations_page(organization, asked).rows]


@pytest.mark.parametrize("words", ["ilse", "lse@nord", "il", "ILSE nordlicht", "lse"])
def test_a_rare_word_is_found_beyond_the_newest_rows(organization, program, short_walk, words):
    invited(program, "Ilse", "Ada", "Hugo", "Omar")
    assert found(organization, q=words) == ["Ilse"]


def test_what_the_newest_rows_and_the_index_know_comes_in_one_order(organization, program, short_walk):
    invited(program, "Ann1", "Bob", "Ann2", "Eve", "Ann3")
    assert found(organization, q="ann") == ["Ann3", "Ann2", "Ann1"]
    ids = dict(Invitation.objects.values_list("name", "pk"))
    assert found(organization, q="ann", before=str(ids["Ann3"])) == ["Ann2", "Ann1"]
    assert found(organization, q="ann", after=str(ids["Ann1"])) == ["Ann3", "Ann2"]


@pytest.mark.parametrize("name", ["Ann", "Bob"])
def test_pages_of_a_search_lead_forth_and_back_without_gaps(
    organization, program, short_walk, monkeypatch, name
):
    """Through what is walked, what the index knows of the next blocks, and what it knows of any."""
    monkeypatch.setattr(search, "CANDIDATES", 40)
    invited(program, *(f"{'Ann' if n % 3 else 'Bob'}{n}" for n in range(12)))
    wanted = [f"{name}{n}" for n in reversed(range(12)) if (n % 3 > 0) == (name == "Ann")]
    seen, page = [], invitations_page(organization, {"q": name}, size=2)
    while page.older:
        seen += [one.name for one in page.rows]
        before = QueryDict(page.older[1:])["before"]
        page = invitations_page(organization, {"q": name, "before": before}, size=2)
    assert seen + [one.name for one in page.rows] == wanted
    newer = []
    while page.newer:
        after = QueryDict(page.newer[1:])["after"]
        page = invitations_page(organization, {"q": name, "after": after}, size=2)
        newer = [one.name for one in page.rows] + newer
    assert newer == wanted[: len(newer)]
    assert len(newer) >= len(wanted) - 2


def test_the_newest_are_found_before_they_are_in_the_index(organization, program, invitation):
    assert not SearchLine.objects.exists()
    assert found(organization, q="ada") == ["Ada"]


@on_postgresql
def test_what_commits_late_comes_into_the_index_all_the_same(organization, program, short_walk):
    invited(program, "Ilse", "Ada", "Hugo", "Omar")
    SearchLine.objects.filter(invitation__name="Ilse").delete()
    assert index_new() is False
    assert found(organization, q="ilse") == []
    index_late()
    assert found(organization, q="ilse") == ["Ilse"]


@on_postgresql
def test_searches_are_planned_for_their_own_organization(organization, program):
    """A plan made for all would read a million rows of others to find ten."""
    invited(program, "Ilse", "Ada")
    for _ in range(8):
        invitations_page(organization, {"q": "ilse"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [text for (text,) in cursor.fetchall()]
    assert [text for text in prepared if "search LIKE" in text] == []


@on_postgresql
def test_a_page_says_when_more_fit_than_were_looked_at(client, organization, program, owner, short_walk):
    invited(program, *(f"Ann{n}" for n in range(6)), "Bob", "Eve")
    client.force_login(owner.account)
    address = "/console/nordlicht/invitations/?q="
    assert "not all were looked at" in client.get(address + "ann").content.decode()
    assert "not all were looked at" not in client.get(address + "bob").content.decode()


def test_filters_hold_for_what_the_index_finds(organization, program, short_walk):
    invited(program, "Ilse", "Ada", "Hugo", "Omar")
    Invitation.objects.filter(name="Ilse").update(state="failed")
    assert found(organization, q="ilse", state="failed") == ["Ilse"]
    assert found(organization, q="ilse", state="sent") == []


def test_another_organizations_data_is_not_found(organization, program, short_walk):
    other = Organization.objects.create(slug="other", name="Other")
    invited(Program.objects.create(organization=other, slug="p", name="P"), "Ilse")
    invited(program, "Ada", "Hugo", "Omar")
    assert found(organization, q="ilse") == []
    assert found(organization, program=other.programs.get().public_id) == []


def test_people_are_found_by_a_new_name_and_a_new_work_email(owner, program, short_walk):
    ilse = member(program, "Ilse Voß", "ilse")
    for n in range(3):
        member(program, f"Somebody {n}", f"s{n}")
    names = lambda words: [one.full_name for one in page_of_members(owner, {"q": words}).rows]  # noqa: E731
    ilse.account.full_name = "Ilse ÖZDEMIR"
    ilse.account.save()
    assert (names("özdemir"), names("voß")) == (["Ilse ÖZDEMIR"], [])
    tie = Affiliation.objects.get(account=ilse.account)
    tie.work_email = "oezdemir@nordlicht.example"
    tie.save()
    assert (names("oezd"), names("ilse@")) == (["Ilse ÖZDEMIR"], [])


def test_a4_the_list_says_how_many_stand_how(client, organization, program, owner):
    invited(program, "Ada", "Hugo", "Omar")
    Invitation.objects.filter(name="Ada").update(expires_at="2020-01-01T00:00Z")
    mark_expired()
    assert {state: n for state, n in numbers_by_state(organization).items() if n} == {
        "queued": 2,
        "expired": 1,
    }
    client.force_login(owner.account)
    page = client.get(reverse("invitations:invitations", args=["nordlicht"])).content.decode()
    assert "expired (1)" in page
    Invitation.objects.filter(name="Ada").update(expires_at="2099-01-01T00:00Z")
    assert numbers_by_state(organization)["expired"] == 0


@on_postgresql
@pytest.mark.parametrize(("newest", "partial"), [("Ann Farid", False), ("Bob", True)])
def test_the_newest_are_shown_where_more_fit_than_are_looked_at(
    organization, program, monkeypatch, newest, partial
):
    """The blocks that come next are read whole, also for words that seemed rare."""
    monkeypatch.setattr(search, "WALKED", 2)
    monkeypatch.setattr(search, "CANDIDATES", 4)
    invited(program, *(f"Ann Farid{n}" for n in range(12)), "Eve", newest)
    page = invitations_page(organization, {"q": "ann farid"}, size=9)
    found = [one.name for one in page.rows if one.name != newest]
    assert (found, page.partial) == ([f"Ann Farid{n}" for n in range(11, 11 - len(found), -1)], partial)
    assert len(found) >= 8


@on_postgresql
def test_a_word_that_is_not_there_costs_a_walk_and_a_look(
    organization, program, short_walk, django_assert_num_queries
):
    invited(program, "Ilse", "Ada", "Hugo", "Omar")
    with django_assert_num_queries(2):
        assert found(organization, q="zzqzz") == []


@on_postgresql
def test_the_index_is_asked_for_one_block_of_one_organization(organization, program, owner):
    """A plan that reads the whole index, or another's rows, takes a hundred times as long at a million."""
    invited(program, "Zzqzz1", *(f"Ann{n}" for n in range(200)), "Zzqzz2")
    statements = []

    def note(execute, sql, params, *rest):
        if "found" in sql:
            statements.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(note), pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "WALKED", 2)
        assert len(invitations_page(organization, {"q": "zzqzz"}).rows) == 2
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE invitations_searchline DROP CONSTRAINT invitations_searchline_pkey")
        cursor.execute("SET LOCAL enable_seqscan = off")
        plans = []
        for sql, params in statements:
            cursor.execute("EXPLAIN " + sql, params)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    near, far = plans
    assert "Index Cond: ((((organization_id << 32) + (invitation_id >> 15)) = ANY (" in near
    assert "Index Cond: ((organization_id = '" in far
    for plan in plans:
        assert "invitations_searchline_words_by_block" in plan


def test_markup_in_names_is_shown_as_text(client, program, owner, bruno):
    member(program, "<b>Ada</b> ~~name~~", "ada")
    invited(program, "<i>Ilse</i>")
    client.force_login(bruno)
    for path, name in (("people", "b>Ada&lt;/b"), ("invitations", "i&gt;Ilse&lt;/i")):
        page = client.get(f"/console/nordlicht/{path}/").content.decode()
        assert name.replace("b>", "b&gt;") in page
        assert "<b>Ada" not in page
        assert "<i>Ilse" not in page


@on_postgresql
def test_without_the_extensions_check_says_what_to_do_and_search_still_finds(
    organization, program, short_walk
):
    invited(program, "Ilse", "Ada", "Hugo", "Omar")
    assert list(checked()) == []
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
    assert missing_extensions() == ["pg_trgm"]
    assert "CREATE EXTENSION pg_trgm;" in next(checked())
    assert found(organization, q="ilse") == ["Ilse"]
    install_indexes()
    assert list(checked()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["people", "invitations", "content"])
@pytest.mark.parametrize("text", ["a " * 2_000, "b" * 7_000])
def test_a_thousand_words_are_searched_for_as_a_few_are(client, organization, bruno, page, text):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    assert client.get(f"/console/nordlicht/{page}/", {"q": text}).status_code == 200
