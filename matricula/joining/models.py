"""Direct links, the arrivals that links bring, and requests of people whose link no longer opens."""

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matricula.catalog.models import Course, Specialization
from matricula.db.public_ids import public_id_field
from matricula.identities.asserted_identities import AssertedIdentity
from matricula.identities.models import Connection
from matricula.invitations.models import Invitation, InvitationToken
from matricula.joining.origin import Origin
from matricula.joining.origins import ORIGINS, CompanySignInOrigin
from matricula.mail.addresses import canonical
from matricula.programs.models import Group, Program

ARRIVAL_DAYS = 14
OVERDUE = timedelta(hours=24)
"""An arrival may still finish so long after JOIN NOW when what brought it has expired meanwhile."""


def arrival_expiry() -> Any:
    return timezone.now() + timedelta(days=ARRIVAL_DAYS)


class DirectLink(models.Model):
    """A shareable link an administrator hands out or puts in an LMS."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="direct_links")
    public_id = public_id_field()
    label = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    uses = models.PositiveIntegerField(default=0)
    max_uses = models.PositiveIntegerField(null=True)
    allowed_domains = models.JSONField(default=list)
    groups = models.ManyToManyField(Group, blank=True)
    course = models.ForeignKey(Course, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    specialization = models.ForeignKey(
        Specialization, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    turned_off_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(max_uses__isnull=True) | Q(uses__lte=F("max_uses")),
                name="a_link_is_not_used_beyond_its_limit",
            )
        ]

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def is_used_up(self) -> bool:
        return self.max_uses is not None and self.uses >= self.max_uses

    @property
    def is_open(self) -> bool:
        return not (self.turned_off_at or self.is_expired or self.is_used_up)

    def use(self) -> bool:
        """Count one use; False when the link has none left or is off."""
        left = Q(max_uses__isnull=True) | Q(uses__lt=F("max_uses"))
        rows = DirectLink.objects.filter(left, pk=self.pk, turned_off_at__isnull=True)
        return bool(rows.update(uses=F("uses") + 1))


LINKS = [one.relation for one in ORIGINS if one is not CompanySignInOrigin]


def exactly_one(relations: list[str]) -> Q:
    return reduce(or_, (Q(**{f"{one}__isnull": one != there for one in relations}) for there in relations))


def none_of(relations: list[str]) -> Q:
    return Q(**{f"{one}__isnull": True for one in relations})


class Arrival(models.Model):
    """A visitor between JOIN NOW and membership, with what brought them and what they chose."""

    public_id = public_id_field()
    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="arrivals")
    invitation = models.ForeignKey(Invitation, null=True, on_delete=models.CASCADE, related_name="arrivals")
    direct_link = models.ForeignKey(DirectLink, null=True, on_delete=models.CASCADE, related_name="arrivals")
    channel = models.CharField(max_length=5, choices=InvitationToken.Channel)
    connection = models.ForeignKey(Connection, null=True, on_delete=models.CASCADE, related_name="+")
    """Of the company's sign-in that the visitor brought, beside a link or alone: linked when they join."""
    subject = models.CharField(max_length=512, blank=True)
    asserted_email = models.CharField(max_length=254, blank=True)
    asserted_name = models.CharField(max_length=200, blank=True)
    asserted_doubted = models.BooleanField(default=False)
    asserted_at = models.DateTimeField(null=True)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="arrivals"
    )
    work_email = models.CharField(max_length=254, blank=True)
    course = models.ForeignKey(Course, null=True, on_delete=models.SET_NULL, related_name="+")
    specialization = models.ForeignKey(Specialization, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=arrival_expiry)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(LINKS) | (none_of(LINKS) & Q(connection__isnull=False)),
                name="one_thing_brought_an_arrival",
            ),
            models.CheckConstraint(
                condition=Q(connection__isnull=True, subject="", asserted_at__isnull=True)
                | (Q(connection__isnull=False, asserted_at__isnull=False) & ~Q(subject="")),
                name="a_sign_in_says_who_and_when",
            ),
        ]

    @property
    def origin(self) -> Origin:
        """What brought the visitor."""
        return next(filter(None, (one.of(self) for one in ORIGINS)))

    @property
    def asserted(self) -> AssertedIdentity | None:
        """Whom the company's sign-in named, where the visitor brought one."""
        if self.connection is None or self.asserted_at is None:
            return None
        return AssertedIdentity(
            connection=self.connection,
            subject=self.subject,
            email=self.asserted_email,
            full_name=self.asserted_name,
            asserted_at=self.asserted_at,
            email_doubted=self.asserted_doubted,
        )

    @property
    def why_stopped(self) -> str:
        """The code of the refusal, when it can go on no more; else nothing.

        That what brought it is used up, or answered, does not stop who joined by it: `accept` knows whom.
        """
        reason = "" if self.finished_at else self.origin.why_closed()
        if reason == "expired" and timezone.now() < self.created_at + OVERDUE:
            return ""
        if self.program.has_ended:
            return "ended"
        return "" if reason == "used" else reason


WITH_ORIGIN = ("program__organization", "course", "specialization", *(one.relation for one in ORIGINS))
"""What to select with an arrival that may finish: what brought it, and what the visitor chose."""


SEAT_LOST, REMOVED_ENTRY = "seat_lost", "removed_entry"
WHY = {
    "expired": _("The invitation had expired"),
    "revoked": _("The invitation had been withdrawn"),
    "declined": _("The invitation had been declined"),
    "replaced": _("The link was from an earlier letter"),
    "used": _("Somebody had joined by this link, or its last use was gone"),
    "off": _("The direct link is turned off"),
    "closed_to_sign_in": _("The program was open to company sign-in no more"),
    "sign_in_again": _("The company sign-in was too long ago"),
    "ended": _("The program is over"),
    "removed": _("An administrator had removed the person"),
    "full": _("The program was full"),
    SEAT_LOST: _("The person was in, and their seat went to somebody else"),
    REMOVED_ENTRY: _(
        "This entry was removed, and the person is in with another one that they want to combine"
    ),
}
"""What kept the person out, by the code of the refusal."""


class RequestQuerySet(models.QuerySet["Request"]):
    def waiting(self) -> Self:
        return self.filter(answer="")


class Request(models.Model):
    """Somebody whose link no longer opens asks the administrator, in one click."""

    class Answer(models.TextChoices):
        INVITED = "invited"
        DISMISSED = "dismissed"

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="requests")
    public_id = public_id_field()
    invitation = models.ForeignKey(Invitation, null=True, on_delete=models.SET_NULL, related_name="requests")
    address = models.CharField(max_length=254)
    canonical = models.CharField(max_length=254)
    reason = models.CharField(max_length=40)
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "canonical"],
                condition=Q(answer=""),
                name="one_waiting_request_a_person",
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.canonical = canonical(self.address)
        super().save(*args, **kwargs)

    @property
    def why(self) -> str:
        return str(WHY.get(self.reason, _("The link opened nothing")))


class RequestByAddress(models.Model):
    """Somebody asks and holds nothing but an address: whether an invitation fits, the worker looks. The row
    goes with the answer: no address of a stranger stays."""

    address = models.CharField(max_length=254)
    reason = models.CharField(max_length=40)
    asked_at = models.DateTimeField(default=timezone.now)
