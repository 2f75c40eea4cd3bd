"""Memberships that undo could not give their seat back: their administrators are asked for one."""

from typing import Any

from django.db.models import QuerySet

from matricula.accounts.models import Account
from matricula.joining.models import SEAT_LOST
from matricula.joining.requests import file_request
from matricula.leaving.combining.reading_back import FULL
from matricula.organizations.models import Affiliation
from matricula.programs.models import Membership


def ask_for_seats(lines: "QuerySet[Any]") -> None:
    """As if the person had asked back by themselves, at the address by which the organization knows them."""
    lost = lines.filter(table_name=Membership._meta.db_table, why=FULL).values_list("row_id", flat=True)
    rows = Membership.objects.filter(pk__in=list(lost)).select_related("program", "account").order_by("pk")
    for one in rows:
        address = known_address(one.account, one.organization_id)
        if address:
            file_request(program=one.program, address=address, reason=SEAT_LOST, invitation=None)


def known_address(account: Account, organization: int) -> str:
    ties = Affiliation.objects.filter(account=account, organization=organization).exclude(work_email="")
    return ties.live_first().values_list("work_email", flat=True).first() or ""
