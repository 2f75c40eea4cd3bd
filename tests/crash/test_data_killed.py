"""A worker is killed in the middle of a file of data: another goes on, and one whole file is all there is."""

import json
from zipfile import ZipFile

import pytest

from conftest import person
from matricula.credentials.models import Certificate
from matricula.leaving.data.exports import LETTER, ask_for_data, place_of
from matricula.leaving.models import DataExport
from matricula.leaving.tests.taking_data import files_kept
from matricula.mail.models import Letter
from tests.crash.conftest import kill, until

pytestmark = pytest.mark.django_db(transaction=True)
CERTIFICATES = 200


def test_loss_on_crash_a_file_of_data_is_gone_on_with(start, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    ada = person("Ada Okafor", "ada@home.example")
    values = {"account": ada, "recipient_name": "Ada Okafor", "organization_name": "Nordlicht"}
    Certificate.objects.bulk_create(Certificate(title=f"Course {n}", **values) for n in range(CERTIFICATES))
    export = ask_for_data(account=ada)

    def pages():
        return len(list((tmp_path / "media" / "exports").rglob("*.pdf")))

    worker = start("-m", "matricula", "worker")
    until(lambda: pages() > CERTIFICATES // 4)
    kill(worker)
    assert not DataExport.objects.filter(state="ready").exists(), "the file was done before it was killed"
    done = pages()

    start("-m", "matricula", "worker")
    until(lambda: DataExport.objects.filter(state="ready").exists(), seconds=90)
    assert done >= CERTIFICATES // 4
    with ZipFile(place_of(export)) as archive:
        told = json.loads(archive.read("data.json"))["certificates"]
        assert {one["file"] for one in told} < set(archive.namelist())
    assert sorted(one["title"] for one in told) == sorted(f"Course {n}" for n in range(CERTIFICATES))
    until(lambda: files_kept() == {place_of(export).name})
    assert Letter.objects.filter(kind=LETTER).count() == 1
