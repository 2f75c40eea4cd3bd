"""Before Ada leaves, Nordlicht sees whether she would lose her only way in."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import person
from matricula.accounts.models import Account, EmailAddress, SecondFactor
from matricula.audit.models import Entry
from matricula.commands import parser
from matricula.leaving.rehearsal.judging import judge_rows
from matricula.leaving.rehearsal.stranding import leaving_with, stranded_people, strandings_of
from matricula.leaving.tests.two_lives import joined
from matricula.mail.models import Letter
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.peoplefile import Row
from matricula.programs.memberships import end_membership
from matricula.programs.models import Membership
from matricula.roles.models import Appointment

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
WORK = "ada@nordlicht.example"


@pytest.fixture
def ada(program):
    program.seats = None
    program.save()
    account = person("Ada Okafor", WORK)
    joined(program, account, WORK)
    return account


def own_address(account, **more):
    return account.addresses.create(address="ada@home.example", **({"confirmed_at": timezone.now()} | more))


def why(organization, account):
    return strandings_of(organization, [account.pk]).get(account.pk, "")


def without_password(account):
    account.set_unusable_password()
    account.save()


def test_ada_who_logs_in_with_her_work_e_mail_only_would_be_stranded(organization, ada):
    assert why(organization, ada) == "address"
    without_password(ada)
    assert why(organization, ada) == "company"


def test_an_own_confirmed_address_is_a_way_in_and_an_unproven_or_silent_one_is_not(organization, ada):
    own = own_address(ada, confirmed_at=None)
    assert why(organization, ada) == "address"
    EmailAddress.objects.filter(pk=own.pk).update(confirmed_at=timezone.now(), signs_in=False)
    assert why(organization, ada) == "address"
    EmailAddress.objects.filter(pk=own.pk).update(signs_in=True)
    assert why(organization, ada) == ""
    EmailAddress.objects.filter(pk=own.pk).update(power_ends_at=timezone.now())
    assert why(organization, ada) == "address"


def test_who_has_another_address_but_no_password_is_told_to_choose_one(organization, ada, settings):
    own_address(ada)
    without_password(ada)
    assert why(organization, ada) == "password"
    ada.second_factors.create(kind=SecondFactor.Kind.PASSKEY, name="Phone")
    settings.BASE_URL = "http://10.0.0.1"
    assert why(organization, ada) == "password", "no browser takes a passkey there"
    settings.BASE_URL = "https://learn.nordlicht.example"
    assert why(organization, ada) == ""
    other = Organization.objects.create(slug="acme", name="ACME")
    theirs = other.connections.create(kind="saml", name="ACME", state="live", tested_at=timezone.now())
    theirs.identities.create(subject="ada", account=ada)
    assert why(organization, ada) == ""


def test_an_address_that_another_live_organization_names_is_not_lost(organization, ada):
    other = Organization.objects.create(slug="acme", name="ACME")
    tie = Affiliation.objects.create(organization=other, account=ada, work_email=WORK)
    assert why(organization, ada) == ""
    Affiliation.objects.filter(pk=tie.pk).update(ended_at=timezone.now())
    assert why(organization, ada) == "address"


def test_who_holds_a_role_stays_and_who_was_offered_one_by_another_address_loses_that_too(organization, ada):
    own_address(ada)
    Appointment.objects.create(
        organization=organization,
        address="ada@home.example",
        kind="viewer",
        accepted_by=ada,
        ended_at=timezone.now(),
    )
    assert why(organization, ada) == "address"
    Role.objects.create(organization=organization, account=ada, kind="viewer")
    assert why(organization, ada) == ""


def test_the_rehearsal_says_what_leaving_then_does(organization, program, ada):
    """Nobody it calls safe is left with an address that is promised to end, and everybody else is."""
    people = {"ada": ada}
    for name in ("bea", "cem"):
        people[name] = person(name, f"{name}@nordlicht.example")
        joined(program, people[name], f"{name}@nordlicht.example")
    own_address(people["bea"])
    told = strandings_of(organization, [one.pk for one in people.values()])
    for one in Membership.objects.active():
        end_membership(membership=one, actor=None, state=Membership.State.REMOVED)
    for one in people.values():
        assert (one.pk in told) is not one.addresses.ways_in().exists()


def test_a_program_s_end_strands_whom_the_organization_has_nowhere_else(organization, program, ada):
    bea = person("Bea", "bea@nordlicht.example")
    joined(program, bea, "bea@nordlicht.example")
    other = organization.programs.create(slug="other", name="Other")
    joined(other, bea, "bea@nordlicht.example")
    assert set(stranded_people(organization, leaving_with(program))) == {ada}
    program.ends_on = other.ends_on = timezone.localdate()
    program.save()
    other.save()
    assert set(stranded_people(organization, leaving_with(program))) == {ada, bea}


def row(line, address, canonical=None):
    known = address.lower() if canonical is None else canonical
    return Row(line, address, "", (), (), {}, "" if known else "bad_address", known)


def test_the_lines_of_a_file_are_judged_and_other_companies_people_are_not_found(
    organization, program, ada, bruno, chika
):
    Affiliation.objects.filter(account=ada).update(external_id="4711")
    other = Organization.objects.create(slug="acme", name="ACME")
    joined(other.programs.create(slug="p", name="P"), chika, "chika@acme.example")
    joined(program, bruno, "bruno@nordlicht.example")
    Role.objects.create(organization=organization, account=bruno, kind="owner")
    bea = person("Bea", "bea@nordlicht.example")
    gone = joined(program, bea, "bea@nordlicht.example")
    end_membership(membership=gone, actor=None, state=Membership.State.REMOVED)
    safe = person("Cem", "cem@home.example")
    joined(program, safe, "cem@nordlicht.example")
    rows = [
        row(2, "4711", ""),
        row(3, "ADA@nordlicht.example"),
        row(4, "chika@acme.example"),
        row(5, "bruno@nordlicht.example"),
        row(6, "bea@nordlicht.example"),
        row(7, "cem@nordlicht.example"),
        row(8, "=cmd()", ""),
        row(9, "", ""),
    ]
    found = {one.line: str(one.verdict.value) for one in judge_rows(organization, rows)}
    assert list(found.values()) == [
        "stranded", "twice", "unknown", "stays", "gone", "leaves", "unknown", "invalid",
    ]  # fmt: skip


def test_a_hundred_thousand_lines_are_judged_by_the_thousands(organization, ada):
    rows = (row(n, f"p{n}@nordlicht.example") for n in range(100_000))
    with CaptureQueriesContext(connection) as asked:
        assert sum(1 for _ in judge_rows(organization, rows)) == 100_000
    assert len(asked) <= 50 * 6


def rehearse(capsys, *asked):
    arguments = parser().parse_args(["rehearse-leaving", *map(str, asked)])
    code = arguments.run(arguments)
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_command_tells_and_changes_nothing(organization, program, ada, capsys, tmp_path):
    before = (Letter.objects.count(), Entry.objects.count(), Membership.objects.active().count())
    code, out, _err = rehearse(capsys, "nordlicht")
    assert (code, f"{WORK}: stranded. Logs in with a work e-mail only" in out) == (0, True)
    assert rehearse(capsys, "nordlicht", "--program", "main", "--json")[1].startswith("{")
    place = tmp_path / "leavers.csv"
    place.write_text(f"email\n{WORK}\nnobody@nordlicht.example\n")
    told = json.loads(rehearse(capsys, "nordlicht", "--file", place, "--json")[1])
    assert told["counts"] == {"stranded": 1, "unknown": 1}
    place.write_text("number\n4711\n0815\n")
    Affiliation.objects.update(external_id="4711")
    code, _out, err = rehearse(capsys, "nordlicht", "--file", place)
    assert (code, "No column of e-mail addresses" in err) == (1, True)
    told = json.loads(rehearse(capsys, "nordlicht", "--file", place, "--column", 1, "--json")[1])
    assert told["counts"] == {"stranded": 1, "unknown": 2}
    after = (Letter.objects.count(), Entry.objects.count(), Membership.objects.active().count())
    assert before == after
    assert Account.objects.get(pk=ada.pk).addresses.ways_in().exists()


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"PK\x03\x04 no"])
def test_a_file_that_is_no_table_is_refused_in_words(organization, capsys, tmp_path, content):
    place = tmp_path / "x"
    place.write_bytes(content)
    code, out, err = rehearse(capsys, "nordlicht", "--file", place)
    assert (code, out) == (1, "")
    assert err.startswith(str(place))


def test_a_file_of_headings_only_and_wrong_names_are_refused(organization, capsys, tmp_path):
    place = tmp_path / "x.csv"
    place.write_text("email\n")
    code, _out, err = rehearse(capsys, "nordlicht", "--file", place)
    assert (code, "The file is empty" in err) == (1, True)
    assert rehearse(capsys, "nowhere")[0] == 1
    assert rehearse(capsys, "nordlicht", "--program", "none")[0] == 1
    assert rehearse(capsys, "nordlicht", "--program", "x", "--file", place)[0] == 1
    assert rehearse(capsys, "nordlicht", "--file", tmp_path / "absent")[0] == 1
