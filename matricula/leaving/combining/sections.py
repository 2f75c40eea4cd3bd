"""The lines of a plan or of a ledger in words, for the person whose accounts they are about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from matricula.accounts.models import Account, EmailAddress
from matricula.credentials.models import Certificate
from matricula.invitations.models import Invitation
from matricula.learning.models import Enrolment, Progress, SpecializationEnrolment
from matricula.leaving.combining.lines import CHANGED, MOVED, REMOVED, SET_ASIDE, UNITED, Line
from matricula.leaving.combining.reading_back import FULL
from matricula.leaving.models import CombiningLine
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.programs.models import Membership

AnyLine = Line | CombiningLine
OUTCOMES = {
    "": "",
    "back": lazy("goes back"),
    "kept": lazy("stays: it changed since"),
    "lost": lazy("cannot go back"),
}
WHYS = {"full": lazy("no free seat"), "taken": lazy("taken by another account"), "gone": lazy("gone")}
NO_SEAT = lazy("Its seat was taken meanwhile. You would be out of it, and its administrators would be asked.")
NO_SEAT_THEN = lazy("Its seat had been taken. You are out of it, and its administrators were asked for one.")
PAST = {"": "", **dict(CombiningLine.Undone.choices)}


@dataclass(frozen=True)
class Told:
    """One thing, and what becomes of it. `choice`: the id of an address that may be kept from logging in."""

    what: str
    becomes: str
    choice: int = 0
    outcome: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    told: Sequence[Told]
    note: str = ""


@dataclass
class Telling:
    """Lines with the rows they are about, each table read once. `outcomes` by line: what undo makes of it, or
    made."""

    kept: Account
    given_up: Account
    lines: Sequence[AnyLine]
    outcomes: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    is_undone: bool = False

    def __post_init__(self) -> None:
        self.by_table: dict[str, list[AnyLine]] = defaultdict(list)
        for one in self.lines:
            self.by_table[one.table_name].append(one)

    @property
    def is_stored(self) -> bool:
        """Whether the two are one already, or were."""
        return any(isinstance(one, CombiningLine) for one in self.lines[:1])

    def of(self, model: type[Model], *acts: str) -> list[AnyLine]:
        return [one for one in self.by_table[model._meta.db_table] if one.act in acts]

    def named(self, model: type[Model], name: str, *acts: str) -> list[tuple[AnyLine, str]]:
        """Lines of a table with what their rows are called, in the order of that."""
        lines = self.of(model, *acts)
        rows = model._default_manager.filter(pk__in=[one.row_id for one in lines])
        names = dict(rows.values_list("pk", name))
        found = [(one, str(names[one.row_id])) for one in lines if names.get(one.row_id)]
        return sorted(found, key=lambda pair: pair[1].casefold())

    def told(self, line: AnyLine, what: str, becomes: str, choice: int = 0) -> Told:
        outcome, why = self.outcomes.get(getattr(line, "pk", 0), ("", ""))
        words = PAST if self.is_undone else OUTCOMES
        if why == FULL:
            becomes = str(NO_SEAT_THEN if self.is_undone else NO_SEAT)
        return Told(what, becomes, choice, str(WHYS.get(why, words[outcome])))


def sections_of(telling: Telling) -> list[Section]:
    """Those that have something to say."""
    made = (
        Section(_("How you log in"), addresses_told(telling)),
        Section(_("Companies and programs"), [*ties_told(telling), *memberships_told(telling)]),
        Section(_("Courses"), courses_told(telling)),
        Section(_("Specializations"), series_told(telling)),
        Section(_("Certificates"), certificates_told(telling), certificates_note()),
        Section(_("Roles"), roles_told(telling)),
        Section(_("What your companies will see"), seen_told(telling)),
        Section(_("What stays where it is"), staying_told(telling)),
    )
    return [one for one in made if one.told]


def addresses_told(telling: Telling) -> list[Told]:
    return [address_told(telling, one) for one in telling.of(EmailAddress, MOVED, REMOVED, CHANGED)]


def address_told(telling: Telling, line: AnyLine) -> Told:
    address = str(line.before.get("address") or listed_address(line.row_id))
    if line.reason == "twin":
        return telling.told(line, address, _("Listed here without proof; the proven one comes along."))
    if line.act == REMOVED:
        why = {
            "entry": _("Does not stay: its company knows you by your other work e-mail from then on."),
            "left": _("Does not come along: you left that company."),
            "unconfirmed": _("Does not come along: it was never confirmed."),
        }
        return telling.told(line, address, why.get(line.reason, ""))
    if line.reason == "work":
        words = _("Work e-mail. It stays for your company's letters, and logs you in no longer.")
        return telling.told(line, address, words)
    if line.before.get("signs_in"):
        return telling.told(line, address, _("Comes along."), choice=line.row_id)
    return telling.told(line, address, _("Comes along. It does not log you in, as before."))


def listed_address(row: int) -> str:
    found = EmailAddress.objects.filter(pk=row).values_list("address", flat=True).first()
    return found or _("an address")


def ties_told(telling: Telling) -> list[Told]:
    name = "organization__name"
    moved = telling.named(Affiliation, name, MOVED)
    twice = telling.named(Affiliation, name, SET_ASIDE)
    renamed = telling.named(Affiliation, name, CHANGED)
    rows = Affiliation.objects.filter(pk__in=[one.row_id for one, _name in twice])
    emails = dict(rows.values_list("pk", "work_email"))
    ends = _("You are there twice. The entry with %(address)s ends.")
    words = _("It knows you by %(address)s, the work e-mail of the other entry.")
    return [
        *(telling.told(one, name, _("Your entry there comes along.")) for one, name in moved),
        *(telling.told(one, name, ends % {"address": emails[one.row_id]}) for one, name in twice),
        *(
            telling.told(one, name, words % {"address": one.after.get("work_email", "")})
            for one, name in renamed
        ),
    ]


def memberships_told(telling: Telling) -> list[Told]:
    moved = telling.named(Membership, "program__name", MOVED)
    twice = telling.named(Membership, "program__name", SET_ASIDE)
    settled = telling.named(Invitation, "program__name", CHANGED)
    return [
        *(telling.told(one, name, _("Comes along.")) for one, name in moved),
        *(telling.told(one, name, _("You are there in both. It stays once.")) for one, name in twice),
        *(
            telling.told(one, name, _("Your invitation there is answered: you are in."))
            for one, name in settled
        ),
    ]


def courses_told(telling: Telling) -> list[Told]:
    """Those of both first, each told for itself."""
    doubled = telling.named(Enrolment, "course__title", SET_ASIDE)
    changed = {one.row_id: one for one in telling.of(Enrolment, CHANGED)}
    counted = Counted.of([] if telling.is_stored else [one for one, _name in doubled])
    both = [
        telling.told(one, name, course_words(one, changed.get(one.counterpart or 0), counted))
        for one, name in doubled
    ]
    alone = telling.named(Enrolment, "course__title", MOVED)
    return both + [telling.told(one, name, _("Comes along as it is.")) for one, name in alone]


@dataclass(frozen=True)
class Counted:
    """Of courses that both accounts have: the lessons done, by enrolment, and which are completed. Empty once
    the two are one, when nobody can tell any more."""

    lessons: Mapping[int, set[int]]
    completed: frozenset[int]

    @classmethod
    def of(cls, lines: Iterable[AnyLine]) -> Self:
        ids = [pk for one in lines for pk in (one.row_id, one.counterpart or 0)]
        found: dict[int, set[int]] = defaultdict(set)
        rows = Progress.objects.filter(enrolment__pk__any_of=ids, done_at__isnull=False)
        for enrolment, lesson in rows.values_list("enrolment", "lesson"):
            found[enrolment].add(lesson)
        completed = Enrolment.objects.filter(pk__any_of=ids, completed_at__isnull=False)
        return cls(found, frozenset(completed.values_list("pk", flat=True)))


def course_words(line: AnyLine, changed: AnyLine | None, counted: Counted) -> str:
    if changed and changed.reason == UNITED:
        return _("The lessons of both make it complete. The certificate follows once this cannot be undone.")
    if not counted.lessons:
        return _("You began it in both. It goes on as one, with the better of each lesson.")
    here, there = (counted.lessons.get(pk, set()) for pk in (line.counterpart or 0, line.row_id))
    if counted.completed & {line.row_id, line.counterpart}:
        return _("Stays completed. What you did in the other account is kept as history.")
    words = _("Lessons done here: %(here)d, there: %(there)d. Together: %(all)d.")
    return words % {"here": len(here), "there": len(there), "all": len(here | there)}


def series_told(telling: Telling) -> list[Told]:
    title = "specialization__title"
    moved = telling.named(SpecializationEnrolment, title, MOVED)
    twice = telling.named(SpecializationEnrolment, title, SET_ASIDE)
    return [
        *(telling.told(one, name, _("Comes along.")) for one, name in moved),
        *(telling.told(one, name, _("You began it in both. It goes on as one.")) for one, name in twice),
    ]


def certificates_told(telling: Telling) -> list[Told]:
    lines = telling.named(Certificate, "title", MOVED)
    return [telling.told(one, name, _("Comes along, at its address.")) for one, name in lines]


def certificates_note() -> str:
    return _("All certificates of both stay valid, with the names and numbers they show.")


def roles_told(telling: Telling) -> list[Told]:
    lines = telling.named(Role, "organization__name", MOVED)
    return [telling.told(one, name, _("Your role there comes along.")) for one, name in lines]


def seen_told(telling: Telling) -> list[Told]:
    """Whoever knew the account given up knows the other name from now on, and nothing else."""
    if telling.kept.full_name == telling.given_up.full_name:
        return []
    rows = [one.row_id for one in telling.of(Membership, MOVED, SET_ASIDE)]
    names = Organization.objects.filter(programs__memberships__in=rows).distinct().order_by("name")
    words = _(
        "Will see the name %(kept)s instead of %(given_up)s. It sees no other address and no other company."
    )
    named = {"kept": telling.kept.full_name, "given_up": telling.given_up.full_name}
    return [Told(one.name, words % named) for one in names]


def staying_told(telling: Telling) -> list[Told]:
    factors = telling.given_up.second_factors.count()
    told = []
    if factors:
        what = ngettext("%(count)d second factor", "%(count)d second factors", factors) % {"count": factors}
        words = _("Stays behind: it opens only the account it was made for. Add a new one afterwards.")
        told.append(Told(what, words))
    words = _(
        "Stays sealed until this can no longer be undone. You log in with the one of the account you keep."
    )
    told.append(Told(_("The other password"), words))
    return told
