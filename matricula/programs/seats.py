"""Telling the administrators that seats run out: at 80 percent, and when the last one is taken."""

from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.organizations.ownership import administering_roles, write_to_holders
from matricula.programs.models import Program

SEATS = "programs.seats"
LEVELS = (100, 80)
"""Percent of the seats, the highest first."""


def level_of(program: Program) -> int:
    """100, 80 or 0."""
    if program.seats is None:
        return 0
    return next((one for one in LEVELS if program.seats_used * 100 >= one * program.seats), 0)


def notice_seats(program: Program) -> None:
    """One letter a level: the guarded update lets the first of many takers write it."""
    if program.seats is None:
        return
    program.refresh_from_db(fields=["seats", "seats_used"])
    level = level_of(program)
    rows = Program.objects.filter(pk=program.pk, seats_noticed__lt=level)
    if level and rows.update(seats_noticed=level):
        administrators = administering_roles(program.organization_id)
        write_to_holders(administrators, kind=SEATS, reference=program.pk, context={"level": level})


def forget_notices(program: Program) -> None:
    """Seats became free or more: the next shortage is told anew."""
    program.refresh_from_db(fields=["seats", "seats_used"])
    Program.objects.filter(pk=program.pk, seats_noticed__gt=level_of(program)).update(
        seats_noticed=level_of(program)
    )


def forget_notices_of(programs: "QuerySet[Program]") -> None:
    """The same for many at once, where one account left them all."""
    first, second = LEVELS
    used = F("seats_used") * 100.0
    level = Case(
        When(seats__isnull=True, then=Value(0)),
        When(condition=GreaterThanOrEqual(used, F("seats") * float(first)), then=Value(first)),
        When(condition=GreaterThanOrEqual(used, F("seats") * float(second)), then=Value(second)),
        default=Value(0),
    )
    programs.filter(seats_noticed__gt=level).update(seats_noticed=level)


def running_out(organization: int) -> list[Program]:
    """Programs of which the first notice is due."""
    rows = Program.objects.filter(organization=organization, seats_used__gte=F("seats") * (LEVELS[-1] / 100))
    return list(rows.order_by("name"))


def scarce_seats(program: Program, invited: int) -> str:
    """A warning when so many cannot all join; "" when they can."""
    free = program.seats_free
    if free is None or invited <= free:
        return ""
    left = ngettext("%d seat is free.", "%d seats are free.", free) % free if free else _("No seat is free.")
    comes = _("Whoever comes to a full program is told so and asks you; the invitation stays open.")
    return f"{left} {comes}"
