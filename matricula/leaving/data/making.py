"""Putting a file together: parts of sections, a batch each, then the whole. It is never in memory.

A step is in no transaction. It writes a part under a name that follows from where the file is, and then says
where it is now: killed between the two, it is written once more and nothing is left behind.
"""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from matricula.files.atomic_writes import write_atomically
from matricula.files.storage import seen_file
from matricula.leaving.data.archive import WHOLE, write_archive
from matricula.leaving.data.contents import all_sections, sections_from
from matricula.leaving.data.exports import KEPT, parts_folder, place_of, remove_files, tell_of_file
from matricula.leaving.data.sections import Row, Section, Whose
from matricula.leaving.models import DataExport

SECONDS = 1.0
"""Of a step, after which others have their turn."""
LAST = "whole"
"""The name of the step after the last section."""
State = DataExport.State


class Overtaken(Exception):
    """The file is no longer where this worker found it: another was faster, or nobody wants it any more."""


def make_some(pk: int) -> bool:
    """Some parts of the file, or the whole of it. True while more is to be done."""
    export = DataExport.objects.filter(pk=pk).select_related("account").first()
    if export is None:
        return False
    try:
        with translation.override(export.account.language):
            return export.state in DataExport.UNDER_WAY and make_parts(export)
    except Overtaken:
        return False
    finally:
        tidy_up(export)


def tidy_up(export: DataExport) -> None:
    """No parts of what is whole, nothing of what has gone: whoever was to remove it may have been killed."""
    state = DataExport.objects.filter(pk=export.pk).values_list("state", flat=True).first()
    if state == State.READY:
        shutil.rmtree(parts_folder(export), ignore_errors=True)
    elif state not in DataExport.LIVE:
        remove_files(export)


def make_parts(export: DataExport) -> bool:
    if export.state == State.WAITING:
        begin(export)
    seen_file(parts_folder(export))
    whose, ends = Whose(export.account), monotonic() + SECONDS
    while export.section != LAST:
        make_part(export, whose)
        if monotonic() > ends:
            return True
    finish_file(export)
    return False


def begin(export: DataExport) -> None:
    parts_folder(export).mkdir(parents=True, exist_ok=True)
    sections, whose = list(all_sections()), Whose(export.account)
    whole = len(sections) + sum(one.rows(whose).count() // one.at_once for one in sections)
    go_to(export, state=State.MAKING, section=sections[0].name, whole=whole)


def make_part(export: DataExport, whose: Whose) -> None:
    """The next rows of the section where the file is."""
    section, *later = sections_from(export.section)
    if export.part == 0:
        export.read_at[section.name] = timezone.now().isoformat()
    keys, rows = section.batch(whose, export.after)
    if rows:
        put_part(parts_folder(export), section, export.part, rows)
        if section.put_beside:
            section.put_beside(whose, keys, parts_folder(export) / section.name)
    news: dict[str, Any] = {"read_at": export.read_at, "done": export.done + 1}
    if len(keys) == section.at_once:
        go_to(export, after=str(keys[-1]), part=export.part + 1, **news)
    else:
        go_to(export, section=later[0].name if later else LAST, after="", part=0, **news)


def put_part(folder: Path, section: Section, part: int, rows: Iterable[Row]) -> None:
    with write_atomically(folder / f"{section.name}.{part:08}.jsonl") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def go_to(export: DataExport, **news: Any) -> None:
    """From where the file was found to where it is now. Raises Overtaken."""
    found = {name: getattr(export, name) for name in ("state", "section", "after", "part")}
    if not DataExport.objects.under_way().filter(pk=export.pk, **found).update(**news):
        raise Overtaken
    for name, value in news.items():
        setattr(export, name, value)


def finish_file(export: DataExport) -> None:
    """One file of all parts, there before anybody is told. Raises Overtaken."""
    write_archive(export, parts_folder(export))
    whole, now = parts_folder(export) / WHOLE, timezone.now()
    with transaction.atomic():
        go_to(export, state=State.READY, size=whole.stat().st_size, ready_at=now, until=now + KEPT)
        tell_of_file(export, "ready")
        whole.replace(place_of(export))
