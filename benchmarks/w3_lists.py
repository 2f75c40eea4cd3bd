"""W3: lists at a million: members and invitations of one organization, beside an empty page of the same run.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/w3_lists.py [ROWS]

Fills a PostgreSQL database of its own with ROWS invitations and memberships by SQL, then asks pages through
the whole stack in this process (no network). Prints the 95th percentile in milliseconds above an empty page
(`/healthz`), for a hundredth of the rows and for all of them. The database is dropped at the end.
"""

import os
import statistics
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from matricula.accounts.models import Account  # noqa: E402
from matricula.demo.filling import fill  # noqa: E402
from matricula.organizations.models import Organization  # noqa: E402
from matricula.programs.models import Program  # noqa: E402

ASKED = 20
GOAL_MS, GOAL_GROWTH = 5.0, 1.3
INVITATIONS = """
insert into joining_invitation (program_id, public_id, address, canonical, name, language, state, created_at,
    sent_at, expires_at, {more})
select %s, 'bench-' || n, 'person' || n || '@nordlicht.example',
    'person' || n || '@nordlicht.example', 'Person Number' || n, 'en', 'sent',
    now() - n * interval '1 second', now(), now() + interval '30 days', {values}
from generate_series(%s, %s) n
"""
ACCOUNTS = """
insert into accounts_account (password, public_id, full_name, certificate_name, language, auth_epoch,
    is_active, created_at) select '', 'bench-' || n, 'Member Number' || n, '', 'en', 0, true, now()
from generate_series(%s, %s) n
"""
AFFILIATIONS = """
insert into organizations_affiliation (organization_id, account_id, work_email, canonical, started_at)
select %s, id, public_id || '@nordlicht.example', public_id || '@nordlicht.example', now()
from accounts_account where public_id like 'bench-%%' and substr(public_id, 7)::int between %s and %s
"""
MEMBERSHIPS = """
insert into programs_membership (program_id, account_id, state, joined_at)
select %s, id, 'active', now() - id * interval '1 second'
from accounts_account where public_id like 'bench-%%' and substr(public_id, 7)::int between %s and %s
"""


def columns_without_default() -> tuple[str, str]:
    """What newer columns of an invitation need: empty values of their type."""
    known = INVITATIONS[: INVITATIONS.index("{more}")]
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_name = 'joining_invitation' and is_nullable = 'NO'"
            " and column_default is null and is_identity = 'NO'"
        )
        missing = [(name, kind) for name, kind in cursor.fetchall() if name not in known]
    empty = {"character varying": "''", "text": "''", "boolean": "false", "jsonb": "'{}'"}
    names = ["opened_at", *(name for name, _ in missing)]
    values = ["null", *(empty.get(kind, "0") for _, kind in missing)]
    return ", ".join(names), ", ".join(values)


def grow(first: int, last: int) -> None:
    energy = Organization.objects.get(slug="nordlicht")
    program = Program.objects.filter(organization=energy).first()
    assert program is not None
    more, values = columns_without_default()
    with connection.cursor() as cursor:
        cursor.execute(INVITATIONS.format(more=more, values=values), [program.pk, first, last])
        cursor.execute(ACCOUNTS, [first, last])
        cursor.execute(AFFILIATIONS, [energy.pk, first, last])
        cursor.execute(MEMBERSHIPS, [program.pk, first, last])
        cursor.execute("analyze")


def p95(client: Client, path: str) -> float:
    """Milliseconds."""
    taken = []
    for _ in range(3):
        client.get(path)
    for _ in range(ASKED):
        begun = time.perf_counter()
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(taken, n=20)[-1]


def second_page(client: Client, path: str) -> str:
    """The address behind "Older" on the first page."""
    text = client.get(path).content.decode()
    mark = text.index('rel="next" href="') + len('rel="next" href="')
    return path.split("?")[0] + text[mark : text.index('"', mark)].replace("&amp;", "&")


def measure() -> dict[str, float]:
    bruno, hugo = Client(), Client()
    bruno.force_login(Account.objects.get(full_name="Bruno Keller"))
    hugo.force_login(Account.objects.get(full_name="Hugo Marchetti"))
    empty = p95(bruno, "/healthz")
    invitations, people = "/console/nordlicht/invitations/", "/console/nordlicht/people/"
    program = Program.objects.get(organization__slug="nordlicht")
    asked = {
        "invitations, first page": (bruno, invitations),
        "invitations, next page": (bruno, second_page(bruno, invitations)),
        "invitations, prefix": (bruno, f"{invitations}?q=person77"),
        "invitations, substring": (bruno, f"{invitations}?q=son4242"),
        "people, first page": (bruno, people),
        "people, next page": (bruno, second_page(bruno, people)),
        "people, prefix": (bruno, f"{people}?q=Member"),
        "people, substring": (bruno, f"{people}?q=umber4242"),
        "overview with its counts": (bruno, "/console/nordlicht/overview/"),
        "catalog of a program": (hugo, f"/learn/programs/{program.public_id}/"),
        "my learning": (hugo, "/learn/"),
    }
    return {name: p95(client, path) - empty for name, (client, path) in asked.items()}


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if connection.vendor != "postgresql":
        sys.exit("W3 is measured on PostgreSQL: set DATABASE_URL.")
    settings.ALLOWED_HOSTS.append("testserver")
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        fill()
        few = max(rows // 100, 1)
        grow(1, few)
        before = measure()
        grow(few + 1, rows)
        after = measure()
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    print(f"p95 in ms above an empty page; goal {GOAL_MS} ms, growth {GOAL_GROWTH}")
    print(f"{'':28} {few:>10,} {rows:>10,}  growth")
    for name in before:
        print(
            f"{name:28} {before[name]:10.1f} {after[name]:10.1f}  {after[name] / max(before[name], 0.1):.2f}"
        )


if __name__ == "__main__":
    main()
