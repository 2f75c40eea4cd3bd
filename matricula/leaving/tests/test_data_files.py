"""Asking for the file, whom it opens to, the letter, and its end."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account, EmailAddress
from matricula.accounts.signals import account_reclaimed
from matricula.audit.models import Entry
from matricula.jobs.models import Job
from matricula.jobs.queue import perform_due
from matricula.leaving.data.exports import JOB, LETTER, ask_for_data, parts_folder, place_of
from matricula.leaving.models import DataExport
from matricula.leaving.tests.taking_data import files_kept, made_for
from matricula.leaving.tests.two_lives import joined
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter, Letter
from matricula.security.errors import TooManyTries
from tests.at_once import all_at_once, refusals
from tests.nights import forget_tonight

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
PAGE = "/account/data/"


@pytest.fixture
def ada(program):
    account = person("Ada Okafor", "ada@home.example")
    joined(program, account, "ada@nordlicht.example")
    return account


def browser_of(account: Account) -> Client:
    browser = Client()
    address = account.primary_address.address
    browser.post("/account/log-in/", {"email": address, "password": PASSWORD})
    return browser


def work() -> None:
    while perform_due() + deliver_due():
        pass


def letters_to(address: str) -> list[str]:
    work()
    rows = InboxLetter.objects.filter(to=address, letter__kind=LETTER).order_by("pk")
    return list(rows.values_list("subject", flat=True))


def test_the_whole_way(ada):
    browser = browser_of(ada)
    assert "Make my file" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE).url == PAGE
    assert "being put together" in browser.get(PAGE).content.decode()
    work()
    page = browser.get(PAGE).content.decode()
    export = DataExport.objects.get()
    assert f"{PAGE}{export.public_id}/" in page
    answer = browser.get(f"{PAGE}{export.public_id}/")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert b"".join(answer.streaming_content) == place_of(export).read_bytes()
    assert files_kept() == {place_of(export).name}
    assert Entry.objects.filter(verb="data.asked", actor=ada).count() == 1


def test_it_is_the_persons_own_credentials_that_open_it(ada):
    browser = Client()
    browser.force_login(ada)
    export = made_for(ada)
    for address in (PAGE, f"{PAGE}{export.public_id}/"):
        assert browser.get(address).url == f"/account/prove/?next={address.replace('/', '%2F')}"
    assert "/account/prove/" in browser.post(PAGE).url


def test_nobody_else_has_it_and_nobody_after_logging_out(ada, chika):
    address = f"{PAGE}{made_for(ada).public_id}/"
    assert browser_of(chika).get(address).status_code == 404
    browser = browser_of(ada)
    assert browser.get(address).status_code == 200
    browser.post("/account/log-out/")
    assert browser.get(address).url.startswith("/account/log-in/")
    assert browser_of(ada).get(f"{PAGE}nothing/").status_code == 404


@pytest.mark.parametrize("method", ["get", "head"])
def test_after_seven_days_it_is_gone(ada, method):
    export = made_for(ada)
    assert export.until - export.ready_at == timedelta(days=7)
    then = timezone.now() - timedelta(days=7, seconds=1)
    rows = DataExport.objects.filter(pk=export.pk)
    rows.update(ready_at=then, until=then + timedelta(days=7))
    assert getattr(browser_of(ada), method)(f"{PAGE}{export.public_id}/").status_code == 410
    assert "Make my file" in browser_of(ada).get(PAGE).content.decode()
    forget_tonight()
    assert (rows.exists(), files_kept()) == (False, set())


def test_the_night_leaves_files_of_six_days_and_takes_what_belongs_to_none(ada):
    import os

    export = made_for(ada)
    then = timezone.now() - timedelta(days=6)
    DataExport.objects.filter(pk=export.pk).update(ready_at=then, until=then + timedelta(days=7))
    stray = parts_folder(export).with_name("stray")
    stray.mkdir()
    (stray / "progress.00000000.jsonl").write_text("{}")
    forget_tonight()
    assert len(files_kept()) == 2
    os.utime(stray, (0, 0))
    forget_tonight()
    assert files_kept() == {place_of(export).name}


def test_the_letter_goes_to_an_address_of_her_own(ada, program):
    ada.addresses.update(is_primary=False)
    EmailAddress.objects.create(
        account=ada, address="ada@nordlicht.example", confirmed_at=timezone.now(), is_primary=True
    )
    ask_for_data(account=ada)
    assert letters_to("ada@home.example") == ["The file with your data is ready"]
    assert letters_to("ada@nordlicht.example") == []


def test_who_has_no_other_address_is_written_to_at_work(program):
    dora = person("Dora Lind", "dora@nordlicht.example")
    joined(program, dora, "dora@nordlicht.example")
    ask_for_data(account=dora)
    assert letters_to("dora@nordlicht.example") == ["The file with your data is ready"]


def test_three_a_day_and_then_the_page_says_until_when(ada):
    browser = browser_of(ada)
    for _ in range(3):
        browser.post(PAGE)
        work()
    answer = browser.post(PAGE)
    assert answer.status_code == 429
    assert "Download" in answer.content.decode()
    with pytest.raises(TooManyTries):
        ask_for_data(account=ada)
    assert DataExport.objects.filter(state="ready").count() == 1


def test_asking_again_while_it_is_made_asks_for_nothing_more(ada):
    assert ask_for_data(account=ada) == ask_for_data(account=ada)
    assert Job.objects.filter(kind=JOB).count() == 1


def test_a_new_file_takes_the_place_of_the_one_before(ada, django_capture_on_commit_callbacks):
    first = made_for(ada)
    with django_capture_on_commit_callbacks(execute=True):
        ask_for_data(account=ada)
    work()
    second = DataExport.objects.get(state="ready")
    assert files_kept() == {place_of(second).name}
    assert browser_of(ada).get(f"{PAGE}{first.public_id}/").status_code == 410


def test_whoever_proves_the_mailbox_of_an_account_that_nobody_proved_finds_no_file(ada):
    made_for(ada)
    account_reclaimed.send(Account, account=ada)
    assert DataExport.objects.get().state == "gone"


def test_a_fault_that_stays_is_told_and_leaves_no_file(ada, monkeypatch, django_capture_on_commit_callbacks):
    from matricula.leaving.data import making

    def breaks(*_):
        raise ValueError("broken")

    monkeypatch.setattr(making, "write_archive", breaks)
    ask_for_data(account=ada)
    Job.objects.filter(kind=JOB).update(attempts=5)
    with django_capture_on_commit_callbacks(execute=True):
        work()
    assert DataExport.objects.get().state == "failed"
    assert files_kept() == set()
    assert letters_to("ada@home.example") == ["The file with your data could not be made"]
    page = browser_of(ada).get(PAGE).content.decode()
    assert "could not be made" in page
    assert "Make my file" in page


def test_a_letter_about_a_file_that_has_gone_is_not_sent(ada):
    made_for(ada)
    account_reclaimed.send(Account, account=ada)
    assert letters_to("ada@home.example") == []
    assert Letter.objects.filter(kind=LETTER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_races_twenty_tabs_ask_for_one_file(ada):
    results = all_at_once(*[lambda: ask_for_data(account=ada).pk] * 20)
    assert (len(set(results)), refusals(results)) == (1, [])
    assert (DataExport.objects.count(), Job.objects.filter(kind=JOB).count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", range(3))
def test_races_asking_again_while_the_file_is_made_ends_with_one(ada, _again):
    """Two workers take the same step, as after a lease that was lost, and a third tab asks anew."""
    from matricula.leaving.data.making import make_some

    export = ask_for_data(account=ada)

    def make():
        while make_some(export.pk):
            pass

    all_at_once(make, make, lambda: ask_for_data(account=ada))
    make()
    while perform_due():
        pass
    ready = DataExport.objects.get(state="ready")
    assert files_kept() == {place_of(ready).name}
    assert Letter.objects.filter(kind=LETTER, reference=ready.pk).count() == 1
