"""Bruno follows what became of his invitations."""

from datetime import timedelta

import pytest
from django.utils import timezone

from matricula.invitations.errors import AlreadyInvited, InvitationAnswered, LetterJustSent
from matricula.invitations.invitations import (
    correct_address,
    invite_person,
    mark_expired,
    renew_invitation,
    send_all_again,
)
from matricula.invitations.models import Invitation
from matricula.invitations.queries import STATES, matching_invitations, state_of
from matricula.invitations.rounds import write_rounds
from matricula.mail.delivery import deliver_due
from matricula.mail.models import Allowance, Letter
from matricula.organizations.models import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def many(program, bruno):
    """One invitation in each state."""
    past, made = timezone.now() - timedelta(days=1), {}
    for state in STATES:
        made[state] = invite_person(
            program=program, address=f"{state}@nordlicht.example", name=state.title(), invited_by=bruno
        )
    changes = {
        "sent": {"state": "sent"},
        "failed": {"state": "failed"},
        "opened": {"state": "sent", "opened_at": past},
        "joined": {"state": "joined", "accepted_by": bruno},
        "declined": {"state": "declined"},
        "revoked": {"state": "revoked"},
        "corrected": {"state": "revoked", "superseded_by": made["queued"]},
        "expired": {"state": "sent", "expires_at": past, "opened_at": past},
    }
    for state, change in changes.items():
        Invitation.objects.filter(pk=made[state].pk).update(**change)
    return made


def an_hour_passes():
    Letter.objects.update(queued_at=timezone.now() - timedelta(hours=1))


def test_a4_every_state_is_shown_and_found_by_the_same_name(organization, many):
    mark_expired()
    for state, invitation in many.items():
        invitation.refresh_from_db()
        assert state_of(invitation) == state
        assert list(matching_invitations(organization, {"state": state})) == [invitation]


def test_a4_each_state_has_its_word_its_look_and_what_may_be_done(client, organization, many, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    page = client.get("/console/nordlicht/invitations/").content.decode()
    rows = {state: row_of(page, state) for state in STATES}
    looks = {"joined": "good", "failed": "bad", "opened": "info", "expired": "warn"}
    for state, row in rows.items():
        assert f'<span class="chip {looks.get(state, "line")}">{STATES[state]}</span>' in row
    answered = {"joined", "declined", "revoked", "corrected"}
    assert {
        state for state, row in rows.items() if f"Send again to {state}@nordlicht.example" not in row
    } == answered
    assert [state for state, row in rows.items() if f"Correct {state}@nordlicht.example" in row] == ["failed"]
    assert "queued@nordlicht.example" in rows["corrected"]


def row_of(page, state):
    """Of the list: from the name to the end of the row."""
    return page.partition(f"<strong>{state.title()}</strong>")[2].partition("</tr>")[0]


@pytest.mark.parametrize("words", ["joined@", "oined", "JOINED nord", "jo"])
def test_a4_search_by_beginning_and_middle_of_address_and_name(organization, many, words):
    assert list(matching_invitations(organization, {"q": words})) == [many["joined"]]


def test_a4_pages_lead_forth_and_back_without_gaps(client, organization, program, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.VIEWER)
    Invitation.objects.bulk_create(
        Invitation(
            program=program,
            organization=program.organization,
            address=f"p{n}@n.example",
            canonical=f"p{n}@n.example",
        )
        for n in range(120)
    )
    client.force_login(bruno)
    seen, query = [], "?q=n.example"
    while query:
        page = client.get("/console/nordlicht/invitations/" + query).context["page"]
        seen.append([one.address for one in page.rows])
        query = page.older
    assert [address for rows in seen for address in rows] == [f"p{n}@n.example" for n in reversed(range(120))]
    back = client.get("/console/nordlicht/invitations/" + page.newer).context["page"]
    assert [one.address for one in back.rows] == seen[1]


def test_a5_nobody_gets_two_letters_within_ten_minutes(program, bruno, invitation):
    with pytest.raises(LetterJustSent):
        renew_invitation(invitation=invitation, actor=bruno)
    assert send_all_again(program=program, actor=bruno) == 0
    an_hour_passes()
    assert send_all_again(program=program, actor=bruno) == 1
    assert send_all_again(program=program, actor=bruno) == 0


@pytest.mark.parametrize("answer", ["joined", "declined", "revoked"])
def test_races_an_invitation_answered_while_bruno_sends_it_again_stays_answered(
    program, bruno, invitation, answer
):
    """His page was asked when it was open; the answer came before he had the row."""
    an_hour_passes()
    seen = Invitation.objects.select_related("program").get(pk=invitation.pk)
    invitation.settle(answer, account=bruno if answer == "joined" else None)
    before = Letter.objects.count()
    with pytest.raises(InvitationAnswered):
        renew_invitation(invitation=seen, actor=bruno)
    invitation.refresh_from_db()
    assert (invitation.state, Letter.objects.count()) == (answer, before)


def test_a5_send_all_again_leaves_out_who_answered_and_ends_old_links(program, bruno, many, link):
    an_hour_passes()
    assert send_all_again(program=program, actor=bruno) == 5
    write_rounds()
    deliver_due()
    old, new = Invitation.objects.get(address="ada@nordlicht.example").tokens.order_by("pk")
    assert (old.ended_at is not None, new.ended_at) == (True, None)


def test_a_failed_address_is_corrected_by_a_new_invitation(program, bruno, many):
    made = correct_address(invitation=many["failed"], address="right@nordlicht.example", actor=bruno)
    many["failed"].refresh_from_db()
    assert (state_of(many["failed"]), many["failed"].superseded_by, made.name) == (
        "corrected",
        made,
        "Failed",
    )
    with pytest.raises(AlreadyInvited):
        correct_address(invitation=many["sent"], address="QUEUED@nordlicht.example", actor=bruno)
    many["sent"].refresh_from_db()
    assert many["sent"].state == "sent"


def test_sending_again_beyond_the_days_limit_says_when_it_goes_on(
    client, organization, bruno, many, settings
):
    settings.MAIL_DAILY_LIMIT = 1
    Allowance.objects.create(organization_id=organization.pk, day=timezone.now().date(), sent=1)
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    Letter.objects.update(queued_at=timezone.now() - timedelta(minutes=11))
    again = f"/console/nordlicht/invitations/{many['sent'].public_id}/letter/"
    page = client.post(again, follow=True).content.decode()
    assert "Today&#x27;s limit of letters (1) is reached: it goes on after midnight (UTC)." in page


def test_bruno_corrects_on_the_page_and_reads_what_the_mail_server_said(client, organization, bruno, many):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    Letter.objects.filter(reference=many["failed"].pk).update(error="550 no such user")
    client.force_login(bruno)
    path = f"/console/nordlicht/invitations/{many['failed'].public_id}/address/"
    assert "550 no such user" in client.get(path).content.decode()
    taken = client.post(path, {"address": "queued@nordlicht.example"})
    assert "open invitation already" in taken.content.decode()
    assert client.post(path, {"address": "new@nordlicht.example"}).status_code == 302


@pytest.mark.parametrize("path", ["invitations", "requests"])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    client, organization, program, bruno, path
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from matricula.joining.requests import ask_administrator

    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    counts = []
    for rows in (1, 2):
        for n in range(rows):
            made = invite_person(program=program, address=f"p{rows}{n}@nordlicht.example", invited_by=bruno)
            ask_administrator(reason="expired", invitation=made)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/console/nordlicht/{path}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
