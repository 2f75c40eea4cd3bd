"""What stands against deleting an account: all of it at once, with the way that remains.

Shown before anything is asked for, and asked again inside the transaction.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from matricula.accounts.models import Account
from matricula.leaving.changed_hands import waits_until
from matricula.leaving.models import Combining
from matricula.organizations.models import Organization, Role
from matricula.programs.errors import LastWayIn
from matricula.programs.models import Program
from matricula.programs.sign_in_requirement import spare_last_way_in
from matricula.web.table_rows import Calendar


@dataclass(frozen=True)
class Obstacle:
    """What stands against it, in words, and the way: a sentence, and a page where there is one."""

    code: str
    words: str
    way: str
    page: str = ""
    label: str = ""
    until: datetime | None = None

    @property
    def when(self) -> str:
        return Calendar().day_and_time(self.until) if self.until else ""


def obstacles(account: Account, *, sure_since: datetime | None = None) -> list[Obstacle]:
    """`sure_since`: since when the account has the second factor that was shown, if one was.

    Inside the transaction call it with the organizations of its roles held.
    """
    found = [*of_site(account), *of_combinings(account), *of_ownership(account)]
    return [*found, *of_time(account, sure_since)]


def of_site(account: Account) -> Iterator[Obstacle]:
    if account.held_at:
        words = _("This account is being kept as it is for the time being.")
        yield Obstacle("held", words, _("Ask the people who run this site."))


def of_combinings(account: Account) -> Iterator[Obstacle]:
    """What came from another account could go back there: that is asked first."""
    for one in Combining.objects.open().filter(kept=account).select_related("given_up").order_by("-pk"):
        yield Obstacle(
            "undo_open",
            _("You combined %(name)s into this account, and that can still be undone.")
            % {"name": one.given_up.full_name},
            _("Undo it first, or wait."),
            reverse("leaving:combining", args=[one.public_id]),
            _("Look at it, and undo it"),
            one.undo_until,
        )


def of_ownership(account: Account) -> Iterator[Obstacle]:
    """No organization is left without an owner, or with owners who cannot get in."""
    owned = Role.objects.filter(account=account, kind=Role.Kind.OWNER)
    others = Role.objects.filter(
        organization=OuterRef("organization"), kind=Role.Kind.OWNER, account__is_active=True
    ).exclude(account=account)
    alone = owned.filter(~Exists(others))
    for one in Organization.objects.filter(pk__in=alone.values("organization")).order_by("name"):
        yield Obstacle(
            "last_owner",
            _("You are the only owner of %(organization)s.") % {"organization": one.name},
            _("Make somebody else an owner first."),
            reverse("administrators:administrators", args=[one.slug]),
            _("Administrators of %(organization)s") % {"organization": one.name},
        )
    requiring = Program.objects.filter(organization=OuterRef("organization"), requires_sign_in=True)
    for role in owned.filter(Exists(others), Exists(requiring)).select_related("organization"):
        try:
            spare_last_way_in(role)
        except LastWayIn as refusal:
            words = _("%(organization)s would be without an owner who gets in.")
            yield Obstacle("last_way_in", words % {"organization": role.organization.name}, str(refusal))


def of_time(account: Account, sure_since: datetime | None) -> Iterator[Obstacle]:
    """72 hours after the account may have changed hands, unless a factor older than that was shown."""
    until = waits_until(account, sure_since)
    if until:
        words = _("The password, a second factor or the primary address changed a short time ago.")
        way = _("For your safety this waits for three days.")
        yield Obstacle("changed", words, way, until=until)
