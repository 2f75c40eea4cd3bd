"""W3: lists at a million members and invitations of one organization, beside the same pages of an empty one.

    DATABASE_URL=postgresql://… .venv/bin/python benchmarks/w3_lists.py [ROWS]

Fills a PostgreSQL database of its own by SQL with a hundredth of ROWS, then with ROWS invitations, members
and a third as many enrolments, and asks pages through the whole stack in this process (no network), each in
turn with the empty page of its kind. Prints processor time (of Python and PostgreSQL) and time by the clock
above the empty page, how much it grew, and what PostgreSQL itself needs for a keyset page, an OFFSET, a count
and a scan.
MATRICULA_BENCH_KEEP=true keeps the database, and the next run measures without filling.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "matricula.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from matricula.accounts.models import Account  # noqa: E402
from matricula.db.search import install_indexes  # noqa: E402
from matricula.demo.data import fill  # noqa: E402
from matricula.invitations.models import Invitation  # noqa: E402
from matricula.invitations.search_index import index_new  # noqa: E402
from matricula.learning.recount import recount_courses  # noqa: E402
from matricula.organizations.models import Organization, Role  # noqa: E402
from matricula.programs.counting import counted_numbers, fold_changes  # noqa: E402
from matricula.programs.models import Program  # noqa: E402
from matricula.programs.recount import recount_programs  # noqa: E402

ASKED, WARM = 40, 3
GOAL_MS, GOAL_GROWTH = 5.0, 1.3
KEEP = bool(os.environ.get("MATRICULA_BENCH_KEEP"))
FIRST = (
    "ada bente chika dmitri elif farid greta henrik ines jonas kemal lena mateo nadia omar petra quentin rosa"
)
LAST = "okafor keller obi petrov demir haddad lindqvist marchetti duarte weber yilmaz novak silva osman braun"
PERSON = f"""
    create temp view people as select n, initcap(first) || ' ' || initcap(last) as name,
        first || '.' || last || n || '@' || case when n % 1000 < 500 then 'nordlicht' else 'werk' end
        || '.example' as address
    from (select n, ('{{{FIRST.replace(" ", ",")}}}'::text[])[1 + n % 18] as first,
        ('{{{LAST.replace(" ", ",")}}}'::text[])[1 + n / 18 % 15] as last
        from generate_series(current_setting('w3.first')::int, current_setting('w3.last')::int) n) named
"""
INVITATIONS = """
insert into invitations_invitation (program_id, organization_id, public_id, address, canonical, name,
    language, state, created_at, sent_at, opened_at, expires_at, lapsed_at, accepted_by_id{more})
select {program}, {organization}, 'bench-' || n, address, address, name, 'en', state,
    now() - (2000000 - n) * interval '5 seconds', now(), case when n % 3 = 0 then now() end, expires_at,
    case when expires_at <= now() then expires_at end, case when state = 'joined' then {bruno} end{values}
from (select *, case when n % 5 = 0 then 'joined' when n % 1009 = 0 then 'failed' when n % 211 = 0
    then 'declined' else 'sent' end as state,
    now() + case when n % 7 = 0 then -1 else 30 end * interval '1 day' as expires_at
    from people) p order by n
"""
ACCOUNTS = """
insert into accounts_account (password, public_id, full_name, certificate_name, language, auth_epoch,
    is_active, created_at) select '', 'bench-' || n, name, '', 'en', 0, true, now() from people order by n
"""
MINE = "accounts_account a join people on a.public_id = 'bench-' || n"
AFFILIATIONS = f"""
insert into organizations_affiliation (organization_id, account_id, work_email, canonical, started_at)
select {{organization}}, a.id, address, address, now() from {MINE} order by n
"""
MEMBERSHIPS = f"""
insert into programs_membership (program_id, organization_id, account_id, state, joined_at, left_at, search,
    courses_started, courses_completed)
select {{program}}, {{organization}}, a.id, case when n % 997 = 0 then 'left' else 'active' end,
    now() - (2000000 - n) * interval '5 seconds', case when n % 997 = 0 then now() end,
    ' ' || lower(name) || ' ' || address, (n % 3 = 0)::int, (n % 6 = 0)::int from {MINE} order by n
"""
SEATS = """
update programs_program set seats = null, seats_used =
    (select count(*) from programs_membership where program_id = {program} and state = 'active')
where id = {program}
"""
GROUPED = """
insert into programs_membership_groups (membership_id, group_id)
select m.id, g.id from accounts_account a join people on a.public_id = 'bench-' || n
join programs_membership m on m.account_id = a.id join programs_group g on g.name = 'Bench ' || n % 10
order by n
"""
WORD_INDEXES = "programs_membership_words_by_block, invitations_searchline_words_by_block"
ENROLMENTS = """
insert into learning_enrolment (account_id, course_id, membership_id, started_at, completed_at)
select a.id, {course}, m.id, now(), case when n % 6 = 0 then now() end from accounts_account a
join people on a.public_id = 'bench-' || n join programs_membership m on m.account_id = a.id
where n % 3 = 0 order by n
"""
"""As many as MEMBERSHIPS says: what is counted from scratch is not wrong, and there is nothing to warn of."""


@dataclass(frozen=True)
class Taken:
    """Milliseconds above an empty page: processor time, and by the clock."""

    work: float
    work_high: float
    clock: float
    clock_high: float


def columns_without_default(known: str) -> dict[str, str]:
    """What newer columns of an invitation need: empty values of their type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, data_type from information_schema.columns where is_generated = 'NEVER'"
            " and table_name = 'invitations_invitation' and is_nullable = 'NO'"
            " and column_default is null and is_identity = 'NO'"
        )
        missing = [(name, kind) for name, kind in cursor.fetchall() if name not in known]
    empty = {"character varying": "''", "text": "''", "boolean": "false", "jsonb": "'{}'"}
    found = [(name, empty.get(kind, "0")) for name, kind in missing]
    return {
        "more": "".join(f", {name}" for name, _ in found),
        "values": "".join(f", {value}" for _, value in found),
    }


def prepare() -> dict[str, object]:
    """An organization to be filled and one that stays empty."""
    fill()
    bruno = Account.objects.get(full_name="Bruno Keller")
    empty, _made = Organization.objects.get_or_create(slug="leer", defaults={"name": "Leer"})
    Role.objects.get_or_create(organization=empty, account=bruno, defaults={"kind": "owner"})
    energy = Organization.objects.get(slug="nordlicht")
    program = Program.objects.filter(organization=energy).first()
    assert program is not None
    Program.objects.get_or_create(organization=empty, slug="main", defaults={"name": "Empty"})
    for n in range(10):
        program.groups.get_or_create(name=f"Bench {n}")
    course = program.courses.first()
    assert course is not None
    values = {"program": program.pk, "organization": energy.pk, "bruno": bruno.pk, "course": course.pk}
    return {**values, **columns_without_default(INVITATIONS)}


def grow(first: int, last: int, values: dict[str, object]) -> None:
    """Rows of the numbers `first` to `last`. Triggers and word indexes rest, and are made good after."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"drop index if exists {WORD_INDEXES}")
        cursor.execute("set session_replication_role = replica")
        cursor.execute(f"set w3.first = {first}; set w3.last = {last}; drop view if exists people")
        cursor.execute(PERSON)
        for statement in (INVITATIONS, ACCOUNTS, AFFILIATIONS, MEMBERSHIPS, SEATS, GROUPED, ENROLMENTS):
            cursor.execute(statement.format(**values))
        cursor.execute("set session_replication_role = origin")
        cursor.execute("vacuum analyze")
    counting = time.perf_counter()
    recount_courses()
    recount_programs()
    while fold_changes():
        pass
    indexing = time.perf_counter()
    while index_new():
        pass
    install_indexes()
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    now = time.perf_counter()
    print(
        f"filled to {last:,} rows in {now - begun:.0f} s, of them counting from scratch"
        f" {indexing - counting:.0f} s, indexing words {now - indexing:.0f} s",
        flush=True,
    )


def backend() -> Path:
    """Where Linux tells how long the PostgreSQL process of this connection has worked."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        return Path(f"/proc/{cursor.fetchone()[0]}/schedstat")


def worked(place: Path) -> float:
    """Milliseconds of processor time of this process and of PostgreSQL's."""
    theirs = int(place.read_text().split()[0]) / 1e6 if place.exists() else 0.0
    return time.process_time() * 1000 + theirs


def ask(client: Client, path: str, place: Path) -> tuple[float, float]:
    """Milliseconds by the clock, and of processor time."""
    begun, working = time.perf_counter(), worked(place)
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return (time.perf_counter() - begun) * 1000, worked(place) - working


def above(client: Client, path: str, empty: str) -> Taken:
    """How much a page takes above the empty page, asked in turn."""
    taken: dict[str, list[tuple[float, float]]] = {path: [], empty: []}
    place = backend()
    for turn in range(WARM + ASKED):
        for one in (path, empty):
            taken[one].append(ask(client, one, place))
        if turn < WARM:
            taken = {path: [], empty: []}
    clock, work = ([[pair[kind] for pair in taken[one]] for one in (path, empty)] for kind in (0, 1))
    return Taken(
        apart(work, statistics.median),
        apart(work, ninety_fifth),
        apart(clock, statistics.median),
        apart(clock, ninety_fifth),
    )


def apart(both: list[list[float]], figure: Callable[[list[float]], float]) -> float:
    page, empty = both
    return figure(page) - figure(empty)


def ninety_fifth(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def next_page(client: Client, path: str) -> str:
    """The address behind "Older" on the first page."""
    text = client.get(path).content.decode()
    mark = text.index('rel="next" href="') + len('rel="next" href="')
    return path.split("?")[0] + text[mark : text.index('"', mark)].replace("&amp;", "&")


def asked(bruno: Client, rows: int) -> dict[str, tuple[str, str]]:
    base, none = "/console/nordlicht/", "/console/leer/"
    found = {
        "overview with its numbers": (f"{base}overview/", f"{none}overview/"),
        "reports by group and course": (f"{base}reports/", f"{none}reports/"),
    }
    searches = {
        "a frequent word": "keller",
        "prefix of an address": "ada.okafor1",
        "two words": "keller farid",
        "a rare substring": f"or{rows // 3}",
        "two letters": "qu",
        "no match": "zzqzz",
    }
    filters = {
        "invitations": {"failed": "state=failed", "expired": "state=expired", "opened": "state=opened"},
        "people": {"who left": "state=left", "a group": f"group={group_id()}"},
    }
    for name in ("invitations", "people"):
        page, empty = f"{base}{name}/", f"{none}{name}/"
        found[f"{name}: first page"] = (page, empty)
        found[f"{name}: next page"] = (next_page(bruno, page), empty)
        for label, query in filters[name].items():
            found[f"{name}: {label}"] = (f"{page}?{query}", f"{empty}?{query.split('&')[0]}")
        for label, words in searches.items():
            found[f"{name}: {label}"] = (f"{page}?q={words}", f"{empty}?q={words}")
    return found


def group_id() -> int:
    return Organization.objects.get(slug="nordlicht").programs.get().groups.get(name="Bench 3").pk


def measure(rows: int) -> dict[str, Taken]:
    bruno, hugo = Client(), Client()
    bruno.force_login(Account.objects.get(full_name="Bruno Keller"))
    hugo.force_login(Account.objects.get(full_name="Hugo Marchetti"))
    program = Program.objects.get(organization__slug="nordlicht")
    taken = {name: above(bruno, page, empty) for name, (page, empty) in asked(bruno, rows).items()}
    taken["catalog of a program"] = above(hugo, f"/learn/programs/{program.public_id}/", "/account/")
    taken["my learning"] = above(hugo, "/learn/", "/account/")
    return taken


def limits(organization: int) -> dict[str, float]:
    """Milliseconds PostgreSQL itself needs, the quickest of five."""
    mine = f"from invitations_invitation where organization_id = {organization}"
    statements = {
        "keyset page of 51": f"select * {mine} and id < 500000 order by id desc limit 51",
        "the same by OFFSET 500,000": f"select * {mine} order by id desc limit 51 offset 500000",
        "count(*)": f"select count(*) {mine}",
        "scan for a substring": f"select count(*) {mine} and canonical || '' like '%or4242%'",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, statement in statements.items():
            times = []
            for _ in range(5):
                begun = time.perf_counter()
                cursor.execute(statement)
                cursor.fetchall()
                times.append((time.perf_counter() - begun) * 1000)
            found[name] = min(times)
    return found


def report(few: int, rows: int, before: dict[str, Taken], after: dict[str, Taken]) -> None:
    """Processor time is what other programs on the machine disturb least; the clock is what people feel."""
    print(f"\nms above an empty page; goal p95 {GOAL_MS} ms, growth {GOAL_GROWTH}")
    print(f"{'':36}{'processor time':>24}{'':8}{'by the clock':>22}")
    print(f"{'rows':36}{few:>8,}{rows:>10,}{'p95':>7}  growth{'median':>9}{'p95':>9}")
    for name, one in after.items():
        first = before[name].work if before else None
        grown = f"{one.work / max(first, 1):8.2f}" if first is not None else f"{'':8}"
        few_rows = f"{first:8.1f}" if first is not None else f"{'':8}"
        print(
            f"{name:36}{few_rows}{one.work:10.1f}{one.work_high:7.1f}{grown}"
            f"{one.clock:9.1f}{one.clock_high:9.1f}"
        )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if connection.vendor != "postgresql":
        sys.exit("W3 is measured on PostgreSQL: set DATABASE_URL.")
    settings.ALLOWED_HOSTS.append("testserver")
    connection.creation.create_test_db(verbosity=0, autoclobber=not KEEP, keepdb=KEEP, serialize=False)
    few = max(rows // 100, 100)
    try:
        values = prepare()
        there = Invitation.objects.filter(public_id__startswith="bench-").count()
        before = {}
        if there < few:
            grow(there + 1, few, values)
            before = measure(few)
        if there < rows:
            grow(max(there, few) + 1, rows, values)
        after = measure(rows)
        report(few, rows, before, after)
        for name, taken in limits(int(str(values["organization"]))).items():
            print(f"PostgreSQL itself: {name:30} {taken:8.2f} ms")
        print("kept numbers:", dict(counted_numbers([int(str(values["program"]))], "standing")["standing"]))
    finally:
        if not KEEP:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


if __name__ == "__main__":
    main()
