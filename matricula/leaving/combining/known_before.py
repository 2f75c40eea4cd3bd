"""What an organization reads of a combining, on the person's page: only of entries that it knew itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from matricula.accounts.models import Account
from matricula.leaving.combining.lines import MOVED, SET_ASIDE
from matricula.leaving.models import Combining, CombiningLine
from matricula.organizations.models import Affiliation, Role
from matricula.programs.models import Membership
from matricula.web.table_rows import Calendar

MEMBERSHIPS = Membership._meta.db_table
TIES = Affiliation._meta.db_table


@dataclass(frozen=True)
class Moved:
    """Memberships that are the person's by one combining: moved, or with a counterpart that was set aside."""

    combining: Combining
    moved: frozenset[int]
    doubled: frozenset[int]


def combined_entries(role: Role, account: Account) -> list[str]:
    """A note for each account that the person gave up for this one, as far as the role knew it."""
    combinings = list(Combining.objects.standing().filter(kept=account).select_related("given_up"))
    if not combinings:
        return []
    shown = dict(Membership.objects.shown_to(role).filter(account=account).values_list("pk", "joined_at"))
    moves = moved_by(combinings, shown)
    notes = []
    for n, one in enumerate(moves):
        since = {pk for later in moves[n:] for pk in later.moved}
        own = [pk for pk, joined in shown.items() if pk not in since and joined < one.combining.made_at]
        if one.moved or one.doubled:
            notes.append(note_of(role, one.combining, knew_both=bool(own or one.doubled)))
    return notes


def moved_by(combinings: Sequence[Combining], shown: Collection[int]) -> list[Moved]:
    """In the order in which they were made; in one query."""
    lines = CombiningLine.objects.filter(
        combining__in=combinings, table_name=MEMBERSHIPS, act__in=(MOVED, SET_ASIDE)
    )
    found = list(lines.values_list("combining", "act", "row_id", "counterpart"))
    return [
        Moved(
            combining=one,
            moved=frozenset(row for own, act, row, _beside in found if own == one.pk and act == MOVED)
            & frozenset(shown),
            doubled=frozenset(
                beside for own, act, _row, beside in found if own == one.pk and act == SET_ASIDE and beside
            )
            & frozenset(shown),
        )
        for one in sorted(combinings, key=lambda one: one.pk)
    ]


def note_of(role: Role, combining: Combining, *, knew_both: bool) -> str:
    """Whoever knew only the account given up learns that it is the same person, and not since when there was
    another one."""
    calendar = Calendar()
    day = calendar.day(combining.made_at)
    if not knew_both:
        return _("%(day)s: now reached by another account of the same person.") % {"day": day}
    entry = entry_of(role, combining)
    if not combining.is_open:
        return _("%(day)s: combined with the entry %(entry)s.") % {"day": day, "entry": entry}
    words = _("%(day)s: combined with the entry %(entry)s. Undo open until %(until)s.")
    return words % {"day": day, "entry": entry, "until": calendar.day(combining.undo_until)}


def entry_of(role: Role, combining: Combining) -> str:
    """The name of the account given up, with the work e-mail that the organization had for it."""
    lines = CombiningLine.objects.filter(combining=combining, table_name=TIES, act__in=(MOVED, SET_ASIDE))
    moved = lines.values("row_id")
    own = Affiliation.objects.filter(organization=role.organization_id)
    ties = own.filter(pk__in=moved) | own.filter(account=combining.given_up_id)
    email = ties.live_first().values_list("work_email", flat=True).first()
    name = combining.given_up.full_name
    return f"{name} ({email})" if email else name
