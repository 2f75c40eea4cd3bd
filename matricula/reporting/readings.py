"""Noting who read what of people, and telling each person what concerns them.

Where the day's row is there already nothing is written, so that whoever reads all day waits for no writer.
Two at once make one row: the INSERT of the second does nothing.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from matricula.accounts.combined_accounts import accounts_of_person
from matricula.accounts.models import Account
from matricula.audit.models import acts_through
from matricula.invitations.models import ImportedFile, Invitation
from matricula.organizations.models import Organization, Role
from matricula.programs.models import Membership, Program
from matricula.reporting.models import How, ListReading, Read, Reading

What = ListReading.What


def note_reading(*, person: Account, reader: Account | None, role: Role, how: How) -> None:
    """Whoever looks at themselves is not told of it."""
    if person == reader:
        return
    note(Reading, {"person": person, **by_whom(role, reader, how)}, role=role.kind)


def note_list_reading(
    *,
    what: ListReading.What,
    about: Program | ImportedFile | None = None,
    reader: Account | None,
    role: Role,
    how: How,
    is_part: bool = False,
    people: int | None = None,
) -> None:
    """`about`: the program or file it is of; the whole organization without one."""
    read = {"what": what, "about": about.pk if about else 0, "is_part": is_part}
    note(
        ListReading,
        {**read, **by_whom(role, reader, how)},
        name=about.name if about else "",
        people=people,
        role=role.kind,
    )


def note(model: type[Read], once: dict[str, Any], **more: Any) -> None:
    """`once`: what there is one row of."""
    rows = model._default_manager
    if not rows.filter(**once).exists():
        rows.bulk_create([model(**once, **more)], ignore_conflicts=True)


def note_result_taken(*, file: ImportedFile, role: Role, **_: object) -> None:
    people = file.lines
    note_list_reading(what=What.FILE, about=file, people=people, reader=role.account, role=role, how=How.FILE)


def note_invitations_taken(*, role: Role, program: Program | None, is_part: bool, **_: object) -> None:
    note_list_reading(
        what=What.INVITATIONS, about=program, reader=role.account, role=role, how=How.FILE, is_part=is_part
    )


def by_whom(role: Role, reader: Account | None, how: How) -> dict[str, Any]:
    return {
        "organization": role.organization,
        "reader": reader,
        "how": how,
        "through": acts_through(),
        "day": today_in(role.organization),
    }


def today_in(organization: Organization) -> date:
    return timezone.localdate(timezone=ZoneInfo(organization.time_zone))


def readings_of(account: Account, organization: Organization) -> QuerySet[Reading]:
    """Of this account, and of those it took in: they are the same person's."""
    rows = Reading.objects.filter(person__in=accounts_of_person(account), organization=organization)
    return rows.select_related("reader")


def list_readings_with(
    memberships: Iterable[Membership], invitations: Iterable[Invitation], organization: Organization
) -> QuerySet[ListReading]:
    """Lists in which somebody with these stood when they were taken. Whoever left stands in them still."""
    theirs = Q(pk__in=[])
    for one in memberships:
        theirs |= Q(what=What.PEOPLE, about__in=(0, one.program_id), first_at__gte=one.joined_at)
        theirs |= Q(what=What.AUDIT, first_at__gte=one.joined_at)
    for invitation in invitations:
        since = {"first_at__gte": invitation.created_at}
        theirs |= Q(what=What.INVITATIONS, about__in=(0, invitation.program_id), **since)
        theirs |= Q(what=What.FILE, about=invitation.from_file_id or -1)
    return ListReading.objects.filter(theirs, organization=organization).select_related("reader")
