"""How long an organization keeps what it needs no longer: its own rules, beside the site's (decision 55).

A room says in its `retention.py` what may be forgotten (`keeps`). A rule takes effect in the night: a job for
each carries it out, some rows at a time.
"""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from matricula.accounts.models import Account
from matricula.audit.models import record
from matricula.db.days import MOMENT, day_there, end_of_day
from matricula.jobs.models import Job
from matricula.jobs.queue import enqueue
from matricula.organizations.models import Organization, RetentionRule
from matricula.organizations.ownership import hold_organization, owners_of, write_to_holders

FORGET = "organizations.forget"
CHANGED = "organizations.retention_changed"
NIGHT = time(2, 45)
"""UTC: after the rules of the site."""
MOST_COUNTED = 100_000
Words = Callable[[int, date], str]


@dataclass(frozen=True)
class Act:
    """One thing a rule has done, to the rows that `rows` gives of an organization, the moment before which
    all goes, and the moment when it is done. `carry_out` does some of it, and says to how many, and whether
    there may be more."""

    key: str
    words: Words
    """Of how many, and the first day that stays."""
    rows: Callable[[Organization, datetime, datetime], "QuerySet[Any]"]
    carry_out: Callable[[Organization, datetime, datetime], tuple[int, bool]]
    told: Callable[[list[Any]], list[tuple[str, str, datetime | None]]]
    """Of rows for a list: who or what, a second word, and since when."""


@dataclass(frozen=True)
class Subject:
    """What may be kept for so many of `months`, as the owners choose; `otherwise` says what holds without.
    Its words are lazy."""

    key: str
    place: int
    label: Any
    help: Any
    otherwise: Any
    months: tuple[int, ...]
    acts: tuple[Act, ...]


_subjects: dict[str, Subject] = {}


def keeps(subject: Subject) -> None:
    """Register what an organization may have forgotten."""
    _subjects[subject.key] = subject


def known_subjects() -> list[Subject]:
    return sorted(_subjects.values(), key=lambda one: one.place)


# -- when -----------------------------------------------------------------------------------------


def next_night() -> datetime:
    now = timezone.now()
    tonight = datetime.combine(now.astimezone(UTC).date(), NIGHT, tzinfo=UTC)
    return tonight if tonight > now else tonight + timedelta(days=1)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or the last one of that month."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def first_kept_day(organization: Organization, months: int, at: datetime) -> date:
    return months_before(day_there(at, organization.time_zone), months)


def edge(organization: Organization, months: int, at: datetime) -> datetime:
    """What was before it goes when a rule is carried out `at`: the midnight with which a day begins there."""
    return start_of_day(first_kept_day(organization, months, at), organization.time_zone)


def start_of_day(day: date, zone: str) -> datetime:
    return end_of_day(day - timedelta(days=1), zone) + MOMENT


# -- what the next night would do -----------------------------------------------------------------


@dataclass(frozen=True)
class Foreseen:
    """What an act would do in the next night, to `count` rows or to more."""

    subject: Subject
    act: Act
    count: int
    day: date

    @property
    def more(self) -> bool:
        return self.count > MOST_COUNTED

    @property
    def words(self) -> str:
        return self.act.words(min(self.count, MOST_COUNTED), self.day)


def foresee(organization: Organization, months: Mapping[str, int | None]) -> list[Foreseen]:
    """By the rules in `months`, by subject."""
    night = next_night()
    found = []
    for subject in known_subjects():
        kept = months.get(subject.key)
        if not kept:
            continue
        before, day = edge(organization, kept, night), first_kept_day(organization, kept, night)
        for act in subject.acts:
            rows = act.rows(organization, before, night).order_by()
            found.append(Foreseen(subject, act, rows[: MOST_COUNTED + 1].count(), day))
    return found


def rules_of(organization: Organization) -> dict[str, RetentionRule]:
    return {one.subject: one for one in RetentionRule.objects.filter(organization=organization)}


def months_of(organization: Organization) -> dict[str, int | None]:
    """By subject; None where nothing is said."""
    rules = rules_of(organization)
    return {one.key: rules[one.key].months if one.key in rules else None for one in known_subjects()}


def shortened(before: Mapping[str, int | None], after: Mapping[str, int | None]) -> list[str]:
    """The subjects of which less is kept after than before."""
    return [
        key for key, months in after.items() if months and ((was := before.get(key)) is None or months < was)
    ]


@dataclass(frozen=True)
class LastNight:
    """What a rule did when it was carried out last."""

    at: datetime
    words: list[str]


def last_nights(organization: Organization) -> list[LastNight]:
    rules = rules_of(organization)
    told = []
    for subject in known_subjects():
        rule = rules.get(subject.key)
        if rule and rule.last_at:
            day = first_kept_day(organization, rule.months, rule.last_at)
            words = [one.words(rule.last_done.get(one.key, 0), day) for one in subject.acts]
            told.append(LastNight(rule.last_at, words))
    return told


# -- changing and carrying out --------------------------------------------------------------------


@transaction.atomic
def change_rules(
    *, organization: Organization, months: Mapping[str, int | None], actor: Account
) -> dict[str, int | None]:
    """What changed, by subject. The other owners are told by letter; the next night goes by it."""
    hold_organization(organization.pk)
    before = months_of(organization)
    changed = {key: kept for key, kept in months.items() if key in before and kept != before[key]}
    for key, kept in changed.items():
        which = RetentionRule.objects.filter(organization=organization, subject=key)
        if kept is None:
            which.delete()
        elif not which.update(months=kept):
            RetentionRule.objects.create(organization=organization, subject=key, months=kept)
    if changed:
        told = {"before": {key: before[key] for key in changed}, "after": dict(changed)}
        verb = "organization.retention_changed"
        record(verb, actor=actor, organization=organization, subject=organization, **told)
        others = owners_of(organization.pk).exclude(account=actor)
        context = {"by": actor.full_name, "changed": changed}
        write_to_holders(others, kind=CHANGED, reference=organization.pk, context=context)
    return changed


def ask_to_forget() -> None:
    """A job for every rule: of its organization, so that organizations take turns."""
    waiting = Job.objects.filter(kind=FORGET, state__in=(Job.State.QUEUED, Job.State.RUNNING))
    asked = set(waiting.values_list("reference", flat=True))
    for one in RetentionRule.objects.order_by("pk"):
        if one.pk not in asked:
            enqueue(FORGET, reference=one.pk, organization=one.organization_id)


def carry_out_some(job: Job) -> bool:
    """Some of what a rule has done, one act after the other; `job.place` says which. True while there is
    more. A step and its number are one transaction, so none counts twice."""
    rule = RetentionRule.objects.select_related("organization").filter(pk=job.reference or 0).first()
    acts = _subjects[rule.subject].acts if rule and rule.subject in _subjects else ()
    if rule is None or job.place >= len(acts):
        return False
    organization, act, now = rule.organization, acts[job.place], timezone.now()
    done, more = act.carry_out(organization, edge(organization, rule.months, now), now)
    note_done(rule, act.key, done, first=not job.steps)
    if not more:
        job.place += 1
    return job.place < len(acts)


def note_done(rule: RetentionRule, act: str, done: int, *, first: bool) -> None:
    counts = {} if first else dict(rule.last_done)
    counts[act] = counts.get(act, 0) + done
    RetentionRule.objects.filter(pk=rule.pk).update(last_done=counts, last_at=timezone.now())
