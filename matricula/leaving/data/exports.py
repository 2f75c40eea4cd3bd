"""Asking for one's data, and the end of a file of it."""

import secrets
import shutil
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import time

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from matricula.accounts.mailboxes import addresses_reaching, hold_live_account
from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.jobs.models import Job
from matricula.jobs.queue import enqueue
from matricula.leaving.models import DATA_DAYS, DataExport
from matricula.leaving.work_emails import work_emails
from matricula.mail.models import Letter
from matricula.security.throttling import Limit, Tally, spend

JOB, LETTER = "leaving.data", "leaving.data_file"
QUEUE = "data of people"
"""One at a time, a step each, so that other work never waits for more than a step of one."""
EXPORTS = Limit("data-export")
KEPT = timedelta(days=DATA_DAYS)
STRAY_SECONDS = 24 * 3600
AT_ONCE = 100
State = DataExport.State


def export_folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def place_of(export: DataExport) -> Path:
    """Where the file is once it is whole."""
    return export_folder() / f"{export.stored_as}.zip"


def parts_folder(export: DataExport) -> Path:
    """The folder in which it is put together."""
    return export_folder() / export.stored_as


@transaction.atomic
def ask_for_data(*, account: Account) -> DataExport:
    """Have a file made of all that is known of the person; the one that is under way, if there is one. A file
    made before goes. Raises TooManyTries, AccountCombined.
    """
    hold_live_account(account.pk)
    under_way = DataExport.objects.under_way().filter(account=account).first()
    if under_way:
        return under_way
    spend([Tally(EXPORTS, account.pk)])
    end_exports([account.pk])
    export = DataExport.objects.create(account=account, stored_as=secrets.token_urlsafe(32))
    enqueue(JOB, reference=export.pk, queue=QUEUE)
    record("data.asked", actor=account, subject=account)
    return export


def end_exports(accounts: Collection[int]) -> None:
    """No file of these is made or kept any longer. Call it inside the transaction of what ends it."""
    live = DataExport.objects.live().filter(account__in=accounts)
    for one in list(live.select_for_update(of=("self",), no_key=True).order_by("pk")):
        if live.filter(pk=one.pk).update(state=State.GONE):
            let_file_go(one)


def let_file_go(export: DataExport) -> None:
    """With the parts of it, as soon as that is certain."""
    transaction.on_commit(partial(remove_files, export))


def remove_files(export: DataExport) -> None:
    place_of(export).unlink(missing_ok=True)
    shutil.rmtree(parts_folder(export), ignore_errors=True)


@transaction.atomic
def fail_export(job: Job) -> None:
    """Its job met a fault again and again."""
    rows = DataExport.objects.under_way().filter(pk=job.reference or 0)
    for one in rows.select_related("account"):
        if rows.filter(pk=one.pk).update(state=State.FAILED):
            let_file_go(one)
            tell_of_file(one, "failed")


def tell_of_file(export: DataExport, news: str) -> None:
    """`news`: ready, or failed."""
    for address in address_to_tell(export.account):
        Letter.objects.create(
            kind=LETTER,
            to=address,
            language=export.account.language,
            reference=export.pk,
            context={"news": news},
        )


def address_to_tell(account: Account) -> list[str]:
    """One that is the person's own, the primary one first: a work e-mail only where there is no other. None
    of an account that no mailbox is known to reach.
    """
    rows = list(account.addresses.lasting().order_by("-is_primary", "pk"))
    work = work_emails((account.pk,), [one.canonical for one in rows])
    own = [one.address for one in rows if one.canonical not in work]
    reaching = [address for address, _language in addresses_reaching([account.pk]).values()]
    return (own or reaching)[:1]


def forget_exports(before: timedelta = KEPT) -> bool:
    """Those whose days are over, with their files; and files of none. True when there may be more."""
    then = timezone.now() - before
    over = DataExport.objects.filter(Q(ready_at__lt=then) | Q(ready_at=None, asked_at__lt=then))
    some = list(over.order_by("pk")[:AT_ONCE])
    for one in some:
        remove_files(one)
    over.filter(pk__in=[one.pk for one in some]).delete()
    if not some:
        remove_strays()
    return len(some) == AT_ONCE


def remove_strays() -> None:
    """What a worker that was killed, or a disk that let nothing go, left behind."""
    wanted = set(DataExport.objects.live().values_list("stored_as", flat=True))
    before = time() - STRAY_SECONDS
    for place in export_folder().glob("*"):
        if place.name.partition(".")[0] in wanted or place.stat().st_mtime > before:
            continue
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
