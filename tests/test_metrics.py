"""What a monitoring system reads at `/metrics`, and nobody else."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from matricula.catalog.uploads import READ
from matricula.jobs.models import Job
from matricula.mail.models import Letter
from matricula.mail.sending import hold_letters

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TOKEN = "prometheus-0123456789"
LINE = re.compile(
    r"# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+=\"[^\"\\]*\"(,[a-z]+=\"[^\"\\]*\")*\})? \d+(\.\d+)?"
)
STATEMENTS = 4


@pytest.fixture(autouse=True)
def _guarded(settings):
    settings.METRICS_TOKEN = TOKEN


def told(token: str = TOKEN) -> str:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    return answer.content.decode()


def numbers() -> dict[str, float]:
    lines = [one.rsplit(" ", 1) for one in told().splitlines() if not one.startswith("#")]
    return {name.removeprefix("matricula_"): float(value) for name, value in lines}


def ago(**time: float):
    return timezone.now() - timedelta(**time)


@pytest.mark.parametrize(
    "shown", [None, "", "Bearer", "Bearer ", "Bearer x", TOKEN, f"Basic {TOKEN}", "Bearer \xff"]
)
def test_there_is_no_such_page_for_whoever_shows_no_token(shown):
    headers = {} if shown is None else {"Authorization": shown}
    assert Client().get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("shown", ["Bearer ", "Bearer", ""])
def test_without_the_setting_nobody_reads_it(settings, shown):
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"Authorization": shown}).status_code == 404


def test_each_line_is_of_the_text_format_and_each_number_says_what_it_is():
    Job.objects.create(kind=READ)
    lines = told().splitlines()
    assert [one for one in lines if not LINE.fullmatch(one)] == []
    named = {one.split()[2] for one in lines if one.startswith("# TYPE")}
    assert {re.split(r"[ {]", one)[0] for one in lines if not one.startswith("#")} == named
    assert len(named) == len([one for one in lines if one.startswith("# HELP")])


def test_jobs_are_told_by_state_lane_and_kind():
    now = timezone.now()
    Job.objects.create(kind=READ, due_at=ago(minutes=2))
    Job.objects.create(kind=READ, due_at=ago(minutes=-2))
    Job.objects.create(kind=READ, state="failed", ended_at=now)
    Job.objects.create(kind=READ, state="done", ended_at=now)
    Job.objects.create(kind="of.another.version", due_at=ago(minutes=9))
    Job.objects.create(kind="jobs.forget", state="running", leased_until=ago(seconds=1))
    found = numbers()
    jobs = {name: number for name, number in found.items() if name.startswith("jobs{")}
    assert jobs == {
        'jobs{state="queued",lane="",kind="of.another.version"}': 1,
        'jobs{state="running",lane="main",kind="jobs.forget"}': 1,
        f'jobs{{state="failed",lane="reading",kind="{READ}"}}': 1,
        f'jobs{{state="queued",lane="reading",kind="{READ}"}}': 2,
    }
    assert found['jobs_oldest_wait_seconds{lane="reading"}'] == pytest.approx(120, abs=5)
    assert found['jobs_oldest_wait_seconds{lane="main"}'] == 0
    assert found["jobs_late_leases"] == 1


def test_letters_that_wait_and_those_that_were_given_up_are_told():
    Letter.objects.create(kind="a", to="ada@nordlicht.example", due_at=ago(minutes=1))
    Letter.objects.create(kind="a", to="ada@nordlicht.example", bulk=True, due_at=ago(minutes=-1))
    late = {"state": "sending", "leased_until": ago(seconds=1)}
    Letter.objects.create(kind="a", to="ada@nordlicht.example", bulk=True, **late)
    for state in ("sent", "failed", "bounced"):
        Letter.objects.create(kind="a", to="ada@nordlicht.example", state=state, ended_at=timezone.now())
    found = numbers()
    assert (found['letters_waiting{lane="awaited"}'], found['letters_waiting{lane="many"}']) == (1, 2)
    assert found['letters_oldest_wait_seconds{lane="awaited"}'] == pytest.approx(60, abs=5)
    assert found['letters_oldest_wait_seconds{lane="many"}'] == 0
    assert (found["letters_late_leases"], found["letters_given_up"], found["letters_may_leave"]) == (1, 1, 1)
    hold_letters()
    assert numbers()["letters_may_leave"] == 0


def test_the_disk_and_the_database_are_told():
    found = numbers()
    assert found["database_up"] == 1
    assert 0 <= found["storage_free_bytes"] <= found["storage_size_bytes"]


def test_what_outsiders_write_names_nothing(invitation):
    assert "nordlicht" not in told()


def test_it_takes_few_statements(django_assert_num_queries):
    with django_assert_num_queries(STATEMENTS, exact=False):
        told()
