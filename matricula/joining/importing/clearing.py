"""Forgetting what files said once nobody needs it: lines after a month, uploads nothing points at."""

import time
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from matricula.joining.importing.handing_in import folder
from matricula.joining.importing.keeping import lines_a_step
from matricula.joining.importing.models import ImportedFile, ImportedLine

KEPT = timedelta(days=30)
"""How long the result of a file can be downloaded."""
UNANSWERED = timedelta(days=7)
"""How long a checked file waits for somebody to confirm it."""
STRAY_SECONDS = 24 * 3600
State = ImportedFile.State


def clear_some() -> bool:
    """Forget some lines, or stray uploads. True while more is left."""
    now = timezone.now()
    ImportedFile.objects.filter(state=State.CHECKED, created_at__lt=now - UNANSWERED).update(
        state=State.CANCELLED, layout={}, ended_at=now
    )
    dropped = Q(state__in=(State.CANCELLED, State.REFUSED)) | Q(
        state__in=(State.DONE, State.STOPPED), ended_at__lt=now - KEPT
    )
    for file in ImportedFile.objects.filter(dropped, lines__gt=0).order_by("pk")[:1]:
        return forget_some(file)
    forget_uploads()
    return False


def forget_some(file: ImportedFile) -> bool:
    first = file.kept_lines.order_by("line").values_list("line", flat=True).first()
    if first is None:
        ImportedFile.objects.filter(pk=file.pk).update(lines=0)
    else:
        ImportedLine.objects.filter(file=file, line__lt=first + lines_a_step()).delete()
    return True


def forget_uploads() -> None:
    """Those of a file that is still to be read, or may be read anew, stay."""
    unconfirmed = ImportedFile.objects.filter(state__in=(State.CHECKING, State.CHECKED))
    wanted = set(unconfirmed.values_list("stored_as", flat=True))
    before = time.time() - STRAY_SECONDS
    for place in folder().glob("*"):
        if place.name not in wanted and place.stat().st_mtime < before:
            place.unlink(missing_ok=True)
