"""What whoever invites should know of a program's seats."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.programs.models import Program


def scarce_seats(program: Program, invited: int) -> str:
    """A warning when so many cannot all join; "" when they can."""
    free = program.seats_free
    if free is None or invited <= free:
        return ""
    left = ngettext("%d seat is free.", "%d seats are free.", free) % free if free else _("No seat is free.")
    comes = _("Whoever comes to a full program is told so and asks you; the invitation stays open.")
    return f"{left} {comes}"
