"""Bruno does one thing to many: those he ticked, or all that match. Ada is among them; Chika is elsewhere."""

import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from conftest import person
from matricula.audit.models import Entry
from matricula.bulk import acts
from matricula.bulk.acts import ask_for_many, carry_on, stop_act
from matricula.bulk.errors import NothingChosen
from matricula.bulk.models import BulkAct
from matricula.bulk.verbs import verb_of
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due
from matricula.mail.models import Letter
from matricula.organizations.models import Organization, Role
from matricula.programs.memberships import enter_program
from matricula.reporting.models import ListReading

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
LIST = "/console/nordlicht/invitations/"
NEW = "/console/nordlicht/bulk/new/"


@pytest.fixture
def owner(organization, bruno, client):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    return bruno


@pytest.fixture
def five(program, owner):
    made = [
        invite_person(program=program, address=f"p{n}@nordlicht.example", name=f"Pia {n}", invited_by=owner)
        for n in range(5)
    ]
    Letter.objects.update(queued_at=timezone.now() - timedelta(hours=1))
    return made


def ask(organization, owner, kind, asked=(), chosen=(), option=""):
    return ask_for_many(
        verb=verb_of(kind),
        organization=organization,
        asked=dict(asked),
        chosen=[one.pk for one in chosen],
        option=option,
        actor=owner,
    )


def carry_out():
    while perform_due():
        pass


def states():
    return list(Invitation.objects.order_by("pk").values_list("state", flat=True))


def test_those_that_were_ticked_are_withdrawn_and_no_others(organization, owner, five):
    act = ask(organization, owner, "invitations.withdraw", chosen=five[:2])
    carry_out()
    act.refresh_from_db()
    assert (act.done, act.refused, act.is_running) == (2, 0, False)
    assert states() == ["revoked", "revoked", "queued", "queued", "queued"]


def test_whoever_answered_meanwhile_is_left_out_and_told_by_name_and_reason(
    client, organization, owner, five
):
    act = ask(organization, owner, "invitations.withdraw", chosen=five)
    five[1].settle("declined")
    carry_out()
    page = client.get(f"/console/nordlicht/bulk/{act.public_id}/").content.decode()
    assert "4 invitations are withdrawn." in page
    assert "1 was left out" in page
    assert "p1@nordlicht.example" in page
    assert "answered, withdrawn or replaced meanwhile" in page


def test_all_that_match_are_taken_step_by_step_and_those_who_come_later_are_not_meant(
    organization, owner, program, five, monkeypatch
):
    monkeypatch.setattr(acts, "BATCH", 2)
    act = ask(organization, owner, "invitations.withdraw", asked={"state": "queued"})
    invite_person(program=program, address="late@nordlicht.example", invited_by=owner)
    assert act.expected == 5
    carry_out()
    assert states() == ["revoked"] * 5 + ["queued"]
    act.refresh_from_db()
    assert act.done == 5


def test_loss_on_crash_a_step_that_was_killed_is_done_again_and_nothing_twice(
    organization, owner, five, monkeypatch
):
    monkeypatch.setattr(acts, "BATCH", 2)
    act = ask(organization, owner, "invitations.send_again", asked={"state": "queued"})
    before = Letter.objects.count()
    carry_on(act)
    act.refresh_from_db()
    with transaction.atomic():
        carry_on(act)
        transaction.set_rollback(True)
    act.refresh_from_db()
    assert (act.done, Letter.objects.count() - before) == (2, 2)
    carry_out()
    act.refresh_from_db()
    assert (act.done, act.refused, Letter.objects.count() - before) == (5, 0, 5)


def test_sending_again_leaves_out_who_got_a_letter_just_now(organization, owner, five):
    Letter.objects.filter(reference=five[0].pk).update(queued_at=timezone.now())
    act = ask(organization, owner, "invitations.send_again", chosen=five)
    carry_out()
    act.refresh_from_db()
    assert (act.done, [one.subject_id for one in act.refusals.all()]) == (4, [five[0].pk])
    assert "ten minutes ago" in act.refusals.get().reason


def test_each_act_writes_the_line_that_the_single_one_writes(organization, owner, five):
    ask(organization, owner, "invitations.withdraw", chosen=five[:2])
    carry_out()
    assert Entry.objects.filter(verb="invitation.revoked", actor=owner).count() == 2
    assert Entry.objects.get(verb="bulk.asked").after["rows"] == 2


def test_another_organizations_rows_are_never_meant(organization, owner, five):
    elsewhere = Organization.objects.create(slug="sud", name="Süd")
    program = elsewhere.programs.create(slug="main", name="Main")
    foreign = invite_person(program=program, address="chika@sud.example", invited_by=None)
    with pytest.raises(NothingChosen):
        ask(organization, owner, "invitations.withdraw", chosen=[foreign])
    ask(organization, owner, "invitations.withdraw", chosen=[foreign, five[0]])
    carry_out()
    foreign.refresh_from_db()
    assert foreign.state == "queued"


def test_nothing_more_is_done_for_somebody_who_administers_no_longer(organization, owner, five):
    act = ask(organization, owner, "invitations.withdraw", chosen=five)
    Role.objects.filter(account=owner).update(kind=Role.Kind.VIEWER)
    carry_out()
    act.refresh_from_db()
    assert (act.is_stopped, set(states())) == (True, {"queued"})


def test_bruno_stops_it_and_what_is_done_stays_done(organization, owner, five, monkeypatch):
    monkeypatch.setattr(acts, "BATCH", 2)
    act = ask(organization, owner, "invitations.withdraw", chosen=five)
    carry_on(act)
    assert stop_act(act=act, actor=owner)
    assert not stop_act(act=act, actor=owner)
    carry_out()
    assert states() == ["revoked", "revoked", "queued", "queued", "queued"]


def test_a_job_that_fails_for_good_ends_its_act(organization, owner, five):
    act = ask(organization, owner, "invitations.withdraw", chosen=five)
    Job.objects.filter(kind=acts.JOB).update(attempts=6)
    perform_due()
    act.refresh_from_db()
    assert act.is_stopped


def test_invited_people_are_added_to_a_group_of_their_program_only(organization, owner, program, five):
    crew = program.groups.create(name="Crew")
    other = organization.programs.create(slug="other", name="Other")
    stranger = invite_person(program=other, address="o@nordlicht.example", invited_by=owner)
    act = ask(
        organization, owner, "invitations.add_to_group", chosen=[*five[:2], stranger], option=crew.public_id
    )
    carry_out()
    act.refresh_from_db()
    assert (act.done, act.refused) == (2, 1)
    assert [list(one.groups.all()) for one in five[:3]] == [[crew], [crew], []]


def test_people_are_added_to_a_group_and_whoever_left_is_left_out(organization, owner, program):
    crew = program.groups.create(name="Crew")
    ada = enter_program(program=program, account=person("Ada", "ada@home.example"))
    gone = enter_program(program=program, account=person("Gil", "gil@home.example"))
    type(gone).objects.filter(pk=gone.pk).update(state="left", left_at=timezone.now())
    act = ask(organization, owner, "people.add_to_group", option=crew.public_id)
    carry_out()
    act.refresh_from_db()
    assert (act.done, act.refused, list(crew.memberships.all())) == (1, 1, [ada])


def test_without_javascript_the_question_names_whom_and_only_the_answer_does_it(client, owner, five):
    asked = {"act": "invitations.withdraw", "one": [five[0].pk, five[1].pk], "q": "pia"}
    page = client.get(NEW, asked).content.decode()
    assert "Withdraw 2 invitations?" in page
    assert "p0@nordlicht.example" in page
    assert "p2@nordlicht.example" not in page
    assert not BulkAct.objects.exists()
    answer = client.post(NEW, asked)
    act = BulkAct.objects.get()
    assert answer.headers["Location"] == f"/console/nordlicht/bulk/{act.public_id}/"
    carry_out()
    result = client.get(answer.headers["Location"]).content.decode()
    assert "2 invitations are withdrawn." in result
    assert 'href="/console/nordlicht/invitations/?q=pia"' in result


def test_all_that_match_says_how_many_and_a_group_has_to_be_chosen(client, owner, program, five):
    crew = program.groups.create(name="Crew")
    asked = {"act": "invitations.add_to_group", "all": "yes", "q": "pia 3"}
    assert "Add 1 invitation to a group?" in client.get(NEW, asked).content.decode()
    assert "Choose one from the list." in client.post(NEW, asked).content.decode()
    seen = {"number": 1, "newest": five[3].pk}
    client.post(NEW, {**asked, **seen, "option": crew.public_id})
    carry_out()
    assert list(five[3].groups.all()) == [crew]


def test_nothing_ticked_leads_back_to_the_list_with_its_search(client, owner, five):
    answer = client.get(NEW, {"act": "invitations.withdraw", "q": "pia"}, follow=True)
    assert answer.redirect_chain[0][0] == f"{LIST}?q=pia"
    assert "Tick somebody in the list first" in answer.content.decode()


@pytest.mark.parametrize("kind", [Role.Kind.VIEWER, Role.Kind.GROUP_MANAGER])
def test_whoever_only_looks_on_does_nothing_in_bulk(client, organization, owner, five, kind):
    Role.objects.filter(account=owner).update(kind=kind)
    assert client.post(NEW, {"act": "invitations.withdraw", "all": "yes"}).status_code == 403


def test_the_export_has_those_ticked_with_their_groups_and_is_noted(client, owner, program, five):
    five[0].groups.add(program.groups.create(name="Crew"))
    answer = client.get(f"{LIST}invitations.csv", {"one": [five[0].pk, five[2].pk]})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in lines] == [
        ["email", "name", "groups"],
        ["p2@nordlicht.example", "Pia 2", ""],
        ["p0@nordlicht.example", "Pia 0", "Crew"],
    ]
    assert ListReading.objects.get().is_part


def hidden_in(page):
    """What the form of the question says again."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def test_more_that_arrived_after_the_question_are_asked_about_again(client, owner, program, five):
    asked = {"act": "invitations.withdraw", "all": "yes", "q": "pia"}
    form = hidden_in(client.get(NEW, asked).content.decode())
    invite_person(program=program, address="p9@nordlicht.example", name="Pia 9", invited_by=owner)
    again = client.post(NEW, form)
    assert not BulkAct.objects.exists()
    page = again.content.decode()
    assert "More match now than when you were asked." in page
    assert "Withdraw 6 invitations?" in page
    client.post(NEW, hidden_in(page))
    assert BulkAct.objects.get().expected == 6


def test_all_that_match_is_done_for_nobody_who_was_not_asked(client, owner, five):
    client.post(NEW, {"act": "invitations.withdraw", "all": "yes"})
    assert not BulkAct.objects.exists()


def test_fewer_than_the_question_said_are_not_asked_about_again(client, owner, five):
    asked = {"act": "invitations.withdraw", "all": "yes", "q": "pia"}
    form = hidden_in(client.get(NEW, asked).content.decode())
    Invitation.objects.filter(pk=five[0].pk).delete()
    client.post(NEW, form)
    assert BulkAct.objects.get().expected == 4


def test_a_long_option_for_what_has_none_is_let_go(client, owner, five):
    asked = {"act": "invitations.send_again", "one": five[0].pk, "option": "x" * 200}
    assert client.post(NEW, asked).status_code == 302
    assert BulkAct.objects.get().option == ""
