"""What goes when an account is deleted, and what each company keeps: a plain list, for the person."""

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matricula.accounts.combined_accounts import accounts_of_person
from matricula.accounts.models import Account
from matricula.credentials.models import Certificate
from matricula.identities.models import Identity, IdentityQuerySet
from matricula.learning.models import Enrolment, SpecializationEnrolment
from matricula.leaving.departing.companies import Company, companies_of
from matricula.organizations.models import RetentionRule

FORMER = "former"
"""The rule of an organization that says how long it keeps what it had of people who left."""
NAMED = 5


class Going(NamedTuple):
    what: str
    becomes: str


@dataclass(frozen=True)
class Keeping:
    """What one company keeps. `months`: its own rule, None without one."""

    company: Company
    months: int | None

    @property
    def until(self) -> str:
        if self.months is None:
            return _("It has set no time after which it forgets that.")
        words = ngettext(
            "It forgets your work e-mail there %(n)s month after you left.",
            "It forgets your work e-mail there %(n)s months after you left.",
            self.months,
        )
        return words % {"n": self.months}


def going(account: Account) -> list[Going]:
    """In the order of what people would miss most."""
    accounts = accounts_of_person(account)
    certificates = Certificate.objects.filter(account__in=accounts).order_by("-issued_at")
    courses = Enrolment.objects.filter(account__in=accounts)
    series = SpecializationEnrolment.objects.filter(account__in=accounts).count()
    companies = [one.organization.name for one in companies_of(account) if one.is_present]
    identities = Identity.objects.live().filter(account=account)
    titles = list(certificates.values_list("title", flat=True)[:NAMED])
    told = [
        Going(
            certificates_told(certificates.count(), titles),
            _("Their pages say at once that you withdrew them. In seven days they are gone for good."),
        ),
        Going(
            courses_told(courses.count(), courses.filter(completed_at__isnull=False).count(), series),
            _("Every lesson, answer and score. In seven days they are gone for good."),
        ),
        Going(
            named_together(_("Your place at %s"), companies),
            _("Your seats are free at once. Your roles and groups end."),
        ),
        Going(
            named_together("%s", list(account.addresses.order_by("pk").values_list("address", flat=True))),
            _("They are free at once: another account may have them, and they can be invited again."),
        ),
        Going(
            _("How you log in")
            if not identities
            else named_together(_("How you log in, and the sign-in of %s"), names_of(identities)),
            _("Your password, passkeys, apps and recovery codes. Every browser is logged out at once."),
        ),
        Going(
            account.full_name, _("In seven days your name is gone. Where it must stand: “Deleted account”.")
        ),
    ]
    return [one for one in told if one.what]


def certificates_told(count: int, titles: list[str]) -> str:
    if not count:
        return ""
    words = ngettext("%(n)s certificate: %(titles)s", "%(n)s certificates: %(titles)s", count)
    more = ", …" if count > len(titles) else ""
    return words % {"n": count, "titles": ", ".join(titles) + more}


def courses_told(courses: int, completed: int, series: int) -> str:
    told = []
    if courses:
        told.append(ngettext("%(n)s course", "%(n)s courses", courses) % {"n": courses})
    if series:
        told.append(ngettext("%(n)s Specialization", "%(n)s Specializations", series) % {"n": series})
    if not told:
        return ""
    said = _("Your progress in %(learned)s") % {"learned": " · ".join(told)}
    if completed:
        done = ngettext("%(n)s of them completed", "%(n)s of them completed", completed)
        said = f"{said}, {done % {'n': completed}}"
    return said


def named_together(words: str, names: list[str]) -> str:
    return words % ", ".join(names) if names else ""


def names_of(identities: "IdentityQuerySet") -> list[str]:
    rows = identities.order_by("connection__organization__name")
    return list(dict.fromkeys(rows.values_list("connection__organization__name", flat=True)))


def keeping(account: Account) -> list[Keeping]:
    """For every company that knows the person, or knew them."""
    companies = companies_of(account)
    rules = RetentionRule.objects.filter(
        subject=FORMER, organization__in=[one.organization.pk for one in companies]
    )
    months = dict(rules.values_list("organization", "months"))
    return [Keeping(one, months.get(one.organization.pk)) for one in companies]
