"""What an organization may have forgotten of invitations, and of the addresses of people who left."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from matricula.invitations.models import Invitation, SearchLine
from matricula.organizations.models import Affiliation, Organization, Role
from matricula.organizations.retention_rules import Act, Subject, keeps
from matricula.programs.models import Membership

AT_ONCE = 500
UNANSWERED = ("expired", "declined", "revoked", "corrected")
ENDED_AT = Case(
    When(standing="expired", then=F("expires_at")),
    default=Coalesce("answered_at", "expires_at"),
    output_field=DateTimeField(),
)


def ended_invitations(organization: Organization, before: datetime, _at: datetime) -> "QuerySet[Invitation]":
    """Those that brought nobody in. While somebody's arrival by one is kept, it is kept, too."""
    rows = Invitation.objects.filter(organization=organization, standing__in=UNANSWERED)
    return rows.annotate(over_at=ENDED_AT).filter(over_at__lt=before, arrivals__isnull=True)


@transaction.atomic
def delete_invitations(organization: Organization, before: datetime, at: datetime) -> tuple[int, bool]:
    rows = ended_invitations(organization, before, at)
    some = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    held = Invitation.objects.filter(pk__in=some).select_for_update(no_key=True)
    list(held.order_by("pk").values_list("pk"))
    still = list(rows.filter(pk__in=some).values_list("pk", flat=True))
    Invitation.objects.filter(pk__in=still).delete()
    return len(still), len(some) == AT_ONCE


def invitation_words(n: int, day: date) -> str:
    text = ngettext(
        "%(n)s invitation that ended before %(day)s without anybody joining",
        "%(n)s invitations that ended before %(day)s without anybody joining",
        n,
    )
    return text % {"n": f"{n:,}", "day": date_format(day)}


def told_invitations(rows: list[Invitation]) -> list[tuple[str, str, datetime | None]]:
    return [(one.address, one.standing, one.over_at) for one in rows]  # type: ignore[attr-defined]


def former_ties(organization: Organization, before: datetime, _at: datetime) -> "QuerySet[Affiliation]":
    """Ties that ended, of people who are not in the organization in any way since; a role is one."""
    live = Affiliation.objects.live().filter(organization=organization, account=OuterRef("account"))
    member = Membership.objects.active().filter(organization=organization, account=OuterRef("account"))
    role = Role.objects.filter(organization=organization, account=OuterRef("account"))
    # What ended last decides: until then all that was before is known.
    later = Affiliation.objects.filter(
        organization=organization, account=OuterRef("account"), ended_at__gte=before
    )
    rows = Affiliation.objects.filter(~Q(work_email=""), organization=organization, ended_at__lt=before)
    return rows.filter(~Exists(live), ~Exists(member), ~Exists(role), ~Exists(later))


@transaction.atomic
def forget_former_ties(organization: Organization, before: datetime, at: datetime) -> tuple[int, bool]:
    """The rows stay, and say who was here when. The invitations that such a person came by named the same
    address, so they lose it as well."""
    rows = former_ties(organization, before, at).order_by("pk")
    some = list(rows.select_related("account")[:AT_ONCE])
    ties = Affiliation.objects.filter(pk__in=[one.pk for one in some])
    done = ties.filter(ended_at__lt=before).update(work_email="", canonical="", external_id=None)
    joined = Invitation.objects.filter(
        organization=organization, state="joined", accepted_by__in={one.account_id for one in some}
    )
    forgotten = list(joined.values_list("pk", flat=True))
    joined.filter(pk__in=forgotten).update(address="", canonical="", name="", note={})
    SearchLine.objects.filter(invitation__in=forgotten).update(search="")
    return done, len(some) == AT_ONCE


def tie_words(n: int, day: date) -> str:
    text = ngettext(
        "%(n)s work e-mail of a person who left before %(day)s",
        "%(n)s work e-mails of people who left before %(day)s",
        n,
    )
    return text % {"n": f"{n:,}", "day": date_format(day)}


def told_ties(rows: list[Affiliation]) -> list[tuple[str, str, datetime | None]]:
    return [(one.work_email, one.external_id or "", one.ended_at) for one in rows]


keeps(
    Subject(
        key="invitations",
        place=2,
        label=_("Invitations that brought nobody in"),
        help=_("Expired, declined or withdrawn. Reports no longer count them once they are deleted."),
        otherwise=_("For ever"),
        months=(1, 3, 6, 12, 24, 36),
        acts=(Act("invitations", invitation_words, ended_invitations, delete_invitations, told_invitations),),
    )
)
keeps(
    Subject(
        key="former",
        place=4,
        label=_("Work e-mails of people who left"),
        help=_(
            "With the external ID, and the address their invitation went to. Their name and what they "
            "completed stay; an e-mail that is forgotten can no longer keep somebody out whom you removed."
        ),
        otherwise=_("For ever"),
        months=(3, 6, 12, 24, 36),
        acts=(Act("former", tie_words, former_ties, forget_former_ties, told_ties),),
    )
)
