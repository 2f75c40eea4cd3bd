"""Whatever door an address and a name come through, they are read alike, or refused with one reason."""

import csv
import io
import json

import pytest
from django.test import Client

from conftest import PASSWORD
from matricula.accounts.models import Account, EmailAddress
from matricula.api.tokens import SCOPES, grant_token
from matricula.commands import parser
from matricula.invitations.imports.uploads import confirm_file, hand_in_file
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import Invitation
from matricula.jobs.queue import perform_due
from matricula.joining.direct_links import make_direct_link
from matricula.joining.models import Arrival
from matricula.organizations.models import Role
from matricula.organizations.ownership import found_organization

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

ADDRESS, NAME = "ada@n.example", "Ada Okafor"
TOO_LONG = "A name has at most 200 characters. Shorten it."
MALFORMED = "Enter an e-mail address such as ada@example.com."
READ = {
    "as it should be": (ADDRESS, NAME, ADDRESS, NAME),
    "spaces around": (f"  {ADDRESS}\t", "  Ada   Okafor ", ADDRESS, NAME),
    "spaces that do not break": (f"\xa0{ADDRESS}\u3000", "Ada\xa0Okafor\u2003", ADDRESS, NAME),
    "zero-width characters": (f"\u200b{ADDRESS}\ufeff", "\u200bAda\u2060 Oka\xadfor", ADDRESS, NAME),
    "marks of direction": (f"\u202a{ADDRESS}\u202c", "\u200eAda Okafor\u202e", ADDRESS, NAME),
    "quotation marks": (f"“{ADDRESS}”", "“Ada Okafor”", ADDRESS, NAME),
    "a link": (f"MAILTO:{ADDRESS}?subject=x", NAME, ADDRESS, NAME),
    "the end of a sentence": (f"{ADDRESS}.", NAME, ADDRESS, NAME),
    "brackets": (f"<{ADDRESS}>", NAME, ADDRESS, NAME),
    "wide letters": ("ａｄａ＠ｎ．ｅｘａｍｐｌｅ", NAME, ADDRESS, NAME),
    "capitals": ("Ada@N.example", "ADA", "Ada@N.example", "ADA"),
    "a domain with an umlaut": ("ada@bu\u0308cher.example", "Zoe\u0308", "ada@bücher.example", "Zoë"),
    "joiners where they belong": (ADDRESS, "می\u200cنا", ADDRESS, "می\u200cنا"),
    "joiners where they do not": (ADDRESS, "A\u200dd\u200ca", ADDRESS, "Ada"),
    "a name of two hundred letters": (ADDRESS, f"{'n' * 200}  ", ADDRESS, "n" * 200),
    "a name with a hyphen and an apostrophe": (ADDRESS, "Anne-Marie O’Neil", ADDRESS, "Anne-Marie O’Neil"),
}
REFUSED = {
    "a name too long": (ADDRESS, "n" * 201, TOO_LONG),
    "no address": ("ada", NAME, MALFORMED),
    "an address too long": (f"{'a' * 250}@n.example", NAME, MALFORMED),
    "a letter no mail server knows": ("adä@n.example", NAME, "Use only plain letters before the @ sign."),
    "no domain": ("ada@-.example", NAME, "The part after the @ sign is not a domain name."),
}
IN_A_FILE = {
    TOO_LONG: TOO_LONG,
    MALFORMED: "This is no e-mail address mail can reach. Write it like ada@example.com.",
    REFUSED["no domain"][2]: "The part after the @ sign is not a domain name. Correct it.",
    REFUSED["a letter no mail server knows"][
        2
    ]: "There is a special letter before the @ sign. Use only plain letters there.",
}
"""What a report of many lines says instead."""
ONCE_MORE = "ok@n.example"
"""Whoever stands beside somebody who is refused is invited."""


class Doors:
    def __init__(self, program, bruno, tmp_path) -> None:
        self.program, self.bruno, self.folder = program, bruno, tmp_path
        Role.objects.create(organization=program.organization, account=bruno, kind=Role.Kind.OWNER)
        _, secret = grant_token(
            organization=program.organization, name="Payroll", scopes=SCOPES, days=30, actor=bruno
        )
        self.token = {"Authorization": f"Bearer {secret}"}

    def console(self, address: str, name: str) -> str:
        client = Client()
        client.force_login(self.bruno)
        given = {
            "program": self.program.pk,
            "addresses": f"{name} <{address}>\n{ONCE_MORE}",
            "language": "en",
        }
        return client.post("/console/nordlicht/invitations/new/", given).content.decode()

    def api(self, address: str, name: str) -> str:
        return self.post("invitations/", address=address, name=name)

    def batch(self, address: str, name: str) -> str:
        people = [{"address": address, "name": name}, {"address": ONCE_MORE}]
        return self.post("invitations/batch/", people=people)

    def post(self, path: str, **more: object) -> str:
        body = json.dumps({"program": self.program.public_id, **more})
        answer = Client().post(f"/api/v1/{path}", body, "application/json", headers=self.token)
        return json.dumps(answer.json(), ensure_ascii=False)

    def text(self, address: str, name: str) -> str:
        written = io.StringIO()
        csv.writer(written).writerows([["email", "name"], [address, name], [ONCE_MORE, ""]])
        return written.getvalue()

    def file(self, address: str, name: str) -> str:
        content = self.text(address, name).encode()
        made = hand_in_file(program=self.program, name="people.csv", content=[content], actor=self.bruno)
        work()
        made.refresh_from_db()
        client = Client()
        client.force_login(self.bruno)
        page = client.get(f"/console/nordlicht/invitations/files/{made.public_id}/").content.decode()
        confirm_file(file=made, actor=self.bruno)
        work()
        return page

    def command(self, address: str, name: str, capsys) -> str:
        place = self.folder / "people.csv"
        place.write_text(self.text(address, name), newline="")
        asked = parser().parse_args(["import-invitations", "nordlicht", "main", str(place)])
        assert asked.run(asked) == 0
        return capsys.readouterr().err

    def sign_up(self, address: str, name: str) -> str:
        """Ada arrives by a direct link and says herself who she is."""
        client = Client(headers={"user-agent": "Mozilla/5.0"})
        _, link = make_direct_link(program=self.program, actor=self.bruno)
        client.get(link)
        client.post("/join/now/")
        arrival = Arrival.objects.latest("pk")
        course = self.program.courses.get()
        client.post(f"/join/arrivals/{arrival.public_id}/start/course/{course.public_id}/")
        given = {"full_name": name, "work_email": address, "alternative_email": "", "password": PASSWORD}
        given["alternative_email"] = "ada@home.example"
        return client.post(f"/join/arrivals/{arrival.public_id}/account/", given).content.decode()


def work() -> None:
    while perform_due():
        pass


@pytest.fixture
def doors(program, bruno, tmp_path) -> Doors:
    return Doors(program, bruno, tmp_path)


def through(doors: Doors, door: str, address: str, name: str, capsys) -> str:
    further = (capsys,) if door == "command" else ()
    return getattr(doors, door)(address, name, *further)


INVITING = ["console", "api", "batch", "file", "command"]


@pytest.mark.parametrize("door", INVITING)
@pytest.mark.parametrize("what", READ)
def test_a1_every_door_of_inviting_reads_an_address_and_a_name_alike(doors, door, what, capsys):
    address, name, right, called = READ[what]
    through(doors, door, address, name, capsys)
    invited = set(Invitation.objects.exclude(address=ONCE_MORE).values_list("address", "name"))
    assert invited == {(right, called)}


@pytest.mark.parametrize("door", INVITING)
@pytest.mark.parametrize("what", REFUSED)
def test_a3_every_door_of_inviting_refuses_with_the_reason_and_invites_whoever_stands_beside(
    doors, door, what, capsys
):
    address, name, words = REFUSED[what]
    told = through(doors, door, address, name, capsys)
    many = door in ("file", "command")
    api_has_a_rule_for_lengths = door == "api" and "too long" in what
    assert (IN_A_FILE[words] if many else words) in told or (api_has_a_rule_for_lengths and "at most" in told)
    beside = [] if door == "api" else [ONCE_MORE]
    assert [one.address for one in Invitation.objects.all()] == beside


@pytest.mark.parametrize("what", READ)
def test_c3_signing_up_reads_them_so_too(doors, what):
    address, name, right, called = READ[what]
    doors.sign_up(address, name)
    ada = Account.objects.exclude(pk=doors.bruno.pk).get()
    assert ada.full_name == called
    assert EmailAddress.objects.filter(account=ada, address=right).exists()


@pytest.mark.parametrize("what", REFUSED)
def test_c3_signing_up_says_beside_the_field_what_is_wrong(doors, what):
    address, name, words = REFUSED[what]
    assert words in doors.sign_up(address, name)
    assert Account.objects.count() == 1


@pytest.mark.parametrize("what", READ)
def test_the_owner_of_a_new_organization_is_read_so_too(db, what):
    address, name, right, called = READ[what]
    made = found_organization(slug="sued", name="Süd", owner_address=address, owner_name=name)
    owner = made.roles.get().account
    assert (owner.full_name, owner.addresses.get().address) == (called, right)


def test_an_invitation_is_corrected_to_what_was_meant(doors, program):
    wrong = invite_person(program=program, address="adda@n.example", invited_by=None)
    client = Client()
    client.force_login(doors.bruno)
    client.post(
        f"/console/nordlicht/invitations/{wrong.public_id}/address/", {"address": f"\u200b{ADDRESS}."}
    )
    assert Invitation.objects.live().get().address == ADDRESS


@pytest.mark.parametrize("door", INVITING)
@pytest.mark.parametrize("nothing", [" " * 300, "\u200b\u2060\ufeff", '""'])
def test_a_name_of_nothing_is_none(doors, door, nothing, capsys):
    through(doors, door, ADDRESS, nothing, capsys)
    assert Invitation.objects.get(address=ADDRESS).name == ""
    assert "This field is required." in doors.sign_up("bo@n.example", nothing)
