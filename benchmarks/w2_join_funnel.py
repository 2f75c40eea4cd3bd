"""W2: how many people join in a second, beside how many passwords the machine can hash in one.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/w2_join_funnel.py [JOINS] [THREADS]

Each join is open link, JOIN NOW, START, SIGN UP, confirm by code, through the whole stack, in threads of
one process; it uses a database of its own that it makes and drops.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from matricula.accounts.confirming import confirmation_letter  # noqa: E402
from matricula.catalog.models import Course  # noqa: E402
from matricula.joining.inviting import invite, mint_link  # noqa: E402
from matricula.joining.models import Arrival, Invitation, InvitationToken  # noqa: E402
from matricula.mail.models import Letter  # noqa: E402
from matricula.organizations.models import Organization  # noqa: E402
from matricula.programs.models import Membership, Program  # noqa: E402

PASSWORD = "correct horse battery"


def prepare(joins: int, name: str) -> list[Invitation]:
    organization = Organization.objects.create(slug=name, name=name)
    course = Course.objects.create(organization=organization, slug="c", title="C", summary="S", topic="T")
    program = Program.objects.create(organization=organization, slug="p", name="P")
    program.courses.add(course)
    people = [f"person{n}@{name}.example" for n in range(joins)]
    return [one for address in people if (one := invite(program=program, address=address, invited_by=None))]


def join(invitation: Invitation) -> None:
    client = Client(headers={"user-agent": "benchmark"})
    link = "/join/" + mint_link(invitation, InvitationToken.Channel.MAIL).split("/join/")[1]
    client.get(link)
    client.post("/join/now/")
    arrival = Arrival.objects.get(invitation=invitation)
    base, course = f"/join/arrivals/{arrival.public_id}/", invitation.program.courses.get()
    client.post(f"{base}start/course/{course.public_id}/")
    form = {"full_name": "Ada", "alternative_email": f"a{invitation.pk}@home.example", "password": PASSWORD}
    client.post(f"{base}account/", form)
    letter = Letter.objects.get(kind="accounts.confirmation", to=invitation.address)
    reading = confirmation_letter(letter)
    assert reading is not None
    client.post(f"{base}confirm/", {"code": reading.values["code"]})


def in_threads(work, items, threads: int) -> float:
    """Items a second."""

    def run(item):
        try:
            work(item)
        finally:
            connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, items))
    return len(items) / (time.perf_counter() - began)


def main() -> None:
    joins, threads = (int(value) for value in (*sys.argv[1:], *("200", "8")[len(sys.argv) - 1 :]))
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    try:
        hashes = in_threads(lambda _: make_password(PASSWORD), range(200), threads)
        hashed = in_threads(join, prepare(joins, "hashed"), threads)
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
            stubbed = in_threads(join, prepare(joins, "stubbed"), threads)
        assert Membership.objects.count() == 2 * joins, "somebody was lost"
    finally:
        connection.close()
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    print(f"limit: {hashes:.0f} argon2id hashes/s at {threads} threads")
    print(f"joins: {hashed:.1f}/s, {hashed / hashes:.2f} of the limit (goal 0.7)")
    print(f"joins with the hash stubbed: {stubbed:.1f}/s (goal 150)")


main()
