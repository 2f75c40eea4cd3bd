"""W2: how many people join in a second over real HTTP, beside how many passwords the machine can hash.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/w2_join_funnel.py [JOINS] [CLIENTS]

A production server in processes of its own, the visitors in this one; a database of its own that it makes
and drops. A *walk* reads every page on the way, as a browser does (11 requests); a *bare* join sends only
what changes something (6 requests). The code of the confirmation letter is minted here, as the worker would.

By the clock, what else the machine does counts too; so it also prints what a hash and a join cost in
processor time, of server, PostgreSQL and visitors, and what share of that a hash is: the ratio of a quiet
machine.
"""

import os
import re
import sys
from dataclasses import dataclass

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
os.environ["SECRET_KEY"] = "a key for benchmarks only, of 32 characters"
django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.processors import of_database, of_group, own  # noqa: E402
from benchmarks.serving import Server, in_threads  # noqa: E402
from benchmarks.visiting import Visitor  # noqa: E402
from matricula.catalog.models import Course  # noqa: E402
from matricula.invitations.invitations import invite_person  # noqa: E402
from matricula.invitations.models import InvitationToken, mint_link  # noqa: E402
from matricula.organizations.models import Organization  # noqa: E402
from matricula.programs.models import Membership, Program  # noqa: E402
from matricula.security.secrets import digest  # noqa: E402

PASSWORD = "correct horse battery"
CODE = "123456"
UNCOUNTED = 48
"""Joins until every worker has read its templates, and PostgreSQL has prepared what comes again."""
STUB = "benchmarks.without_hashing"
ASKED = """
select c.id from accounts_confirmation c join accounts_emailaddress e on e.id = c.email_id
where e.canonical = %s and c.ended_at is null
"""
MINTED = "update accounts_confirmation set code_digest = %s where id = %s"


def mint_code(address: str) -> None:
    """The confirmation letter of `address` says CODE."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED, [address])
        (confirmation,) = cursor.fetchone()
        cursor.execute(MINTED, [digest("code", f"{confirmation}:{CODE}"), confirmation])
    connection.close()


class Person:
    """Somebody with a letter in hand."""

    def __init__(self, program: Program, number: int, course: str) -> None:
        self.address = f"person{number}@{program.organization.slug}.example"
        self.personal = f"{program.organization.slug}{number}@home.example"
        invitation = invite_person(program=program, address=self.address, invited_by=None)
        assert invitation is not None
        self.link = "/join/" + mint_link(invitation, InvitationToken.Channel.MAIL).split("/join/")[1]
        self.course = course

    def join(self, server: str, *, reads: bool) -> None:
        visitor = Visitor(server)
        look = visitor.open if reads else lambda path: None
        visitor.get(self.link)
        visitor.get("/join/welcome/")
        base = re.sub("courses/$", "", visitor.post("/join/now/").location)
        look(f"{base}courses/")
        look(f"{base}courses/{self.course}/")
        look(visitor.post(f"{base}start/course/{self.course}/").location)
        form = {"full_name": "Ada", "alternative_email": self.personal, "password": PASSWORD}
        visitor.post(f"{base}account/", **form)
        visitor.token = visitor.cookies["csrftoken"]
        look(f"{base}confirm/")
        mint_code(self.address)
        opens = visitor.post(f"{base}confirm/", code=CODE).location
        assert opens.startswith("/learn/courses/"), opens
        look(opens)
        visitor.connection.close()


def prepare(joins: int, name: str) -> list[Person]:
    organization = Organization.objects.create(slug=name, name=name)
    course = Course.objects.create(organization=organization, slug="c", title="C", summary="S", topic="T")
    program = Program.objects.create(organization=organization, slug="p", name="P")
    program.courses.add(course)
    return [Person(program, number, course.public_id) for number in range(joins)]


@dataclass(frozen=True)
class Measured:
    """Joins a second by the clock, and the processor time of one, in milliseconds."""

    rate: float
    server: float
    database: float
    visitor: float

    @property
    def cost(self) -> float:
        return self.server + self.database + self.visitor


def measure(name: str, joins: int, clients: int, *, reads: bool, **environment: str) -> Measured:
    """A fresh server, after some joins nobody counts."""
    people, server = prepare(joins + UNCOUNTED, name), Server(**environment)

    def worked() -> list[float]:
        database = str(connection.settings_dict["NAME"])
        return [of_group(server.process.pid), of_database(database), own()]

    try:
        in_threads(lambda person: person.join(server.address, reads=reads), people[:UNCOUNTED], clients)
        before = worked()
        rate = in_threads(
            lambda person: person.join(server.address, reads=reads), people[UNCOUNTED:], clients
        )
        return Measured(rate, *((now - then) / joins for now, then in zip(worked(), before, strict=True)))
    finally:
        server.stop()


def say(name: str, hashes: float, hashing: float, hashed: Measured, stubbed: Measured) -> None:
    print(f"{name}: {hashed.rate:.1f} joins/s, {hashed.rate / hashes:.2f} of the limit;", end=" ")
    print(f"{stubbed.rate:.1f} with the hash stubbed")
    for label, one in (("", hashed), (", stubbed", stubbed)):
        print(
            f"  processor time of a join{label}: {one.cost:.1f} ms, or {one.cost / hashing:.2f} hashes",
            end=" ",
        )
        print(f"(server {one.server:.1f}, PostgreSQL {one.database:.1f}, visitor {one.visitor:.1f})")
    print(f"  by processor time {hashing / hashed.cost:.2f} of the limit", flush=True)


def main() -> None:
    joins, clients = (int(value) for value in (*sys.argv[1:], *("300", "16")[len(sys.argv) - 1 :]))
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        before = own()
        hashes = in_threads(lambda _: make_password(PASSWORD), range(300), 8)
        hashing = (own() - before) / 300
        print(f"limit: {hashes:.0f} argon2id hashes/s; a hash takes {hashing:.1f} ms", flush=True)
        for name, reads in (("bare", False), ("walk", True)):
            hashed = measure(f"{name}-hashed", joins, clients, reads=reads)
            stubbed = measure(f"{name}-stubbed", joins, clients, reads=reads, DJANGO_SETTINGS_MODULE=STUB)
            say(name, hashes, hashing, hashed, stubbed)
        assert Membership.objects.count() == 4 * (joins + UNCOUNTED), "somebody was lost"
    finally:
        connection.close()
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


main()
