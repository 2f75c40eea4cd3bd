"""The question on a person's page: whether another entry with the same name is the same person."""

from django.conf import settings

from matricula.accounts.models import Account
from matricula.leaving.combining.reasons import OFF
from matricula.leaving.doubled.namesakes import namesakes_of
from matricula.organizations.access import MAY
from matricula.organizations.models import Affiliation, Role
from matricula.reporting.person_notes import Question

TEMPLATE = "leaving/parts/namesakes.html"


def ask_about_namesakes(role: Role, account: Account) -> list[Question]:
    """Nothing to managers of groups, who do not see everybody, and where nobody could combine."""
    if settings.COMBINING == OFF or role.kind not in MAY["overseeing"]:
        return []
    rows = Affiliation.objects.live().filter(organization=role.organization_id, account=account)
    tie = rows.select_related("account", "organization").first()
    found, more = namesakes_of(tie) if tie else ([], False)
    if tie is None or not found:
        return []
    values = {
        "organization": tie.organization,
        "tie": tie,
        "open": [one for one in found if not one.are_two],
        "two": [one for one in found if one.are_two],
        "more": more,
    }
    return [Question(TEMPLATE, values)]
