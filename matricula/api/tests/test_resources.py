"""Bruno's payroll program does what Bruno does in the console."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matricula.api.tests.conftest import Caller
from matricula.api.tokens import grant_token
from matricula.audit.models import Entry
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.joining.models import DirectLink
from matricula.mail.models import Letter
from matricula.organizations.models import Role
from matricula.programs.models import Membership
from matricula.programs.terms import Terms
from matricula.roles.appointments import offer_role

pytestmark = pytest.mark.django_db


def test_the_token_says_whose_it_is(api, house):
    answer = api.get("organization/").json()
    assert (answer["slug"], answer["token"]["name"]) == ("nordlicht", "Payroll")


def test_programs_are_made_changed_and_read(api, house):
    made = api.post("programs/", {"name": "Energy basics", "seats": 12, "courses": [house.course.public_id]})
    assert made.status_code == 201
    program = made.json()
    assert (program["seats"], program["courses"][0]["name"]) == (12, "Safe every day")
    path = f"programs/{program['id']}/"
    changed = api.patch(path, {"seats": 20, "courses": []})
    assert (changed.status_code, changed.json()["seats"], changed.json()["courses"]) == (200, 20, [])
    assert api.get(path).json() == changed.json()
    assert api.patch(path, {}).json() == changed.json()
    assert [one["name"] for one in api.get("programs/").json()["items"]] == ["Energy basics", "Welcome"]


def test_only_what_is_named_changes(api, house):
    path = f"programs/{house.program.public_id}/"
    before = api.get(path).json()
    after = api.patch(path, {"description": "For everybody."}).json()
    assert after == {**before, "description": "For everybody."}


def test_fewer_seats_than_are_taken_are_refused(api, house):
    answer = api.patch(f"programs/{house.program.public_id}/", {"seats": 0})
    assert (answer.status_code, answer.json()["code"]) == (409, "seats_in_use")
    assert answer.json()["detail"] == "1 seat is taken. Remove people first, or give more."


def test_courses_and_specializations_are_read(api, house):
    (course,) = api.get("courses/").json()["items"]
    assert (course["title"], course["lessons"]) == ("Safe every day", 2)
    assert api.get(f"courses/{course['id']}/").json() == course
    (series,) = api.get("specializations/").json()["items"]
    assert [one["name"] for one in series["courses"]] == ["Safe every day"]
    assert api.get(f"specializations/{series['id']}/").json() == series


def test_b5_an_invitation_opens_a_specialization(api, house):
    (series,) = api.get("specializations/").json()["items"]
    api.patch(f"programs/{house.program.public_id}/", {"specializations": [series["id"]]})
    terms = {"program": house.program.public_id, "specialization": series["id"]}
    made = api.post("invitations/", {**terms, "address": "eva@nordlicht.example"}).json()
    assert made["specialization"] == {"id": series["id"], "name": series["title"]}
    assert made["course"] is None
    batch = {**terms, "people": [{"address": "finn@nordlicht.example"}]}
    (finn,) = api.post("invitations/batch/", batch).json()["items"]
    assert api.get(f"invitations/{finn['id']}/").json()["specialization"] == made["specialization"]


def test_groups_are_made_renamed_filled_emptied_and_deleted(api, house):
    group = api.post("groups/", {"program": house.program.public_id, "name": "Grid"}).json()
    path = f"groups/{group['id']}/"
    assert api.patch(path, {"is_open": True}).json() == {**group, "is_open": True}
    put = api.post(f"{path}members/", {"work_email": "ADA@nordlicht.example"})
    assert (put.status_code, put.json()["person"]["name"]) == (201, "Ada Okafor")
    (member,) = api.get(f"{path}members/").json()["items"]
    assert member["person"]["work_email"] == "ada@nordlicht.example"
    assert api.delete(f"{path}members/{member['person']['id']}/").status_code == 204
    assert api.get(f"{path}members/").json()["items"] == []
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert Membership.objects.active().count() == 1


def test_a_group_takes_members_of_its_program_only(api, house):
    path = f"groups/{house.group.public_id}/members/"
    answer = api.post(path, {"work_email": "nobody@nordlicht.example"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_a_member")


def test_a1_inviting_one_person_writes_one_letter(api, house):
    given = {"program": house.program.public_id, "address": "Eve@Nordlicht.example", "name": "Eve"}
    made = api.post("invitations/", {**given, "groups": [house.group.public_id]})
    assert made.status_code == 201
    assert (made.json()["state"], made.json()["groups"][0]["name"]) == ("queued", "Crew")
    row = Invitation.objects.get(public_id=made.json()["id"])
    assert (row.invited_by, row.letter.to) == (house.owner, "Eve@Nordlicht.example")
    again = api.post("invitations/", given)
    assert (again.status_code, again.json()["code"]) == (409, "already_invited")
    assert Letter.objects.filter(to="Eve@Nordlicht.example").count() == 1


def test_a1_a_batch_tells_what_became_of_each(api, house):
    people = [{"address": "eve@nordlicht.example"}, {"address": "dana@nordlicht.example"}, {"address": "?"}]
    answer = api.post("invitations/batch/", {"program": house.program.public_id, "people": people}).json()
    assert (answer["invited"], answer["already_invited"], answer["refused"]) == (1, 1, 1)
    assert [one["outcome"] for one in answer["items"]] == ["invited", "already_invited", "refused"]
    assert answer["items"][2]["detail"] == "Enter an e-mail address such as ada@example.com."


def test_e1_a_member_is_told_apart_and_gets_no_letter(api, house):
    """By the work e-mail, and by the address they proved at home."""
    work, home = "ada@nordlicht.example", "ada@home-of-nordlicht.example"
    given = {"program": house.program.public_id, "people": [{"address": one} for one in (work, home)]}
    answer = api.post("invitations/batch/", given).json()
    assert ([one["outcome"] for one in answer["items"]], answer["already_member"]) == (
        ["already_member"] * 2,
        2,
    )
    one = api.post("invitations/", {"program": house.program.public_id, "address": home})
    assert (one.status_code, one.json()["code"]) == (409, "already_member")
    assert not Letter.objects.filter(to__in=[work, home], kind="invitations.invitation").exists()


def test_a4_invitations_are_filtered_and_searched(api, house):
    invite_person(program=house.program, address="eve@nordlicht.example", invited_by=house.owner, name="Eve")
    found = lambda query: [one["address"] for one in api.get(f"invitations/{query}").json()["items"]]  # noqa: E731
    assert found("") == ["eve@nordlicht.example", "dana@nordlicht.example"]
    assert found("?q=EVE") == ["eve@nordlicht.example"]
    assert found("?state=joined") == []
    assert len(found(f"?program={house.program.public_id}&state=queued")) == 2


def test_a5_sending_again_has_the_guard_of_the_console(api, house):
    path = f"invitations/{house.invitation.public_id}/letters/"
    answer = api.post(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "letter_just_sent")
    assert answer["Retry-After"] == "600"
    Letter.objects.update(queued_at="2026-01-01T00:00:00Z")
    assert api.post(path).status_code == 202
    Letter.objects.update(queued_at="2026-01-01T00:00:00Z")
    assert api.post(f"programs/{house.program.public_id}/letters/").json() == {"letters": 1}


def test_a7_a_withdrawn_invitation_stays_withdrawn(api, house):
    path = f"invitations/{house.invitation.public_id}/"
    assert api.post(f"{path}withdrawal/").json()["state"] == "revoked"
    for action in ("withdrawal/", "letters/"):
        assert api.post(path + action).json()["code"] == "invitation_answered"
    assert api.post(f"{path}address/", {"address": "x@nordlicht.example"}).status_code == 409


def test_a_corrected_address_makes_a_new_invitation(api, house):
    path = f"invitations/{house.invitation.public_id}/"
    made = api.post(f"{path}address/", {"address": "dana.reis@nordlicht.example"})
    assert (made.status_code, made.json()["address"]) == (201, "dana.reis@nordlicht.example")
    assert api.get(path).json()["state"] == "corrected"


def test_a2_a_direct_link_is_told_once_and_turned_off_for_good(api, house):
    given = {
        "program": house.program.public_id,
        "expires_at": "2099-01-01T00:00:00Z",
        "max_uses": 3,
        "allowed_domains": ["Nordlicht.example"],
        "course": house.course.public_id,
    }
    made = api.post("links/", given).json()
    assert "/join/" in made["address"]
    assert (made["max_uses"], made["allowed_domains"], made["course"]["name"]) == (
        3,
        ["nordlicht.example"],
        "Safe every day",
    )
    read = api.get(f"links/{made['id']}/").json()
    assert read == {name: value for name, value in made.items() if name != "address"}
    off = [api.post(f"links/{made['id']}/off/").json() for _ in range(2)]
    assert (off[0]["is_open"], off[0]) == (False, off[1])
    assert DirectLink.objects.filter(turned_off_at__isnull=False).count() == 1
    assert len(api.get("links/").json()["items"]) == 2


def test_people_are_listed_read_removed_and_invited_again(api, house):
    (row,) = api.get("memberships/?q=okaf&state=active").json()["items"]
    assert (row["person"]["work_email"], row["groups"][0]["name"]) == ("ada@nordlicht.example", "Crew")
    assert api.get(f"memberships/?group={house.group.public_id}").json()["items"] == [row]
    path = f"people/{row['person']['id']}/"
    person = api.get(path).json()
    assert (person["progress"][0]["lessons"], person["progress"][0]["lessons_done"]) == (2, 0)
    membership = f"{path}memberships/{house.program.public_id}/"
    assert [api.delete(membership).status_code for _ in range(2)] == [204, 204]
    assert api.get(path).json()["memberships"][0]["state"] == "removed"
    back = api.post(f"{membership}invitation/")
    assert (back.status_code, back.json()["address"]) == (201, "ada@nordlicht.example")
    assert api.post(f"{membership}invitation/").json()["code"] == "already_invited"


def test_another_persons_invitations_are_told_only_to_who_may_read_invitations(api, house):
    """With people:read alone a person is told, and whom they were invited as is not."""
    joined = {"state": "joined", "accepted_by": house.member}
    Invitation.objects.create(program=house.program, address="ada@nordlicht.example", **joined)
    path = f"people/{house.member.public_id}/"
    assert len(api.get(path).json()["invitations"]) == 1
    _, secret = grant_token(
        organization=house.organization, name="Less", scopes=["people:read"], days=1, actor=None
    )
    told = Caller(secret).get(path).json()
    assert (told["invitations"], len(told["memberships"])) == (None, 1)


def test_personal_addresses_are_nobodys_business(api, house):
    told = [api.get(path).content for path in ("memberships/", f"people/{house.member.public_id}/", "audit/")]
    assert not any(b"home-of" in one for one in told)


def test_requests_are_answered_or_dismissed_once(api, house):
    (waiting,) = api.get("requests/").json()["items"]
    path = f"requests/{waiting['id']}/"
    assert api.post(f"{path}letter/").json()["code"] == "letter_just_sent"
    assert api.get(path).json() == waiting
    assert api.post(f"{path}dismissal/").json()["answer"] == "dismissed"
    assert api.post(f"{path}dismissal/").json()["code"] == "request_answered"
    assert api.get("requests/").json()["items"] == []
    assert len(api.get("requests/?waiting=false").json()["items"]) == 1


def test_a_request_is_answered_with_a_letter(api, house):
    Letter.objects.update(queued_at="2026-01-01T00:00:00Z")
    answer = api.post(f"requests/{house.request.public_id}/letter/")
    assert (answer.status_code, answer.json()["answer"]) == (202, "invited")


def test_f4_reports_tell_the_numbers_of_the_console(api, house):
    assert api.get("reports/funnel/").json() == {
        "invited": 1,
        "opened": 0,
        "joined": 1,
        "started": 1,
        "completed": 0,
    }
    assert len(api.get("reports/weeks/").json()["items"]) == 12
    assert api.get("reports/courses/").json()["items"][0]["started"] == 1
    assert api.get("reports/groups/").json()["items"][0]["name"] == "Crew"


def test_every_change_is_recorded_with_the_token(api, house):
    api.post("groups/", {"program": house.program.public_id, "name": "Grid"})
    line = Entry.objects.latest("id")
    assert (line.verb, line.actor, line.through, line.assurance) == (
        "group.made",
        house.owner,
        "API token Payroll",
        "organization",
    )
    told = api.get("audit/?verb=group").json()["items"][0]
    assert (told["actor"]["name"], told["through"]) == ("Bruno Keller", "API token Payroll")


def test_a_change_in_the_console_is_not_recorded_with_a_token(api, house):
    api.get("organization/")
    assert Entry.objects.filter(through__isnull=False).count() == 0


LISTS = ["programs/", "groups/", "invitations/", "links/", "memberships/", "requests/?waiting=false"]
LISTS += ["courses/", "specializations/", "audit/", "administrators/", "role-offers/", "course-uploads/"]


def more_of_everything(house, number):
    program = house.program
    house.organization.programs.create(slug=f"p{number}", name=f"P{number}").courses.add(house.course)
    program.groups.create(name=f"G{number}")
    invite_person(program=program, address=f"i{number}@nordlicht.example", invited_by=house.owner).groups.add(
        house.group
    )
    house.organization.courses.create(slug=f"c{number}", title=f"C{number}")
    series = house.organization.specializations.create(slug=f"s{number}", title=f"S{number}")
    series.steps.create(course=house.course, position=0)
    from conftest import person
    from matricula.joining.direct_links import make_direct_link
    from matricula.joining.models import Request
    from matricula.programs.memberships import enter_program

    make_direct_link(
        program=program, actor=house.owner, terms=Terms(groups=[house.group], course=house.course)
    )
    membership = enter_program(program=program, account=person(f"N{number}", f"n{number}@home.example"))
    membership.groups.add(house.group)
    membership.account.managed_groups.add(house.group)
    Role.objects.create(organization=house.organization, account=membership.account, kind="group_manager")
    address = f"o{number}@nordlicht.example"
    given = {"organization": house.organization, "actor": house.owner, "groups": [house.group]}
    offer_role(address=address, kind="group_manager", **given)
    house.organization.course_uploads.create(name="c.zip", size=1, course=house.course)
    Request.objects.create(program=program, address=f"r{number}@nordlicht.example", reason="expired")


def rows_and_questions(api, path):
    api.get(path)
    with CaptureQueriesContext(connection) as asked:
        rows = api.get(path).json()["items"]
    return len(rows), len(asked)


def test_lists_ask_the_same_of_the_database_for_one_row_and_for_three(api, house):
    paths = [*LISTS, f"groups/{house.group.public_id}/members/"]
    few = {path: rows_and_questions(api, path) for path in paths}
    for number in range(2):
        more_of_everything(house, number)
    for path, (rows, questions) in few.items():
        more, same = rows_and_questions(api, path)
        assert more >= rows + 2, path
        assert questions == same <= 12, path
