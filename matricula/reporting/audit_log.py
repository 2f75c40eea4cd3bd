"""The audit log in words: each kind of subject in one query, however many entries there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matricula.accounts.models import Account
from matricula.audit.models import Entry
from matricula.organizations.models import Organization
from matricula.reporting.audit_words import ABOUT, change_in_words

Key = tuple[str, int]
NAMED_BY = {
    "programs.membership": "account__full_name",
    "roles.appointment": "address",
    "programs.group": "name",
    "programs.program": "name",
    "invitations.invitation": "address",
    "joining.request": "address",
    "joining.directlink": "label",
    "invitations.importedfile": "name",
    "joining.arrival": "account__full_name",
    "learning.enrolment": "course__title",
    "credentials.certificate": "title",
    "catalog.course": "title",
    "catalog.courseupload": "name",
    "catalog.specialization": "title",
    "organizations.organization": "name",
    "organizations.affiliation": "account__full_name",
    "organizations.domain": "name",
    "identities.connection": "name",
    "leaving.leaversfile": "name",
    "leaving.helddeparture": "membership__account__full_name",
    "identities.identity": "account__full_name",
    "organizations.role": "account__full_name",
    "accounts.account": "full_name",
}
"""Where the name of each kind of subject stands."""
SHOWN = {
    "role": _("role"),
    "state": _("state"),
    "name": _("name"),
    "title": _("title"),
    "address": _("address"),
    "reason": _("reason"),
    "letters": _("letters"),
    "seats": _("seats"),
    "act": _("what"),
    "rows": _("how many"),
    "starts_on": _("first day"),
    "ends_on": _("last day"),
    "invitation_days": _("days to answer"),
    "reminds": _("reminds people"),
    "trusts_the_link": _("trusts the link"),
    "open_to_sign_in": _("open to company sign-in"),
    "requires_sign_in": _("requires company sign-in"),
}
"""What is told of before and after, and what it is called: the rest are long texts and numbers of rows."""


@dataclass(frozen=True)
class EntryInWords:
    """An entry in words. `about` is "" when its subject is gone or has no name."""

    entry: Entry
    what: str
    about: str
    details: str


def in_words(entries: Iterable[Entry]) -> list[EntryInWords]:
    lines = list(entries)
    names, people = subject_names(lines), account_names(lines)
    return [
        EntryInWords(
            one,
            change_in_words(one.verb),
            names.get(key_of(one)) or people.get(account_of(one), ""),
            change_details(one),
        )
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


def change_details(entry: Entry) -> str:
    """What changed, as far as words tell it: "role: viewer → owner"."""
    told = []
    for name, words in SHOWN.items():
        sides = [side[name] for side in (entry.before, entry.after) if name in side]
        known = [plain_value(one) for one in sides]
        if any(sides) and known[1:] != known[:1]:
            told.append(f"{words}: {' → '.join(known)}")
    return ", ".join(told)


def plain_value(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return gettext("none") if value in (None, "") else str(value).replace("_", " ")[:120]


READ_AT_ONCE = 1_000
PAGE_SIZE = 20
"""Lines on a person's page."""


def matching_entries(organization: Organization, asked: Mapping[str, str]) -> QuerySet[Entry]:
    """`asked`: verb (its first word), person (public id), since and until (days)."""
    rows = Entry.objects.filter(organization_id=organization.pk).select_related("actor")
    if asked.get("verb") in ABOUT:
        rows = rows.filter(verb__startswith=asked["verb"] + ".")
    if asked.get("person"):
        rows = rows.filter(actor__public_id=asked["person"])
    since, until = day(asked.get("since")), day(asked.get("until"))
    rows = rows.filter(at__date__gte=since) if since else rows
    return rows.filter(at__date__lte=until) if until else rows


def newest_entries(organization: Organization, asked: Mapping[str, str], most: int) -> Iterator[Entry]:
    """The newest that fit `asked` as `matching_entries` takes it: those there are now, some at a time.

    By keyset, for a cursor would hold its connection as long as whoever reads takes.
    """
    rows = matching_entries(organization, asked).order_by("-pk")
    newest = rows.values_list("pk", flat=True).first() or 0
    return read_entries(rows, newest + 1, most)


def read_entries(rows: QuerySet[Entry], before: int, most: int) -> Iterator[Entry]:
    while most > 0 and (some := list(rows.filter(pk__lt=before)[: min(READ_AT_ONCE, most)])):
        yield from some
        before, most = some[-1].pk, most - len(some)


def newest_about(organization: Organization, subjects: Iterable[Model]) -> list[Entry]:
    """The newest lines about these rows."""
    return list(entries_about(organization, subjects).select_related("actor").order_by("-pk")[:PAGE_SIZE])


def entries_about(organization: Organization, subjects: Iterable[Model]) -> QuerySet[Entry]:
    kinds: dict[str, list[int]] = defaultdict(list)
    for one in subjects:
        kinds[one._meta.label_lower].append(one.pk)
    about = Q(pk__in=[])
    for kind, ids in kinds.items():
        about |= Q(subject_type=kind, subject_id__in=ids)
    return Entry.objects.filter(about, organization_id=organization.pk)


def day(text: str | None) -> object:
    try:
        return parse_date(text or "")
    except ValueError:
        return None
