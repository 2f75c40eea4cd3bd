"""Files of everything: only a few are made at once, and of each no more is held than a few lines."""

import tracemalloc

import pytest

from matricula.audit.models import Entry
from matricula.organizations.models import Role
from matricula.reporting.audit_log import READ_AT_ONCE
from matricula.web import heavy_work
from matricula.web.heavy_work import PLACES

pytestmark = pytest.mark.django_db
FILE = "/console/nordlicht/audit/audit.csv"


@pytest.fixture
def asking(client, organization, bruno):
    Role.objects.create(organization=organization, account=bruno, kind=Role.Kind.OWNER)
    client.force_login(bruno)
    return client


def entries(organization, count):
    row = {
        "verb": "membership.began",
        "organization_id": organization.pk,
        "subject_type": "programs.membership",
    }
    Entry.objects.bulk_create(Entry(**row, after={"address": f"p{n}@x.example"}) for n in range(count))


def test_whoever_comes_when_all_places_are_taken_is_asked_to_come_back(asking, organization):
    under_way = [asking.get(FILE) for _ in range(PLACES)]
    refused = asking.get(FILE)
    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    assert "Try again in a moment" in refused.content.decode()
    assert asking.get("/console/nordlicht/reports/report.csv").status_code == 503
    for one in under_way:
        assert one.getvalue()
    assert asking.get(FILE).getvalue()


def test_a_file_that_could_not_be_made_leaves_its_place(asking, monkeypatch):
    def break_down(*given):
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("matricula.reporting.views.audit_log.newest_entries", break_down)
        for _ in range(PLACES + 1):
            with pytest.raises(RuntimeError):
                asking.get(FILE)
    assert asking.get(FILE).getvalue()


def test_head_and_a_reader_who_goes_away_leave_their_places(asking):
    for _ in range(PLACES + 1):
        assert asking.head(FILE).getvalue() == b""
        answer = asking.get(FILE)
        assert next(answer.streaming_content)
        answer._iterator.close()
    assert heavy_work.places._value == PLACES


def test_the_file_is_whole_and_begins_with_what_was_newest(asking, organization):
    entries(organization, READ_AT_ONCE * 2 + 7)
    lines = asking.get(FILE).getvalue().decode("utf-8-sig").splitlines()
    assert len(lines) == READ_AT_ONCE * 2 + 8
    assert (f"p{READ_AT_ONCE * 2 + 6}@" in lines[1], "p0@" in lines[-1]) == (True, True)
    assert "audit.exported" not in "".join(lines)
    assert Entry.objects.filter(verb="audit.exported").count() == 1


def test_a_file_five_times_as_long_holds_no_more_in_memory(asking, organization):
    def peak(lines):
        entries(organization, lines)
        tracemalloc.start()
        for _ in asking.get(FILE).streaming_content:
            pass
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    short = peak(2 * READ_AT_ONCE)
    assert peak(8 * READ_AT_ONCE) < 1.5 * short
