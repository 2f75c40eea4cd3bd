"""Members as a table, the newest first, however many there are."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from matricula.organizations.models import Organization
from matricula.programs.models import Membership
from matricula.reporting.people import WORK_EMAIL

READ_AT_ONCE = 1_000


def member_table(rows: QuerySet[Membership], organization: Organization) -> Iterator[list[object]]:
    """Some at a time, so that no more are in memory. Days are those where the organization is."""
    yield [
        *(_("Name"), _("Work e-mail"), _("Program"), _("Groups"), _("State")),
        *(_("Joined"), _("Until"), _("Courses started"), _("Courses completed")),
    ]
    zone, before = ZoneInfo(organization.time_zone), None
    rows = rows.annotate(work_email=WORK_EMAIL).prefetch_related("groups").order_by("-pk")
    while some := list((rows if before is None else rows.filter(pk__lt=before))[:READ_AT_ONCE]):
        yield from (member_line(one, zone) for one in some)
        before = some[-1].pk


def member_line(one: Membership, zone: ZoneInfo) -> list[object]:
    groups = ", ".join(sorted(group.name for group in one.groups.all()))
    work_email = getattr(one, "work_email", "") or ""
    words = [one.account.full_name, work_email, one.program.name, groups, str(one.get_state_display())]
    joined = timezone.localtime(one.joined_at, zone).date().isoformat()
    until = timezone.localtime(one.left_at, zone).date().isoformat() if one.left_at else ""
    return [*words, joined, until, one.courses_started, one.courses_completed]
