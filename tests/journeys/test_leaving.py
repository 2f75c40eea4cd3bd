"""Ada has left: her account pages say until when the mailbox at work opens her account."""

from playwright.sync_api import expect

from conftest import person
from matricula.joining.tests.leaving import HOME, ada_at_work, remove
from tests.journeys.walking import BROWSER_TEST, click, letter_link, sees, shoot, sign_in

pytestmark = BROWSER_TEST


def test_ada_reads_the_day_and_confirms_the_address_that_takes_the_place_of_the_one_at_work(
    page, program, worker
):
    ada = ada_at_work(program, home=HOME)
    remove(ada)
    sign_in(page, ada)
    page.goto("/account/")
    expect(page.get_by_text("is from work you have left")).to_be_visible()
    shoot(page, "left-account")
    page.goto("/account/addresses/")
    shoot(page, "left-addresses")
    page.goto(letter_link(HOME, "programs.departure"))
    click(page, "Confirm")
    page.goto("/account/addresses/")
    expect(page.get_by_text("is from work you have left")).to_have_count(0)
    expect(page.get_by_text("ada@nordlicht.example")).to_have_count(0)


def test_ada_learns_that_an_address_belongs_to_her_older_account(page, program, worker):
    ada = ada_at_work(program, home=HOME)
    person("Ada Okafor", HOME)
    remove(ada)
    page.goto(letter_link(HOME, "programs.departure"))
    assert sees(page, "This address belongs to another account")
    shoot(page, "mailbox-taken")
    click(page, "Log in with that account", role="link")
    assert sees(page, "Log in")
