"""Ada at work, how she leaves and comes back, and what a mailbox can do."""

import re

from django.test import Client
from django.utils import timezone

from conftest import PASSWORD, person
from matricula.accounts.models import Account, EmailAddress
from matricula.invitations.invitations import invite_person
from matricula.invitations.models import InvitationToken, mint_link
from matricula.joining.models import Arrival
from matricula.mail.delivery import deliver_due
from matricula.mail.models import InboxLetter
from matricula.organizations.models import Affiliation
from matricula.programs.memberships import end_membership, enter_program
from matricula.programs.models import Membership, Program

WORK, HOME = "ada@nordlicht.example", "ada@home.example"
NEW_PASSWORD = "chosen by the mailbox"
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0"}


def ada_at_work(program: Program, *, home: str = "", confirmed: bool = False) -> Account:
    """Ada, a member who signed up by her work e-mail, with another address or none."""
    ada = person("Ada Okafor", WORK)
    if home:
        ada.addresses.create(address=home, confirmed_at=timezone.now() if confirmed else None)
    join(ada, program)
    return ada


def join(account: Account, program: Program, work: str = WORK) -> Membership:
    Affiliation.objects.create(organization=program.organization, account=account, work_email=work)
    return enter_program(program=program, account=account)


def remove(account: Account, program: Program | None = None) -> None:
    for one in account.memberships.filter(program=program) if program else account.memberships.all():
        end_membership(membership=one, actor=None, state=Membership.State.REMOVED)


def deliver() -> None:
    while deliver_due():
        pass


def letters(to: str, kind: str = "programs.departure") -> list[str]:
    deliver()
    return list(
        InboxLetter.objects.filter(to=to, letter__kind=kind).order_by("id").values_list("text", flat=True)
    )


def link_in(text: str) -> str:
    return re.search(r"http://[^/\s]+(/\S+)", text)[1]


def opened(browser: Client, link: str) -> str:
    return browser.get(link, **BROWSER).get("Location", link)


def can_log_in(email: str, password: str = PASSWORD) -> bool:
    browser = Client()
    browser.post("/account/log-in/", {"email": email, "password": password})
    return browser.get("/account/").status_code == 200


def forgotten(email: str) -> list[str]:
    """The letters that a reader of the mailbox gets who says they forgot the password."""
    before = len(letters(email, "accounts.password_reset"))
    Client().post("/account/forgotten/", {"email": email})
    return letters(email, "accounts.password_reset")[before:]


def chooses_password(letter: str) -> bool:
    browser = Client()
    browser.post(opened(browser, link_in(letter)), {"password": NEW_PASSWORD})
    return browser.get("/account/").status_code == 200


def listed(account: Account) -> dict[str, str]:
    """What each address is, in a word."""
    return {one.address: word_for(one) for one in account.addresses.all()}


def word_for(one: EmailAddress) -> str:
    if one.power_ends_at:
        return "name" if one.confirmed_at is None else "promised"
    if one.confirmed_at is None:
        return "unproven"
    return "primary" if one.is_primary else "confirmed"


def two_weeks_later() -> None:
    EmailAddress.objects.filter(power_ends_at__isnull=False).update(power_ends_at=timezone.now())


def invited(program: Program, bruno: Account, browser: Client | None = None) -> tuple[Client, Arrival]:
    """A letter to the work e-mail, and JOIN NOW in a browser."""
    made = invite_person(program=program, address=WORK, invited_by=bruno)
    browser = browser or Client()
    browser.get("/join/" + mint_link(made, InvitationToken.Channel.MAIL).split("/join/")[1], **BROWSER)
    browser.post("/join/now/", {"as": "me"})
    return browser, Arrival.objects.latest("id")


def confirm(browser: Client, arrival: Arrival) -> None:
    code = re.search(r"^\d{6}$", letters(WORK, "accounts.confirmation")[-1], re.M)[0]
    browser.post(f"/join/arrivals/{arrival.public_id}/confirm/", {"code": code})
