"""What of the rooms below an organization may have forgotten: letters, and lines of the audit log."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from matricula.audit.forgetting import forget_lines, lines_before
from matricula.audit.models import Entry
from matricula.jobs.retention import delete_counted
from matricula.mail.models import Letter
from matricula.organizations.models import Organization
from matricula.organizations.retention_rules import Act, Subject, keeps


def letters_before(organization: Organization, before: datetime, _at: datetime) -> "QuerySet[Letter]":
    return Letter.objects.filter(organization_id=organization.pk, ended_at__lt=before)


def delete_letters(organization: Organization, before: datetime, at: datetime) -> tuple[int, bool]:
    return delete_counted(letters_before(organization, before, at))


def letter_words(n: int, day: date) -> str:
    text = ngettext("%(n)s letter from before %(day)s", "%(n)s letters from before %(day)s", n)
    return text % {"n": f"{n:,}", "day": date_format(day)}


def told_letters(rows: list[Letter]) -> list[tuple[str, str, datetime | None]]:
    return [(one.to, one.state, one.ended_at) for one in rows]


def entries_before(organization: Organization, before: datetime, _at: datetime) -> "QuerySet[Entry]":
    return lines_before(organization.pk, before)


def forget_entries(organization: Organization, before: datetime, _at: datetime) -> tuple[int, bool]:
    done = forget_lines(organization.pk, before)
    return done, done > 0


def entry_words(n: int, day: date) -> str:
    text = ngettext(
        "%(n)s line of the audit log from before %(day)s",
        "%(n)s lines of the audit log from before %(day)s",
        n,
    )
    return text % {"n": f"{n:,}", "day": date_format(day)}


def told_entries(rows: list[Entry]) -> list[tuple[str, str, datetime | None]]:
    return [(one.verb.replace(".", ": ").replace("_", " "), one.subject_type, one.at) for one in rows]


keeps(
    Subject(
        key="letters",
        place=1,
        label=_("Letters we sent"),
        help=_("To whom, of what kind, and whether they arrived. What stood in them is never kept."),
        otherwise=_("6 months, as everywhere on this site"),
        months=(1, 2, 3, 4, 5),
        acts=(Act("letters", letter_words, letters_before, delete_letters, told_letters),),
    )
)
keeps(
    Subject(
        key="audit",
        place=5,
        label=_("Audit log"),
        help=_("Who did what in your organization. The rest of the log stays provably whole."),
        otherwise=_("For ever"),
        months=(12, 24, 36, 60, 120),
        acts=(Act("audit", entry_words, entries_before, forget_entries, told_entries),),
    )
)
