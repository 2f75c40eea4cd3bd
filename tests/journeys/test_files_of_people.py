"""Bruno invites a whole company from a file, with and without JavaScript."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from matricula.invitations.models import Invitation
from matricula.jobs.queue import perform_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Role
from tests.journeys.walking import BROWSER_TEST, click, sees, shoot, sign_in

pytestmark = BROWSER_TEST
NEW = "/console/nordlicht/invitations/files/new/"
PEOPLE = """Name,E-Mail,Groups,Team
Ada Okafor,ada@n.example,Crew,Grid
Dana Petrov,dana@n.example,Crew; Mars,Wind
Emil Berg,emil@n,,
Ada again,ADA@n.example,,
Fatma Aydin,fatma@n.example,,Sales
"""


@pytest.fixture
def desk(page, organization, program, bruno):
    """Bruno is signed in and stands before an empty form."""
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    program.groups.create(name="Crew")
    sign_in(page, bruno)
    page.goto(NEW)
    return page


def hand_in(page, folder: Path, name: str, text: str | bytes):
    place = folder / name
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    page.get_by_label("File").set_input_files(place)
    click(page, "Check the file")


def letters():
    return sorted(InboxLetter.objects.values_list("to", flat=True))


def test_a1_a3_bruno_looks_through_a_file_confirms_it_and_takes_the_result(desk, worker, tmp_path):
    shoot(desk, "file-new")
    hand_in(desk, tmp_path, "autumn.csv", PEOPLE)
    desk.get_by_role("heading", name="3 people can be invited").wait_for()
    for words in ("This is no e-mail address mail can reach", "An earlier line has the same address"):
        expect(desk.get_by_text(words)).to_be_visible()
    expect(desk.get_by_text("The program has no group “Mars”. 1 line")).to_be_visible()
    shoot(desk, "file-checked")
    assert Invitation.objects.count() == 0
    click(desk, "Invite 3 people")
    desk.get_by_role("heading", name="3 people are invited").wait_for()
    shoot(desk, "file-done")
    # A page that looks again by itself, while letters leave, would take the click back.
    expect(desk.locator("meta[http-equiv=refresh]")).to_have_count(0, timeout=15_000)
    with desk.expect_download() as taken:
        click(desk, "Download the result", role="link")
    assert Path(taken.value.path()).read_text("utf-8-sig").splitlines()[:2] == [
        "Line,E-mail,Name,Groups,Course,Outcome,Reason,Team",
        "2,ada@n.example,Ada Okafor,Crew,,Invited,,Grid",
    ]
    click(desk, "See the invitations", role="link")
    expect(desk.get_by_text("Dana Petrov")).to_be_visible()
    expect(desk.get_by_text("Team: Wind")).to_be_visible()
    expect(desk.get_by_role("link", name="from autumn.csv").first).to_be_visible()
    shoot(desk, "invitations-of-a-file")
    desk.get_by_role("link", name="Files", exact=True).click()
    expect(desk.get_by_text("3 invited")).to_be_visible()
    shoot(desk, "files")


def test_a3_the_same_file_again_invites_nobody_and_may_be_dropped(desk, worker, tmp_path):
    for heading, button in (("1 person can be", "Invite 1 person"), ("Nobody new is in", "Drop the file")):
        desk.goto(NEW)
        hand_in(desk, tmp_path, "autumn.csv", "email\nada@n.example\n")
        desk.get_by_role("heading", name=re.compile(heading)).wait_for()
        shoot(desk, "file-" + ("again" if "Nobody" in heading else "one"))
        click(desk, button)
        desk.get_by_text(re.compile("is invited|was invited from it")).first.wait_for()
    assert Invitation.objects.count() == 1


def test_a3_a_file_that_is_not_what_it_says_is_refused_beside_the_field(desk, tmp_path):
    hand_in(desk, tmp_path, "people.csv", b"%PDF-1.7\n" + bytes(200))
    desk.get_by_role("alert").get_by_text("This is a PDF").wait_for()
    shoot(desk, "file-refused-at-once")


def test_a3_the_page_shows_how_far_a_file_is_and_goes_on_by_itself(desk, tmp_path, request):
    hand_in(desk, tmp_path, "people.csv", PEOPLE)
    expect(desk.get_by_role("heading", name="The file is being read")).to_be_visible()
    expect(desk.get_by_role("progressbar")).to_be_visible()
    shoot(desk, "file-reading")
    request.getfixturevalue("worker")
    desk.get_by_role("heading", name="3 people can be invited").wait_for()


def test_a3_bruno_stops_a_file_and_is_told_what_became_of_whom(desk, program, tmp_path, request):
    hand_in(desk, tmp_path, "wrong.csv", PEOPLE)
    while perform_due():
        pass
    click(desk, "Invite 3 people")
    desk.get_by_role("heading", name="People are being invited").wait_for()
    click(desk, "Stop", role="link")
    assert sees(desk, re.escape("Stop inviting from this file?"))
    shoot(desk, "file-stop")
    click(desk, "Let it go on", role="link")
    click(desk, "Stop", role="link")
    click(desk, "Stop the import")
    desk.get_by_role("heading", name="The import is being stopped").wait_for()
    shoot(desk, "file-stopping")
    request.getfixturevalue("worker")
    desk.get_by_role("heading", name="Stopped: nobody is invited").wait_for()
    expect(desk.get_by_text("3 people of the file are not invited")).to_be_visible()
    shoot(desk, "file-stopped")
    assert Invitation.objects.live().count() == 0
    desk.get_by_role("link", name="Files of people").click()
    expect(desk.get_by_text("stopped, 0 invited")).to_be_visible()


HUMAN_RESOURCES = """Personalnr;Имя;Work e-mail;Company e-mail;Пароль;Отдел
7;Иван Петров;ip@n.example;info@n.example;Geheim-4711;Сети
8;Ольга Чехова;och@n.example;office@n.example;Geheim-4712;Сети
9;Ада;ada@n.example;hr@n.example;Geheim-4713;Офис
"""


def test_a3_bruno_sees_how_each_column_was_read_and_changes_it(desk, worker, tmp_path):
    hand_in(desk, tmp_path, "leute.csv", HUMAN_RESOURCES.encode("cp1251"))
    desk.get_by_role("heading", name="Which column holds the e-mail addresses?").wait_for()
    expect(desk.get_by_text("It could be one of these: “Work e-mail”, “Company e-mail”.")).to_be_visible()
    shoot(desk, "file-columns-undecided")
    desk.get_by_label("Work e-mail").select_option("E-mail address")
    click(desk, "Read the file again")
    desk.get_by_role("heading", name="3 people can be invited").wait_for()
    for words in ("Hello Иван Петров,", "Hello Ада,", "It was read as Cyrillic (Windows)"):
        expect(desk.get_by_text(words)).to_be_visible()
    assert "Geheim" not in desk.content()
    shoot(desk, "file-columns-read")
    desk.get_by_label("Alphabet (encoding)").select_option("Western European (Windows)")
    click(desk, "Read the file again")
    desk.get_by_text("Èâàí Ïåòðîâ").first.wait_for()
    assert Invitation.objects.count() == 0
