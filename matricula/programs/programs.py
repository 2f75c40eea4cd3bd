"""Making and changing programs."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.days import today_there
from matricula.organizations.models import Organization
from matricula.programs.errors import DayIsOver, EndsBeforeItBegins, ProgramNameTaken, SeatsInUse
from matricula.programs.models import Program
from matricula.programs.seats import forget_notices, notice_seats
from matricula.programs.sign_in_requirement import check_requirement

Values = dict[str, Any]
CHOICES = ("courses", "specializations")


@transaction.atomic
def make_program(*, organization: Organization, values: Values, actor: Account | None) -> Program:
    """Raises ProgramNameTaken when another program has the same address, EndsBeforeItBegins, DayIsOver,
    NoCompanySignIn, NoOwnerWayIn."""
    check_days(values, organization)
    if values.get("requires_sign_in"):
        check_requirement(organization=organization.pk)
    plain = {name: value for name, value in values.items() if name not in CHOICES}
    slug = slugify(values["name"])[:60] or "program"
    try:
        with transaction.atomic():
            program = Program.objects.create(organization=organization, slug=slug, **plain)
    except IntegrityError as taken:
        raise ProgramNameTaken from taken
    choose_courses(program, values)
    record(
        "program.made", actor=actor, organization=organization, subject=program, after=program_facts(values)
    )
    return program


@transaction.atomic
def change_program(*, program: Program, values: Values, actor: Account | None) -> None:
    """Raises SeatsInUse when `seats` are fewer than are taken, whoever joins at the same moment.

    Raises EndsBeforeItBegins, and DayIsOver unless the program has ended on that day already. Raises
    NoCompanySignIn, NoOwnerWayIn where it shall require the company's sign-in from now on.
    """
    if values.get("requires_sign_in"):
        check_requirement(organization=program.organization_id, program=program)
    days = {"starts_on": program.starts_on, "ends_on": program.ends_on, **values}
    check_days(days, program.organization, program.ends_on)
    before = {name: getattr(program, name) for name in values if name not in CHOICES}
    plain = {name: value for name, value in values.items() if name not in CHOICES}
    seats = values.get("seats")
    enough = Q() if seats is None else Q(seats_used__lte=seats)
    if plain and not Program.objects.filter(enough, pk=program.pk).update(**plain):
        raise SeatsInUse(Program.objects.values_list("seats_used", flat=True).get(pk=program.pk))
    choose_courses(program, values)
    forget_notices(program)
    notice_seats(program)
    record(
        "program.changed",
        actor=actor,
        organization=program.organization_id,
        subject=program,
        before=program_facts(before),
        after=program_facts(values),
    )


def check_days(values: Values, organization: Organization, ends_on_now: date | None = None) -> None:
    """Raises EndsBeforeItBegins, DayIsOver: where the organization is."""
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise EndsBeforeItBegins
    if ends_on and ends_on != ends_on_now and ends_on < today_there(organization.time_zone):
        raise DayIsOver


def choose_courses(program: Program, values: Values) -> None:
    """What was withdrawn from the catalog is no choice, but stays chosen for the day it comes back."""
    for name in CHOICES:
        if name in values:
            chosen = getattr(program, name)
            chosen.set([*values[name], *chosen.filter(withdrawn_at__isnull=False)])


def program_facts(values: Values) -> Values:
    """What the audit log keeps of them."""
    return {name: as_json(value) if value is not None else None for name, value in values.items()}


def as_json(value: Any) -> Any:
    """As JSON holds it: a day as ISO 8601 writes it, chosen rows by their ids."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int) else sorted(one.pk for one in value)
