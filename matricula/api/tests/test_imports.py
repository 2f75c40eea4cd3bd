"""Bruno's payroll program hands in a file of people, has it carried out, and takes the result."""

import pytest

from matricula.invitations.models import ImportedFile, Invitation
from matricula.jobs.queue import perform_due
from matricula.organizations.models import Organization
from matricula.programs.models import Program
from matricula.web.middleware import MIB

pytestmark = pytest.mark.django_db
PEOPLE = b"email,name,groups,Team\neve@n.example,Eve,Crew,Grid\ndana@nordlicht.example,Dana,,\n?,Nobody,,\n"


def work():
    while perform_due():
        pass


def test_a3_a_file_is_checked_confirmed_carried_out_and_told_line_by_line(api, house):
    answer = api.send_file(PEOPLE, program=house.program.public_id, language="de")
    assert (answer.status_code, answer.json()["state"]) == (202, "checking")
    path = f"imports/{answer.json()['id']}/"
    assert api.get(f"{path}result/").status_code == 404
    assert api.post(f"{path}confirmation/").json()["code"] == "not_to_confirm"
    work()
    checked = api.get(path).json()
    assert checked["counts"] == {"new": 1, "invited": 1, "invalid": 1}
    assert Invitation.objects.filter(address="eve@n.example").count() == 0
    assert api.post(f"{path}confirmation/").status_code == 202
    work()
    done = api.get(path).json()
    assert (done["state"], done["invited"]) == ("done", 1)
    assert Invitation.objects.get(address="eve@n.example").language == "de"
    (told,) = api.get("invitations/?q=eve").json()["items"]
    assert (told["from_import"], told["note"]) == ({"id": done["id"], "name": "people.csv"}, {"Team": "Grid"})
    result = api.get(f"{path}result/")
    assert result["Content-Type"].startswith("text/csv")
    lines = b"".join(result.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [
        ["2", "eve@n.example"],
        ["3", "dana@nordlicht.example"],
        ["4", "?"],
    ]


def test_a_file_may_be_dropped_until_it_is_confirmed(api, house):
    path = f"imports/{house.file.public_id}/"
    assert api.post(f"{path}cancellation/").json()["state"] == "cancelled"
    assert api.post(f"{path}cancellation/").json()["code"] == "not_to_confirm"


def test_a_file_under_way_is_stopped_once(api, house):
    path = f"imports/{house.file.public_id}/"
    assert api.post(f"{path}stop/").json()["code"] == "not_to_stop"
    work()
    api.post(f"{path}confirmation/")
    stopped = api.post(f"{path}stop/")
    assert (stopped.status_code, stopped.json()["state"], stopped.json()["ended_at"]) == (
        202,
        "stopped",
        None,
    )
    assert api.get(f"{path}result/").status_code == 404
    work()
    ended = api.get(path).json()
    assert (ended["invited"], ended["counts"]) == (0, {"stopped": 1, "invalid": 1})
    assert b"Not invited" in b"".join(api.get(f"{path}result/").streaming_content)
    assert api.post(f"{path}stop/").json()["code"] == "not_to_stop"


def test_a_file_sent_twice_under_one_key_is_taken_once(api, house):
    sent = {"program": house.program.public_id, "headers": {"idempotency-key": "k-1"}}
    first, second = (api.send_file(PEOPLE, **{**sent, "headers": dict(sent["headers"])}) for _ in range(2))
    assert (first.json()["id"], second["Idempotency-Replayed"]) == (second.json()["id"], "true")
    other = api.send_file(PEOPLE + b"x@n.example,X,\n", **sent)
    assert other.json()["code"] == "idempotency_key_reused"
    assert ImportedFile.objects.count() == 2


NO_LISTS = {"empty": b"", "is_pdf": b"%PDF-1.7 and so on", "unreadable": b"PK\x03\x04 no zip"}


@pytest.mark.parametrize(("why", "content"), NO_LISTS.items())
def test_import_bombs_what_is_no_list_is_refused_with_the_readers_words(api, house, why, content):
    answer = api.send_file(content, program=house.program.public_id)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "file_refused")
    assert problem["errors"] == [
        {"where": "body", "pointer": "#/file", "code": why, "detail": problem["detail"]}
    ]


def test_a_program_of_another_organization_takes_no_file_of_ours(api, house):
    other = Organization.objects.create(slug="other", name="Other")
    program = Program.objects.create(organization=other, slug="p", name="P")
    answer = api.send_file(PEOPLE, program=program.public_id)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (404, "#/program")


def test_a_form_that_is_none(api, house):
    def send(body, kind, **headers):
        path = "/api/v1/imports/"
        return api.client.generic("POST", path, body, kind, headers={**api.headers, **headers}).json()["code"]

    assert send("{}", "application/json") == "media_type_unsupported"
    assert send("x", "multipart/form-data") == "malformed"
    assert send("x", "multipart/form-data; boundary=b", content_length=str(101 * MIB)) == "body_too_large"
    missing = api.client.post("/api/v1/imports/", {"program": "x"}, headers=api.headers).json()
    assert {one["pointer"] for one in missing["errors"]} == {"#/file", "#/program"}


def test_a_large_file_is_for_those_with_a_token(api, house, client):
    """More than a stranger may send, and more than a body of JSON may hold."""
    large = PEOPLE + b"\n" * (5 * MIB)
    assert api.send_file(large, program=house.program.public_id).status_code == 202
    for path, answer in (("imports/", 401), ("imports/x/", 404), ("docs/", 413), ("programs/", 413)):
        assert client.post(f"/api/v1/{path}", {"file": "x" * (5 * MIB)}).status_code == answer


TWO = b"Work e-mail,Company e-mail,Who,Password\neve@n.example,info@n.example,Eve,Geheim-4711\n"


def test_how_a_file_was_read_is_told_and_changed_before_anybody_is_invited(api, house):
    path = f"imports/{api.send_file(TWO, program=house.program.public_id).json()['id']}/"
    assert api.get(path).json()["reading"] is None
    work()
    told = api.get(path).json()
    assert (told["state"], told["lines"], told["reading"]["undecided"]) == ("checked", 0, "tie")
    assert told["reading"]["columns"][3] == {
        "column": 4,
        "heading": "Password",
        "read_as": "secret",
        "samples": [],
    }
    assert api.post(f"{path}confirmation/").json()["code"] == "columns_undecided"
    answer = api.post(f"{path}reading/", {"columns": {"1": "email", "3": "name"}})
    assert (answer.status_code, answer.json()["state"]) == (202, "checking")
    work()
    told = api.get(path).json()["reading"]
    assert (told["undecided"], told["greetings"]) == (None, ["Hello Eve,"])
    assert (told["encoding"], told["encoding_guessed"], told["delimiter"]) == ("utf-8", False, "comma")
    assert api.post(f"{path}confirmation/").status_code == 202
    work()
    assert Invitation.objects.get(address="eve@n.example").name == "Eve"
    assert api.get(path).json()["reading"] is None
    assert api.post(f"{path}reading/", {}).json()["code"] == "not_to_confirm"


def test_a_file_may_be_handed_in_with_how_it_is_to_be_read(api, house):
    said = {"columns": "1=email,3=name", "encoding": "windows-1251", "delimiter": "comma"}
    content = TWO.decode().replace("Eve", "Иван").encode("cp1251")
    path = f"imports/{api.send_file(content, program=house.program.public_id, **said).json()['id']}/"
    work()
    assert api.get(path).json()["reading"]["greetings"] == ["Hello Иван,"]


@pytest.mark.parametrize(
    "said", [{"columns": "1=boss"}, {"columns": "email"}, {"encoding": "klingon"}, {"delimiter": ","}]
)
def test_a_way_of_reading_that_there_is_not_is_refused(api, house, said):
    assert api.send_file(TWO, program=house.program.public_id, **said).status_code == 422
    assert ImportedFile.objects.filter(name="people.csv").exclude(pk=house.file.pk).count() == 0


def test_two_columns_of_addresses_are_refused(api, house):
    answer = api.send_file(TWO, program=house.program.public_id, columns="1=email,2=email")
    assert (answer.status_code, answer.json()["code"]) == (409, "columns_refused")
    path = f"imports/{house.file.public_id}/reading/"
    assert api.post(path, {"columns": {"1": "email", "2": "email"}}).json()["code"] == "columns_refused"


def test_a_list_of_files_tells_nobodys_name(api, house):
    api.send_file(PEOPLE, program=house.program.public_id)
    work()
    assert {one["reading"] for one in api.get("imports/").json()["items"]} == {None}
