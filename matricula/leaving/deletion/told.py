"""What did not come back when a deletion was taken back, in words."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from matricula.identities.models import Identity
from matricula.leaving.combining.address_lines import ADDRESSES
from matricula.leaving.combining.program_lines import MEMBERS
from matricula.leaving.combining.reading_back import FULL, TAKEN
from matricula.leaving.deletion.plan import IDENTITIES, ROLES, TIES
from matricula.leaving.models import Deletion, DeletionLine
from matricula.organizations.models import Affiliation
from matricula.programs.models import Membership


class Lost(NamedTuple):
    what: str
    why: str


def what_did_not_come_back(deletion: Deletion) -> list[Lost]:
    """Of what has a name; each table read once."""
    rows = deletion.lines.exclude(undone__in=("", DeletionLine.Undone.BACK)).order_by("pk")
    lines = [one for one in rows if one.table_name in KINDS]
    names = {table: names_by_row(table, [one for one in lines if one.table_name == table]) for table in KINDS}
    return [Lost(names[one.table_name].get(one.row_id, ""), why_not(one)) for one in lines]


def names_by_row(table: str, lines: list[DeletionLine]) -> dict[int, str]:
    ids = [one.row_id for one in lines]
    if table == ADDRESSES:
        return {one.row_id: str(one.before.get("address", "")) for one in lines}
    if table == MEMBERS:
        return dict(Membership.objects.filter(pk__in=ids).values_list("pk", "program__name"))
    if table == TIES:
        return dict(Affiliation.objects.filter(pk__in=ids).values_list("pk", "work_email"))
    if table == IDENTITIES:
        found = Identity.objects.filter(pk__in=ids).values_list("pk", "connection__name")
        return {pk: _("Sign-in with %s") % name for pk, name in found}
    return {one.row_id: _("A role") for one in lines}


KINDS = (ADDRESSES, MEMBERS, TIES, IDENTITIES, ROLES)


def why_not(line: DeletionLine) -> str:
    if line.why == FULL:
        return _("Its seat was taken meanwhile. Its administrators were asked for another one.")
    if line.why == TAKEN and line.table_name == ADDRESSES:
        return _("Another account has proven this address meanwhile.")
    if line.why == TAKEN:
        return _("The company knows another account by your work e-mail now.")
    if line.undone == DeletionLine.Undone.LOST:
        return _("It is no longer there.")
    return _("It changed meanwhile, and stays as it is.")
