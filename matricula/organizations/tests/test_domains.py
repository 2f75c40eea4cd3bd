"""Olga proves that a domain is her company's, by a record that only its owner can write."""

import socket
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone
from dnslib import QTYPE, RR, TXT
from dnslib.server import BaseResolver, DNSLogger, DNSServer

from matricula.audit.models import Entry
from matricula.jobs.models import Job
from matricula.mail.models import Letter
from matricula.organizations.domains import (
    CHECKS,
    add_domain,
    canonical_domain,
    check_domain,
    check_due_domains,
    remove_domain,
)
from matricula.organizations.errors import DomainListed, DomainRefused
from matricula.organizations.jobs import check_domains
from matricula.organizations.models import Domain, Organization, Role

pytestmark = pytest.mark.django_db
PAGE = "/console/nordlicht/domains/"
Finding = Domain.Finding


class Zone(BaseResolver):
    """A name server that knows the texts it is given, and is away from the names in `mute`."""

    def __init__(self):
        self.texts, self.mute, self.broken = {}, set(), set()

    def resolve(self, request, handler):
        name = str(request.q.qname).rstrip(".").lower()
        answer = request.reply()
        if name in self.broken:
            answer.header.rcode = 2
        elif name not in self.texts:
            answer.header.rcode = 3
        for text in self.texts.get(name, []):
            pieces = (
                [text[at : at + 255] for at in range(0, len(text), 255)] if isinstance(text, bytes) else text
            )
            answer.add_answer(RR(request.q.qname, QTYPE.TXT, ttl=0, rdata=TXT(pieces)))
        return answer

    def prove(self, domain):
        self.texts[domain.record_name] = [b"v=spf1 -all", domain.record_value.encode()]


@pytest.fixture
def zone(settings):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Zone()
    server = DNSServer(
        made, address="127.0.0.1", port=port, logger=DNSLogger(log="-request,-reply", prefix=False)
    )
    server.start_thread()
    settings.NAME_SERVERS = [("127.0.0.1", port)]
    yield made
    server.stop()
    server.server.server_close()


@pytest.fixture
def olga(organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    return bruno


@pytest.fixture
def domain(organization, olga):
    return add_domain(organization=organization, typed="nordlicht.example", actor=olga)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("nordlicht.de", "nordlicht.de"),
        ("  @Nordlicht.DE. ", "nordlicht.de"),
        ("ada@nordlicht.de", "nordlicht.de"),
        ("https://nordlicht.de/careers?x=1", "nordlicht.de"),
        ("nordlicht.de/careers", "nordlicht.de"),
        ("mail.nordlicht.co.uk", "mail.nordlicht.co.uk"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("straße.de", "xn--strae-oqa.de"),
    ],
)
def test_a_domain_is_read_however_it_is_pasted(typed, name):
    assert canonical_domain(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "nordlicht",
        "127.0.0.1",
        "[::1]",
        "a..de",
        "-a.de",
        "a_b.de",
        "x" * 64 + ".de",
        "ö" * 250,
        "http://[",
        "\0.de",
    ],
)
def test_what_is_no_domain_is_refused(typed):
    with pytest.raises(DomainRefused):
        canonical_domain(typed)


@pytest.mark.parametrize(
    "typed", ["de", "co.uk", "gmail.com", "GoogleMail.com", "acme.onmicrosoft.com", "web.de", "github.io"]
)
def test_a_domain_that_everybody_may_have_an_address_in_is_refused(typed):
    with pytest.raises(DomainRefused):
        canonical_domain(typed)


def test_a_domain_is_proven_by_its_record_and_the_audit_log_says_who_looked(zone, domain, olga):
    assert check_domain(domain=domain, actor=olga) == Finding.ABSENT
    zone.prove(domain)
    assert check_domain(domain=domain, actor=olga) == Finding.FOUND
    domain.refresh_from_db()
    assert (domain.is_proven, domain.finding) == (True, "found")
    assert list(Domain.objects.proven()) == [domain]
    check_domain(domain=domain, actor=olga)
    lines = Entry.objects.filter(verb__startswith="domain.").order_by("pk")
    assert [(one.verb, one.actor) for one in lines] == [("domain.added", olga), ("domain.proven", olga)]


def test_a_record_in_pieces_is_put_together(zone, domain):
    half = domain.record_value.encode()
    zone.texts[domain.record_name] = [[half[:9], half[9:]]]
    assert check_domain(domain=domain) == Finding.FOUND


@pytest.mark.parametrize(
    "text", [b"matricula-domain-verification=", b"x" * 800, b"\0\xff<b>", b"MATRICULA-domain-verification=0"]
)
def test_a_record_that_says_something_else_proves_nothing_and_is_shown(zone, domain, olga, client, text):
    zone.texts[domain.record_name] = [text]
    assert check_domain(domain=domain) == Finding.OTHER
    domain.refresh_from_db()
    assert not domain.is_proven
    assert len(domain.seen) <= 500
    client.force_login(olga)
    page = client.get(f"{PAGE}{domain.public_id}/")
    assert b"says something else" in page.content
    assert b"<b>" not in page.content


def test_a_name_server_that_fails_is_told_apart_from_a_record_that_is_not_there(zone, domain):
    zone.broken.add(domain.record_name)
    assert check_domain(domain=domain) == Finding.UNANSWERED


def test_the_record_of_one_company_proves_nothing_for_another(zone, domain):
    other = Organization.objects.create(slug="other", name="Other")
    theirs = Domain.objects.create(organization=other, name=domain.name, secret="0" * 32)
    zone.prove(domain)
    assert check_domain(domain=theirs) == Finding.OTHER
    assert check_domain(domain=domain) == Finding.FOUND
    zone.texts[domain.record_name].append(theirs.record_value.encode())
    assert check_domain(domain=theirs) == Finding.TAKEN
    assert list(Domain.objects.proven()) == [domain]


def test_what_was_proven_and_stays_away_for_three_weeks_proves_nothing_more_and_olga_is_told(
    zone, domain, olga
):
    zone.prove(domain)
    check_domain(domain=domain)
    zone.texts.clear()
    for week in (1, 2, 3):
        check_domain(domain=domain)
        let_a_week_pass()
        assert Letter.objects.count() == 0
        check_due_domains()
        domain.refresh_from_db()
        assert domain.misses == week
    assert not domain.is_proven
    assert Entry.objects.filter(verb="domain.lost").count() == 1
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("organizations.domain_lost", olga.primary_address.address)
    let_a_week_pass()
    check_due_domains()
    assert Letter.objects.count() == 1, "a domain that is lost is looked at when its owner asks"
    zone.prove(domain)
    assert check_domain(domain=domain) == Finding.FOUND
    domain.refresh_from_db()
    assert (domain.is_proven, domain.misses) == (True, 0)


def let_a_week_pass():
    Domain.objects.update(checked_at=timezone.now() - timedelta(days=8))


def test_weeks_in_which_no_name_server_answers_take_nothing_away(zone, domain):
    zone.prove(domain)
    check_domain(domain=domain)
    zone.broken.add(domain.record_name)
    for _week in range(5):
        let_a_week_pass()
        check_due_domains()
    domain.refresh_from_db()
    assert (domain.is_proven, domain.misses, domain.finding) == (True, 0, "unanswered")


def test_the_worker_looks_every_week(zone, domain):
    zone.prove(domain)
    check_domain(domain=domain)
    let_a_week_pass()
    check_domains(Job())
    domain.refresh_from_db()
    assert domain.checked_at > timezone.now() - timedelta(minutes=1)


def test_a_domain_that_was_taken_off_the_list_needs_a_new_record(zone, domain, organization, olga):
    zone.prove(domain)
    check_domain(domain=domain)
    remove_domain(domain=domain, actor=olga)
    again = add_domain(organization=organization, typed=domain.name, actor=olga)
    assert check_domain(domain=again) == Finding.OTHER
    with pytest.raises(DomainListed):
        add_domain(organization=organization, typed=f"@{domain.name}", actor=olga)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_two_companies_that_prove_one_domain_at_one_moment_one_has_it(zone, organization):
    rows = []
    for slug in ("one", "two"):
        company = Organization.objects.create(slug=slug, name=slug)
        rows.append(Domain.objects.create(organization=company, name="shared.example", secret=slug * 8))
    zone.texts[rows[0].record_name] = [one.record_value.encode() for one in rows]
    start, found = Barrier(2), []

    def look(one):
        start.wait()
        try:
            found.append(check_domain(domain=one))
        finally:
            connection.close()

    threads = [Thread(target=look, args=(one,)) for one in rows]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert sorted(found) == [Finding.FOUND, Finding.TAKEN]
    assert Domain.objects.proven().count() == 1


def test_olga_adds_a_domain_reads_its_record_and_proves_it_on_the_page(zone, organization, olga, client):
    client.force_login(olga)
    assert b"Add the domain" in client.get(PAGE).content
    made = client.post(PAGE, {"domain": "ada@Nordlicht.example"})
    domain = Domain.objects.get()
    assert made.headers["Location"] == f"{PAGE}{domain.public_id}/"
    shown = client.get(made.headers["Location"]).content.decode()
    assert domain.record_name in shown
    assert domain.record_value in shown
    looked = client.post(f"{PAGE}{domain.public_id}/check/", follow=True).content.decode()
    assert "There is no such record yet." in looked
    zone.prove(domain)
    looked = client.post(f"{PAGE}{domain.public_id}/check/", follow=True).content.decode()
    assert "nordlicht.example is proven to be yours" in looked
    assert "Proven to be yours since" in looked
    asked = client.get(f"{PAGE}{domain.public_id}/removal/").content.decode()
    assert "Remove nordlicht.example?" in asked
    assert Domain.objects.exists()
    client.post(f"{PAGE}{domain.public_id}/removal/")
    assert not Domain.objects.exists()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("gmail.com", "Nobody has that domain alone"),
        ("nonsense", "Enter a domain"),
        ("nordlicht.example", "already"),
    ],
)
def test_olga_is_told_in_a_sentence_why_a_domain_cannot_be_added(domain, olga, client, typed, words):
    client.force_login(olga)
    page = client.post(PAGE, {"domain": typed})
    assert words in page.content.decode()
    assert Domain.objects.count() == 1


def test_olga_who_presses_too_often_is_told_until_when(domain, olga, client, settings):
    settings.LIMITS = {**settings.LIMITS, "check-domain": (1, 60)}
    client.force_login(olga)
    Domain.objects.update(finding="absent")
    CHECKS.allows(domain.organization_id)
    answer = client.post(f"{PAGE}{domain.public_id}/check/")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"]


def test_only_an_owner_of_this_company_sees_its_domains(domain, olga, chika, client):
    client.force_login(chika)
    assert client.get(PAGE).status_code == 404
    Role.objects.create(organization=domain.organization, account=chika, kind=Role.Kind.PROGRAM_ADMINISTRATOR)
    assert client.get(f"{PAGE}{domain.public_id}/").status_code == 403
    assert client.post(f"{PAGE}{domain.public_id}/removal/").status_code == 403
    theirs = Organization.objects.create(slug="theirs", name="Theirs")
    Role.objects.create(organization=theirs, account=chika, kind=Role.Kind.OWNER)
    assert client.get(f"/console/theirs/domains/{domain.public_id}/").status_code == 404
    assert client.post(f"/console/theirs/domains/{domain.public_id}/check/").status_code == 404
