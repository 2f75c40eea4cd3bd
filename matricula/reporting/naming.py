"""What journal lines are about, in words: each kind of subject in one query, however many lines there are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db.models import QuerySet

from matricula.accounts.models import Account
from matricula.audit.models import Entry

Key = tuple[str, int]
NAMED_BY = {
    "programs.membership": "account__full_name",
    "programs.appointment": "address",
    "programs.group": "name",
    "programs.program": "name",
    "joining.invitation": "address",
    "joining.request": "address",
    "joining.directlink": "label",
    "joining.importedfile": "name",
    "joining.arrival": "account__full_name",
    "learning.enrolment": "course__title",
    "credentials.certificate": "title",
    "catalog.course": "title",
    "catalog.courseupload": "name",
    "catalog.specialization": "title",
    "organizations.organization": "name",
    "organizations.affiliation": "account__full_name",
    "organizations.role": "account__full_name",
    "accounts.account": "full_name",
}
"""Where the name of each kind of subject stands."""
SHOWN = ("role", "state", "name", "title", "address", "reason", "letters", "seats")
"""What is told of before and after: the rest are numbers of rows."""


@dataclass(frozen=True)
class Line:
    """A journal line in words. `about` is "" when its subject is gone or has no name."""

    entry: Entry
    what: str
    about: str
    details: str


def in_words(entries: Iterable[Entry]) -> list[Line]:
    lines = list(entries)
    names, people = subject_names(lines), account_names(lines)
    return [
        Line(one, words_of(one.verb), names.get(key_of(one)) or people.get(account_of(one), ""), details(one))
        for one in lines
    ]


def key_of(entry: Entry) -> Key:
    return entry.subject_type, entry.subject_id or 0


def account_of(entry: Entry) -> int:
    """Whom a line tells of whose subject has gone: a role that was taken away."""
    told = entry.after.get("account")
    return told if isinstance(told, int) else 0


def subject_names(entries: list[Entry]) -> dict[Key, str]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        wanted[entry.subject_type].add(entry.subject_id or 0)
    found: dict[Key, str] = {}
    for kind in wanted.keys() & NAMED_BY.keys():
        rows: QuerySet[Account] = apps.get_model(kind)._default_manager.filter(pk__in=wanted[kind])
        found |= {(kind, pk): str(name or "") for pk, name in rows.values_list("pk", NAMED_BY[kind])}
    return found


def account_names(entries: list[Entry]) -> dict[int, str]:
    wanted = {account_of(one) for one in entries} - {0}
    return dict(Account.objects.filter(pk__in=wanted).values_list("pk", "full_name")) if wanted else {}


def words_of(verb: str) -> str:
    """`group.manager_named` as "Group: manager named"."""
    noun, _dot, done = verb.partition(".")
    return f"{noun.replace('_', ' ').capitalize()}: {done.replace('_', ' ')}" if done else noun


def details(entry: Entry) -> str:
    """What changed, as far as words tell it: "role: viewer → owner"."""
    told = []
    for name in SHOWN:
        before, after = entry.before.get(name), entry.after.get(name)
        if after not in (None, "") or before not in (None, ""):
            values = [plain(one) for one in (before, after) if one not in (None, "")]
            told.append(f"{name}: {' → '.join(dict.fromkeys(values))}")
    return ", ".join(told)


def plain(value: object) -> str:
    return str(value).replace("_", " ")[:120]
