"""Whom the lines of a file name, and what would become of them: a few statements for thousands of lines."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from matricula.leaving.rehearsal.stranding import Stranding, strandings_of
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.peoplefile import Row
from matricula.programs.models import Membership

LINES_AT_ONCE = 2_000


class Verdict(TextChoices):
    """What would become of whom a line names."""

    LEAVES = "leaves", _("Leaves")
    STRANDED = "stranded", _("Would lose their only way in")
    STAYS = "stays", _("Has a role here")
    GONE = "gone", _("Has left already")
    UNKNOWN = "unknown", _("Not found")
    TWICE = "twice", _("Twice in the file")
    INVALID = "invalid", _("Not understood")


@dataclass(frozen=True)
class Judged:
    """A line with what is known of whom it names. `tie`: theirs to the organization, live."""

    line: int
    named: str
    verdict: Verdict
    tie: int | None = None
    why: str = ""

    @property
    def reason(self) -> str:
        return str(Stranding(self.why).label) if self.why else ""


@dataclass(frozen=True)
class Known:
    """What the organization knows of the people that some lines name."""

    by_address: dict[str, Affiliation]
    by_id: dict[str, Affiliation]
    gone: set[str]
    members: set[int]
    staying: set[int]
    stranded: dict[int, str]

    @classmethod
    def of(cls, organization: Organization, rows: Collection[Row]) -> "Known":
        names = {name for one in rows for name in (one.canonical, one.address) if name}
        named = Q(canonical__in=names) | Q(external_id__in=names)
        mine = Affiliation.objects.filter(named, organization=organization)
        ties, ended = mine.live(), mine.filter(ended_at__isnull=False)
        accounts = {one.account_id for one in ties}
        active = Membership.objects.active().filter(organization=organization, account__in=accounts)
        roles = Role.objects.filter(organization=organization, account__in=accounts)
        return cls(
            by_address={one.canonical: one for one in ties},
            by_id={one.external_id: one for one in ties if one.external_id},
            gone={one for pair in ended.values_list("canonical", "external_id") for one in pair if one},
            members=set(active.values_list("account", flat=True)),
            staying=set(roles.values_list("account", flat=True)),
            stranded=strandings_of(organization, accounts),
        )

    def judge(self, row: Row) -> Judged:
        """An external id is what stands where an address is looked for and is none."""
        tie = self.by_address.get(row.canonical) or self.by_id.get(row.address)
        if tie:
            return Judged(row.line, row.address, self.fate(tie), tie.pk, self.why(tie))
        if row.canonical in self.gone or row.address in self.gone:
            return Judged(row.line, row.address, Verdict.GONE)
        return Judged(row.line, row.address, Verdict.UNKNOWN if row.address else Verdict.INVALID)

    def fate(self, tie: Affiliation) -> Verdict:
        if tie.account_id in self.staying:
            return Verdict.STAYS
        if tie.account_id not in self.members:
            return Verdict.GONE
        return Verdict.STRANDED if tie.account_id in self.stranded else Verdict.LEAVES

    def why(self, tie: Affiliation) -> str:
        return self.stranded.get(tie.account_id, "") if self.fate(tie) is Verdict.STRANDED else ""


def judge_rows(organization: Organization, rows: Iterable[Row]) -> Iterator[Judged]:
    """Of a person who is named twice the first line counts."""
    seen: set[int] = set()
    rows = iter(rows)
    while some := list(islice(rows, LINES_AT_ONCE)):
        known = Known.of(organization, some)
        for one in map(known.judge, some):
            if one.tie in seen:
                yield Judged(one.line, one.named, Verdict.TWICE, one.tie)
                continue
            if one.tie:
                seen.add(one.tie)
            yield one
