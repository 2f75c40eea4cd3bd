"""What the page of a person says of a departure that is held: to the company, and to the person."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matricula.accounts.models import Account
from matricula.leaving.offboarding.models import HeldDeparture
from matricula.organizations.models import Role
from matricula.programs.models import Membership


def held_departures(role: Role, account: Account) -> list[str]:
    shown = Membership.objects.shown_to(role).filter(account=account)
    rows = HeldDeparture.objects.waiting().filter(membership__in=shown)
    told = rows.select_related("membership__program", "organization").order_by("pk")
    words = _("Leaves %(program)s at the end of %(day)s. Until then nothing changes.")
    return [
        words % {"program": one.membership.program.name, "day": date_format(one.until, "SHORT_DATE_FORMAT")}
        for one in told
    ]
