"""Programs that require the company's own sign-in: where they open, and what must stay possible meanwhile.

Whatever changes this holds the organization's row first. Else of two who each take away what the other still
counts on, both would go on.
"""

from django.db.models import QuerySet
from django.http import HttpRequest

from matricula.identities.company_sessions import may_open
from matricula.identities.models import Connection
from matricula.identities.recovery_codes import owners_with_way_in
from matricula.organizations.models import Role
from matricula.organizations.ownership import hold_organization
from matricula.programs.errors import LastWayIn, NoCompanySignIn, NoOwnerWayIn, SignInRequired
from matricula.programs.models import Program


def is_admitted(request: HttpRequest, program: Program) -> bool:
    """Whether this browser has what the program requires: mostly nothing, else a sign-in of its company.

    It asks the database only of a program that requires one, or where a company alone says who this is.
    """
    return may_open(request, program.organization_id, requires_sign_in=program.requires_sign_in)


def requiring_programs(organization: int) -> QuerySet[Program]:
    """Those that require it. Ended ones too: a later last day opens them again."""
    return Program.objects.filter(organization=organization, requires_sign_in=True).order_by("name")


def check_requirement(*, organization: int, program: Program | None = None) -> None:
    """Before `program`, or one to be made, requires it from now on. Switching it off needs nothing.

    Raises NoCompanySignIn, NoOwnerWayIn.
    """
    hold_organization(organization)
    if program and Program.objects.filter(pk=program.pk, requires_sign_in=True).exists():
        return
    if not live_connections(organization).exists():
        raise NoCompanySignIn
    if not owners_with_way_in(organization).exists():
        raise NoOwnerWayIn


def spare_last_connection(connection: Connection) -> None:
    """Before it is switched off or removed. Raises SignInRequired."""
    hold_organization(connection.organization_id)
    live = live_connections(connection.organization_id)
    if not live.filter(pk=connection.pk).exists() or live.exclude(pk=connection.pk).exists():
        return
    programs = list(requiring_programs(connection.organization_id).values_list("name", flat=True))
    if programs:
        raise SignInRequired(programs)


def spare_last_way_in(role: Role) -> None:
    """Call it while the roles are held, before `role` ends or becomes a lesser one. Raises LastWayIn."""
    if not requiring_programs(role.organization_id).exists():
        return
    owners = owners_with_way_in(role.organization_id)
    if owners.filter(pk=role.pk).exists() and not owners.exclude(pk=role.pk).exists():
        raise LastWayIn


def has_live_connection(organization: int) -> bool:
    return live_connections(organization).exists()


def live_connections(organization: int) -> QuerySet[Connection]:
    return Connection.objects.live().filter(organization=organization)
