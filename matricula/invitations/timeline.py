"""What became of an invitation: its steps in the order of time, and many of them as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from matricula.audit.models import Entry
from matricula.invitations.models import INVITATION, REMINDER, Invitation
from matricula.invitations.queries import STATES, state_of
from matricula.mail.models import Letter
from matricula.organizations.models import Organization

READ_AT_ONCE = 1_000
MOST_LETTERS = 100


@dataclass(frozen=True)
class Step:
    """One thing that happened. `more` is what else is worth saying: by whom, or the mail server's words."""

    at: datetime
    what: str
    more: str = ""
    look: str = "line"


def steps_of(invitation: Invitation) -> list[Step]:
    """From when it was made to its end: what the audit log, the letters and the invitation itself tell.

    Which account joined is not told: the address may be one that the company does not know that person by.
    """
    steps = [*told_by_row(invitation), *told_by_letters(invitation), *told_by_log(invitation)]
    return sorted(steps, key=lambda step: step.at)


def told_by_row(invitation: Invitation) -> Iterator[Step]:
    by = invitation.invited_by.full_name if invitation.invited_by else ""
    yield Step(invitation.created_at, _("Invited"), by and _("by %s") % by)
    if invitation.opened_at:
        yield Step(invitation.opened_at, _("Link opened"), look="info")
    if invitation.answered_at:
        state = state_of(invitation)
        looks = {"joined": "good", "declined": "warn"}
        yield Step(invitation.answered_at, str(STATES[state]).capitalize(), look=looks.get(state, "line"))
    elif invitation.is_expired:
        yield Step(invitation.expires_at, _("Expired"), look="warn")


def told_by_letters(invitation: Invitation) -> Iterator[Step]:
    letters = Letter.objects.filter(kind__in=[INVITATION, REMINDER], reference=invitation.pk)
    for letter in letters.order_by("pk")[:MOST_LETTERS]:
        name = _("Reminder") if letter.kind == REMINDER else _("Letter")
        if letter.state in Letter.UNDELIVERED:
            what = _("%s could not be delivered") if letter.state == "failed" else _("%s came back")
            yield Step(letter.ended_at or letter.queued_at, what % name, letter.error, "bad")
        elif letter.state == Letter.State.SENT:
            yield Step(letter.ended_at or letter.queued_at, _("%s sent") % name)
        else:
            yield Step(letter.queued_at, _("%s waits to be sent") % name, letter.error)


def told_by_log(invitation: Invitation) -> Iterator[Step]:
    words = {
        "invitation.sent_again": _("Asked to be sent again"),
        "invitation.group_added": _("Added to a group"),
    }
    lines = Entry.objects.filter(
        organization_id=invitation.organization_id,
        subject_type=Invitation._meta.label_lower,
        subject_id=invitation.pk,
        verb__in=words,
    )
    for line in lines.select_related("actor").order_by("pk"):
        yield Step(line.at, words[line.verb], line.who and _("by %s") % line.who)


def invitation_table(rows: QuerySet[Invitation], organization: Organization) -> Iterator[list[object]]:
    """The newest first, some at a time: however many there are, no more are in memory. Days and times are
    those where the organization is. E-mail, name and groups are read back in by an import.
    """
    yield [
        *("email", "name", "groups"),
        *(_("Program"), _("State"), _("Invited"), _("Sent"), _("Opened"), _("Answered"), _("Open until")),
    ]
    zone, before = ZoneInfo(organization.time_zone), None
    rows = rows.select_related("program").prefetch_related("groups").order_by("-pk")
    while some := list((rows if before is None else rows.filter(pk__lt=before))[:READ_AT_ONCE]):
        yield from (invitation_line(one, zone) for one in some)
        before = some[-1].pk


def invitation_line(one: Invitation, zone: ZoneInfo) -> list[object]:
    times = (one.created_at, one.sent_at, one.opened_at, one.answered_at, one.expires_at)
    groups = "; ".join(sorted(group.name for group in one.groups.all()))
    words = [one.address, one.name, groups, one.program.name, str(STATES[state_of(one)])]
    return [*words, *(local_time(time, zone) for time in times)]


def local_time(moment: datetime | None, zone: ZoneInfo) -> str:
    return timezone.localtime(moment, zone).isoformat(sep=" ", timespec="minutes") if moment else ""
