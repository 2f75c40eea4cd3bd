"""Olga decides how long Nordlicht keeps things; the night carries it out, there and nowhere else."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from conftest import person
from matricula.audit.checkpoints import add_checkpoint, verify_log
from matricula.audit.models import Entry, record
from matricula.audit.tests.test_checkpoints import tamper
from matricula.commands import parser
from matricula.db.triggers import install_triggers
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due
from matricula.mail.models import Letter
from matricula.organizations.models import Organization, RetentionRule, Role
from matricula.organizations.retention_rules import (
    CHANGED,
    ask_to_forget,
    change_rules,
    edge,
    foresee,
    known_subjects,
    months_before,
    months_of,
    next_night,
)
from matricula.roles.tests.roles import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PAGE = "/console/nordlicht/retention/"


def carry_out_rules():
    ask_to_forget()
    while perform_due():
        pass


def letter(organization, ended_at, to="ada@nordlicht.example"):
    return Letter.objects.create(
        kind="invitations.invitation",
        to=to,
        organization_id=organization.pk,
        state="sent",
        ended_at=ended_at,
    )


@pytest.fixture
def olga(organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    return bruno


@pytest.fixture
def page(client, olga):
    return signed_in(client, olga)


def keep(organization, actor, **months):
    return change_rules(organization=organization, months={**months_of(organization), **months}, actor=actor)


def chosen(**values):
    return {**{one.key: 0 for one in known_subjects()}, **values}


# -- days ------------------------------------------------------------------------------------------


def test_a_month_ago_is_the_same_day_or_the_last_one_of_that_month():
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 1) == date(2025, 12, 15)
    assert months_before(date(2028, 2, 29), 12) == date(2027, 2, 28)


@given(
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/Bogota", "Asia/Beirut", "Pacific/Apia"]),
    at=st.datetimes(datetime(2012, 1, 1), datetime(2040, 1, 1)),
    months=st.integers(1, 120),
)
def test_an_edge_is_the_first_moment_of_a_day_there_and_later_nights_never_keep_more(zone, at, months):
    organization = Organization(time_zone=zone)
    at = at.replace(tzinfo=UTC)
    found = edge(organization, months, at)
    there = ZoneInfo(zone)
    assert found.astimezone(there).date() == months_before(at.astimezone(there).date(), months)
    assert (found - timedelta(microseconds=1)).astimezone(there).date() < found.astimezone(there).date()
    assert edge(organization, months, at + timedelta(days=1)) >= found
    assert edge(organization, months + 1, at) < found


# -- letters ---------------------------------------------------------------------------------------


def test_letters_older_than_the_edge_go_and_one_exactly_at_it_stays(organization, olga):
    organization.time_zone = "America/Bogota"
    organization.save()
    keep(organization, olga, letters=1)
    midnight = edge(organization, 1, timezone.now())
    gone, kept = letter(organization, midnight - timedelta(microseconds=1)), letter(organization, midnight)
    carry_out_rules()
    assert list(Letter.objects.filter(pk__in=[gone.pk, kept.pk]).values_list("pk", flat=True)) == [kept.pk]
    assert RetentionRule.objects.get().last_done == {"letters": 1}


def test_another_organization_and_letters_of_nobodys_and_those_under_way_are_not_touched(organization, olga):
    other = Organization.objects.create(slug="other", name="Other")
    keep(organization, olga, letters=1)
    old = timezone.now() - timedelta(days=90)
    letter(other, old)
    letter(organization, None)
    Letter.objects.create(kind="x", to="a@b.example", ended_at=old)
    carry_out_rules()
    assert Letter.objects.count() == 3


def test_the_preview_says_what_the_night_then_does(organization, olga):
    keep(organization, olga, letters=1)
    for days in (40, 50, 60):
        letter(organization, timezone.now() - timedelta(days=days))
    ((seen),) = foresee(organization, months_of(organization))
    assert seen.count == 3
    assert seen.words.startswith("3 letters from before ")
    carry_out_rules()
    assert RetentionRule.objects.get().last_done == {"letters": 3}
    assert foresee(organization, months_of(organization))[0].count == 0


def test_a_rule_goes_step_by_step_counts_once_and_a_second_night_starts_anew(organization, olga, monkeypatch):
    monkeypatch.setattr("matricula.jobs.retention.AT_ONCE", 2)
    keep(organization, olga, letters=1)
    for _ in range(5):
        letter(organization, timezone.now() - timedelta(days=60))
    ask_to_forget()
    ask_to_forget()
    assert Job.objects.filter(kind="organizations.forget").count() == 1
    perform_due()
    assert RetentionRule.objects.get().last_done == {"letters": 2}
    while perform_due():
        pass
    assert RetentionRule.objects.get().last_done == {"letters": 5}
    carry_out_rules()
    assert RetentionRule.objects.get().last_done == {"letters": 0}


def test_a_rule_that_was_taken_back_before_the_night_deletes_nothing(organization, olga):
    keep(organization, olga, letters=1)
    letter(organization, timezone.now() - timedelta(days=60))
    ask_to_forget()
    keep(organization, olga, letters=None)
    while perform_due():
        pass
    assert Letter.objects.filter(kind="invitations.invitation").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_audit_log_forgets_what_is_chained_and_still_verifies(organization, olga):
    install_triggers()
    record("program.changed", organization=organization)
    old = timezone.now() - timedelta(days=800)
    tamper("UPDATE audit_entry SET at = %s", old)
    add_checkpoint()
    keep(organization, olga, audit=12)
    carry_out_rules()
    assert not Entry.objects.filter(verb="program.changed").exists()
    assert verify_log().broken == []


# -- changing --------------------------------------------------------------------------------------


def test_who_changed_what_is_recorded_and_other_owners_are_told(organization, olga):
    other = person("Ona Owner", "ona@nordlicht.example")
    Role.objects.create(organization=organization, account=other, kind=Role.Kind.OWNER)
    keep(organization, olga, letters=2)
    line = Entry.objects.get(verb="organization.retention_changed")
    assert (line.actor, line.before, line.after) == (olga, {"letters": None}, {"letters": 2})
    assert list(Letter.objects.filter(kind=CHANGED).values_list("to", flat=True)) == ["ona@nordlicht.example"]
    assert keep(organization, olga, letters=2) == {}
    assert Entry.objects.filter(verb="organization.retention_changed").count() == 1


def test_every_subject_has_choices_and_says_what_holds_without(organization):
    assert [one.key for one in known_subjects()] == ["letters", "invitations", "inactive", "former", "audit"]
    assert all(one.months == tuple(sorted(one.months)) for one in known_subjects())


# -- the page --------------------------------------------------------------------------------------


def test_a_shorter_time_asks_first_naming_how_many(page, organization):
    for _ in range(3):
        letter(organization, timezone.now() - timedelta(days=60))
    asked = page.post(PAGE, chosen(letters=1))
    assert b"Keep things for a shorter time?" in asked.content
    assert b"3 letters from before" in asked.content
    assert not RetentionRule.objects.exists()
    sure = page.post(PAGE, chosen(letters=1, sure=1), follow=True)
    assert b"The next night goes by it" in sure.content
    assert RetentionRule.objects.get().months == 1
    assert Letter.objects.filter(kind="invitations.invitation").count() == 3, "nothing goes before the night"


def test_a_longer_time_and_looking_ask_nothing(page, organization, olga):
    keep(organization, olga, letters=1)
    looked = page.post(PAGE, chosen(letters=3, look=1))
    assert b"Nothing is saved yet" in looked.content
    assert RetentionRule.objects.get().months == 1
    page.post(PAGE, chosen(letters=3))
    assert RetentionRule.objects.get().months == 3
    page.post(PAGE, {})
    assert RetentionRule.objects.get().months == 3, "a form that lost its fields takes nothing back"
    page.post(PAGE, chosen())
    assert not RetentionRule.objects.exists()


@pytest.mark.parametrize("months", ["", "-1", "999999", "x", "7"])
def test_what_is_not_offered_is_refused(page, months):
    answer = page.post(PAGE, chosen(letters=months, sure=1))
    assert b'role="alert"' in answer.content
    assert not RetentionRule.objects.exists()


def test_the_list_shows_which_and_gives_them_as_a_file(page, organization, olga):
    keep(organization, olga, letters=1)
    letter(organization, timezone.now() - timedelta(days=60), to="=cmd@nordlicht.example")
    letter(organization, timezone.now(), to="new@nordlicht.example")
    shown = page.get(f"{PAGE}letters/").content
    assert b"=cmd@nordlicht.example" in shown
    assert b"new@nordlicht.example" not in shown
    file = b"".join(page.get(f"{PAGE}letters/list.csv").streaming_content)
    assert b"'=cmd@nordlicht.example" in file
    assert page.get(f"{PAGE}audit/").status_code == 404
    assert page.get(f"{PAGE}nonsense/").status_code == 404


def test_only_an_owner_who_proved_who_they_are_comes_here(client, organization, chika, olga):
    signed_in(client, chika)
    assert client.get(PAGE).status_code == 404
    Role.objects.create(organization=organization, account=chika, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    assert client.get(PAGE).status_code == 403


def test_the_page_says_what_the_last_night_did(page, organization, olga):
    keep(organization, olga, letters=1)
    letter(organization, timezone.now() - timedelta(days=60))
    carry_out_rules()
    shown = page.get(PAGE).content.decode()
    assert "The last night" in shown
    assert "1 letter from before" in shown
    assert next_night() > timezone.now()


# -- the command -----------------------------------------------------------------------------------


def test_the_command_says_what_the_next_night_would_do_and_what_the_last_did(organization, olga, capsys):
    def told(slug):
        arguments = parser().parse_args(["retention", slug])
        return arguments.run(arguments), capsys.readouterr()

    keep(organization, olga, letters=1)
    letter(organization, timezone.now() - timedelta(days=60))
    assert told("nordlicht")[1].out.startswith("Next night: 1 letter from before ")
    carry_out_rules()
    code, said = told("nordlicht")
    assert code == 0
    assert "UTC: 1 letter from before" in said.out
    assert told("nobody")[0] == 1
