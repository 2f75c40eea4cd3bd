"""Somebody has a file of all their data made, and opens it."""

from zipfile import ZipFile

from matricula.accounts.models import Account
from matricula.leaving.data.exports import ask_for_data, export_folder, place_of
from matricula.leaving.data.making import make_some
from matricula.leaving.models import DataExport


def made_for(account: Account) -> DataExport:
    export = ask_for_data(account=account)
    while make_some(export.pk):
        pass
    export.refresh_from_db()
    assert export.state == "ready"
    return export


def data_of(account: Account) -> dict[str, bytes]:
    """What is in the file, by name."""
    with ZipFile(place_of(made_for(account))) as archive:
        assert archive.testzip() is None
        return {one: archive.read(one) for one in archive.namelist()}


def files_kept() -> set[str]:
    """All that lies on the disk of files of data, whole or in parts."""
    return {one.name for one in export_folder().rglob("*") if one.is_file()}
