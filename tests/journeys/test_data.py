"""Ada takes all her data away: she asks, is told by letter, and downloads, on a phone and at a desk."""

from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conftest import PASSWORD, person
from matricula.leaving.data.exports import ask_for_data, place_of
from matricula.leaving.models import DataExport
from matricula.leaving.tests.two_lives import joined
from tests.journeys.walking import BROWSER_TEST, click, letter_link, sees, shoot, sign_in
from tests.learners import do_everything

pytestmark = BROWSER_TEST


@pytest.fixture
def ada(program, course):
    account = person("Ada Okafor", "ada@home.example")
    do_everything(course, joined(program, account, "ada@nordlicht.example"))
    return account


def test_ada_takes_her_data_away(page, ada, worker, settings, live_server):
    settings.BASE_URL = live_server.url
    sign_in(page, ada)
    page.goto("/account/")
    click(page, "Your data", role="link")
    assert sees(page, "Your data")
    shoot(page, "data")
    click(page, "Make my file")
    expect(page.get_by_role("heading", name="Your file is ready")).to_be_visible()
    shoot(page, "data-ready")
    path = letter_link("ada@home.example", "leaving.data_file")
    page.goto(path)
    assert sees(page, "Your data")
    with page.expect_download() as coming:
        click(page, "Download", role="link")
    assert coming.value.suggested_filename.startswith("my-data-")
    with ZipFile(coming.value.path()) as archive:
        assert {"README.txt", "data.json", "tables/certificates.csv"} < set(archive.namelist())


def test_ada_sees_how_far_it_is_and_is_asked_who_she_is(page, ada):
    export = ask_for_data(account=ada)
    sign_in(page, ada, fresh=False)
    page.goto("/account/data/")
    shoot(page, "data-proof")
    page.get_by_label("Password").fill(PASSWORD)
    click(page, "Confirm")
    expect(page.get_by_role("heading", name="Your file is being put together")).to_be_visible()
    shoot(page, "data-waiting")
    DataExport.objects.filter(pk=export.pk).update(state="making", done=14, whole=30)
    page.goto("/account/data/")
    expect(page.get_by_text("46 percent.")).to_be_visible()
    shoot(page, "data-making")


def test_ada_comes_too_late_or_something_stood_in_the_way(page, ada):
    export = ask_for_data(account=ada)
    sign_in(page, ada)
    then = timezone.now() - timedelta(days=8)
    DataExport.objects.update(state="ready", ready_at=then, until=then + timedelta(days=7))
    assert not place_of(export).exists()
    page.goto(f"/account/data/{export.public_id}/")
    expect(page.get_by_text("That file is gone")).to_be_visible()
    shoot(page, "data-gone")
    DataExport.objects.update(state="failed", ready_at=None, until=None)
    page.goto("/account/data/")
    expect(page.get_by_text("Your file could not be made")).to_be_visible()
    shoot(page, "data-failed")
